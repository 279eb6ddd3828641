package bodykey_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/keyring"
)

func keys(t *testing.T, dir string) bodykey.Keys {
	t.Helper()
	ring, err := keyring.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return bodykey.New(ring)
}

func seal(t *testing.T, k bodykey.Keys, body string) []byte {
	t.Helper()
	sealed, err := k.Seal("acme", "int_1", "args", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestABodyOpensInItsPlaceAlone(t *testing.T) {
	k := keys(t, filepath.Join(t.TempDir(), "keys"))
	for _, body := range []string{"", "the customer's address"} {
		sealed := seal(t, k, body)
		if body != "" && bytes.Contains(sealed, []byte(body)) {
			t.Error("the body stands in clear")
		}
		if bytes.Equal(sealed, seal(t, k, body)) {
			t.Error("sealed twice it is the same")
		}
		if got, err := k.Open("acme", "int_1", "args", sealed); err != nil || string(got) != body {
			t.Errorf("opened %q, %v", got, err)
		}
		for _, at := range [][3]string{{"globex", "int_1", "args"}, {"acme", "int_2", "args"}, {"acme", "int_1", "facts"}, {"acme", "int_1a", "rgs"}} {
			if got, err := k.Open(at[0], at[1], at[2], sealed); !errors.Is(err, bodykey.ErrOpen) {
				t.Errorf("%v: opened %q, %v", at, got, err)
			}
		}
	}
}

func TestAChangedBodyDoesNotOpen(t *testing.T) {
	k := keys(t, filepath.Join(t.TempDir(), "keys"))
	sealed := seal(t, k, "body")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open("acme", "int_1", "args", changed); !errors.Is(err, bodykey.ErrOpen) {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := k.Open("acme", "int_1", "args", sealed[:i]); !errors.Is(err, bodykey.ErrOpen) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}
