package grant

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/keyring"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func ring(t testing.TB) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func admission() Admission {
	return Admission{Decision: "dec-1", Tenant: "acme", Agent: "bot", SessionID: "s", TokenID: "t", Tool: "stripe", Action: "stripe.refund.create", Digest: "sha256:aa", Bundle: "b1", Effect: true, Expires: now.Add(time.Minute)}
}

func order() Order {
	return Order{Admission: "dec-1", Nonce: "n1", Purpose: PurposeEffect, Intent: "int_1", Attempt: 1, Tenant: "acme", Agent: "bot", SessionID: "s", TokenID: "t", Tool: "stripe", Envoy: "e1", Body: BodyDigest("POST", "h", "/p", "k", []byte("b")), SendUntil: now.Add(time.Second)}
}

func TestRoundTrip(t *testing.T) {
	r := ring(t)
	sealer, opener := NewSealer(r), NewOpener(r)
	raw, err := sealer.Admission(admission())
	if err != nil {
		t.Fatal(err)
	}
	a, err := opener.OpenAdmission(raw, now, "sha256:aa")
	if diff := cmp.Diff(admission(), a); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	rawOrder, err := sealer.Order(order())
	if err != nil {
		t.Fatal(err)
	}
	o, err := opener.OpenOrder(rawOrder, now, order().Body, "e1")
	if diff := cmp.Diff(order(), o); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	r := ring(t)
	raw, _ := NewSealer(r).Admission(admission())
	rawOrder, _ := NewSealer(r).Order(order())
	opener, other := NewOpener(r), NewOpener(ring(t))
	for _, tt := range []struct {
		name string
		open func() error
		want error
	}{
		{"an admission as an order", func() error { _, err := opener.OpenOrder(raw, now, "sha256:aa", "e1"); return err }, ErrInvalid},
		{"an order as an admission", func() error { _, err := opener.OpenAdmission(rawOrder, now, order().Body); return err }, ErrInvalid},
		{"other arguments", func() error { _, err := opener.OpenAdmission(raw, now, "sha256:bb"); return err }, ErrDigest},
		{"no digest", func() error { _, err := opener.OpenAdmission(raw, now, ""); return err }, ErrDigest},
		{"late admission", func() error { _, err := opener.OpenAdmission(raw, now.Add(time.Minute), "sha256:aa"); return err }, ErrLate},
		{"late order", func() error {
			_, err := opener.OpenOrder(rawOrder, now.Add(time.Second), order().Body, "e1")
			return err
		}, ErrLate},
		{"another Envoy", func() error { _, err := opener.OpenOrder(rawOrder, now, order().Body, "e2"); return err }, ErrInvalid},
		{"another gateway's keys", func() error { _, err := other.OpenAdmission(raw, now, "sha256:aa"); return err }, ErrInvalid},
		{"nothing", func() error { _, err := opener.OpenAdmission("", now, "sha256:aa"); return err }, ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.open(); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// nil does not narrow, an empty ceiling narrows to nothing: the one must never
// turn into the other.
func TestRolesKeepTheirMeaning(t *testing.T) {
	r := ring(t)
	for name, roles := range map[string][]string{"no narrowing": nil, "to nothing": {}, "to one": {"billing"}} {
		t.Run(name, func(t *testing.T) {
			a, o := admission(), order()
			a.Roles, o.Roles = roles, roles
			raw, err := NewSealer(r).Admission(a)
			if err != nil {
				t.Fatal(err)
			}
			gotA, errA := NewOpener(r).OpenAdmission(raw, now, a.Digest)
			if raw, err = NewSealer(r).Order(o); err != nil {
				t.Fatal(err)
			}
			gotO, errO := NewOpener(r).OpenOrder(raw, now, o.Body, o.Envoy)
			if diff := cmp.Diff(a, gotA) + cmp.Diff(o, gotO); diff != "" || errA != nil || errO != nil {
				t.Error(diff, errA, errO)
			}
		})
	}
}

// Whatever single byte is changed, the statement does not open any more.
func TestEveryByteCounts(t *testing.T) {
	r := ring(t)
	raw, _ := NewSealer(r).Order(order())
	opener := NewOpener(r)
	for i := range len(raw) {
		for _, flip := range []byte{1, 2, 32} {
			forged := []byte(raw)
			forged[i] ^= flip
			if _, err := opener.OpenOrder(string(forged), now, order().Body, "e1"); err == nil {
				t.Fatalf("byte %d changed from %q to %q and it opened", i, raw[i], forged[i])
			}
		}
	}
}

func TestBodyDigestTellsPartsApart(t *testing.T) {
	seen := map[string]string{}
	for _, parts := range [][5]string{
		{"POST", "h", "/p", "k", "b"}, {"POSTh", "", "/p", "k", "b"}, {"POST", "h/p", "", "k", "b"},
		{"POST", "h", "/pk", "", "b"}, {"POST", "h", "/p", "", "kb"}, {"POST", "h", "/p", "kb", ""}, {"", "", "", "", ""},
	} {
		digest := BodyDigest(parts[0], parts[1], parts[2], parts[3], []byte(parts[4]))
		if before, ok := seen[digest]; ok {
			t.Errorf("%q and %q have one digest", before, parts)
		}
		seen[digest] = strings.Join(parts[:], "|")
	}
}

func FuzzOpen(f *testing.F) {
	r := ring(f)
	good, _ := NewSealer(r).Order(order())
	f.Add(good)
	f.Add("v1...")
	opener := NewOpener(r)
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := opener.OpenOrder(raw, now, order().Body, "e1"); err == nil && raw != good {
			t.Errorf("%q opened", raw)
		}
	})
}
