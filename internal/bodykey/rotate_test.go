package bodykey_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/keyring"
)

// Processes that run while the key is rotated open with the next one as soon as they have
// read it, seal with it once all can have read it, and open nothing any more whose key is
// gone.
func TestBodiesOutliveTheirKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	open := func() *keyring.Ring {
		ring, err := keyring.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return ring
	}
	sealer, opener := open(), open() // two processes
	seals, opens := bodykey.New(sealer), bodykey.New(opener)
	read := func(r *keyring.Ring) {
		t.Helper()
		if err := r.Reload(time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	dated := func(id string, by time.Duration) {
		t.Helper()
		at := time.Now().Add(by)
		if err := os.Chtimes(filepath.Join(dir, id+".key"), at, at); err != nil {
			t.Fatal(err)
		}
		read(sealer)
	}
	makes := func(want uint16) []byte {
		t.Helper()
		sealed := seal(t, seals, "body")
		if got := binary.BigEndian.Uint16(sealed); got != want {
			t.Errorf("version %d seals, not %d", got, want)
		}
		return sealed
	}
	is := func(sealed []byte, readable bool) {
		t.Helper()
		got, err := opens.Open("acme", "int_1", "args", sealed)
		if readable != (err == nil && string(got) == "body") || !readable && !errors.Is(err, bodykey.ErrOpen) {
			t.Errorf("%q, %v; readable is %v", got, err, readable)
		}
	}

	dated("bodies-0001", -time.Minute)
	first := makes(1)
	if id, err := sealer.RotateSecret(keyring.Bodies); err != nil || id != "bodies-0002" {
		t.Fatal(id, err)
	}
	makes(1) // another process may not have read the second
	read(opener)
	dated("bodies-0002", time.Hour)
	makes(1) // whoever copies folders has until then
	dated("bodies-0002", -time.Minute)
	second := makes(2)
	is(first, true)
	is(second, true)

	if err := os.Remove(filepath.Join(dir, "bodies-0001.key")); err != nil {
		t.Fatal(err)
	}
	read(opener)
	is(first, false)
	is(second, true)
}
