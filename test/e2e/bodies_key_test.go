package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// TestBodiesKey rotates what the ledger's bodies are sealed with, in the running gateway:
// what is written from then on opens with the new key alone, what was written before
// with the old one, and nothing without its own.
func TestBodiesKey(t *testing.T) {
	r := rig.Start(t, rig.Options{})
	done := func() (id string) {
		t.Helper()
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		if got := refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "2000"); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return r.Intent(t, charge).ID
	}
	eventually := func(what, id, bodies string) {
		t.Helper()
		testkit.Eventually(t, what, func() bool {
			for _, item := range r.Approvals(t) {
				if item.ID == id {
					return item.Bodies == bodies
				}
			}
			return false
		})
	}
	kept, keys := t.TempDir(), filepath.Join(r.Data, "keys")
	move := func(from, to, id string) {
		t.Helper()
		if err := os.Rename(filepath.Join(from, id+".key"), filepath.Join(to, id+".key")); err != nil {
			t.Fatal(err)
		}
	}

	first := done()
	ring, err := keyring.Open(keys)
	if err != nil {
		t.Fatal(err)
	}
	id, err := ring.RotateSecret(keyring.Bodies)
	if err != nil {
		t.Fatal(err)
	}
	made := time.Now().Add(-time.Minute) // as if it had been there for longer
	if err := os.Chtimes(filepath.Join(keys, id+".key"), made, made); err != nil {
		t.Fatal(err)
	}
	move(keys, kept, "bodies-0001")
	eventually("without its key the first is not readable", first, "unreadable")
	move(kept, keys, "bodies-0001")
	eventually("with it the first is readable", first, "")

	second := done()
	move(keys, kept, "bodies-0001")
	eventually("without the old key the first is not readable", first, "unreadable")
	eventually("what was written since opens with the new key", second, "")
	move(kept, keys, "bodies-0001")
	move(keys, kept, id)
	eventually("without the new key the second is not readable", second, "unreadable")
	eventually("the first is readable", first, "")
	move(kept, keys, id)
	eventually("everything is readable again", second, "")
}
