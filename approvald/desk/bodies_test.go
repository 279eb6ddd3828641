package desk_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/keyring"
)

// What cannot be read any more, because the keys are others, is listed as that beside
// what can, and nobody votes on it.
func TestUnreadableIsShown(t *testing.T) {
	b := start(t)
	lost := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "others"))
	if err != nil {
		t.Fatal(err)
	}
	b.Ring = ring
	b.Store = b.Connect()
	b.url = b.open()
	whole := b.waiting(executetest.Refund("ch_ada_450", "10000"))
	ann := b.enters("acme", "ann")
	list := ann.do("GET", "/", nil).body
	for _, want := range []string{lost.ID, whole.ID, "What is asked cannot be read.", "ch_ada_450"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %s", want)
		}
	}
	items := read[[]desk.Item](t, b.api("Bearer "+deskToken, "GET", "/api/v1/intents", ""))
	if len(items) != 2 || items[0].Bodies != "" || items[1].Bodies != "unreadable" || items[1].Summary != "stripe.refund.create" || len(items[1].Args) != 0 {
		t.Errorf("%+v", items)
	}
	if p := ann.do("GET", "/intents/"+lost.ID, nil); p.status != 409 || !strings.Contains(p.body, "cannot be read any more") {
		t.Errorf("its page: %d", p.status)
	}
	if p := ann.vote(lost, "approve", ""); p.status != 409 {
		t.Errorf("a vote: %d", p.status)
	}
}

// What is kept no longer is shown as that, and is not offered to be undone.
func TestErasedIsShown(t *testing.T) {
	b := start(t)
	plan := b.did(change())
	b.Clock.Advance(time.Hour)
	if n, err := b.Store.Erase(t.Context(), "acme", time.Minute, 10); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	ann := b.enters("acme", "ann")
	for _, path := range []string{"/", "/intents/" + plan.ID} {
		if p := ann.do("GET", path, nil); p.status != 200 || !strings.Contains(p.body, "What was asked is kept no longer.") || strings.Contains(p.body, `id="undo"`) {
			t.Errorf("%s: %d %s", path, p.status, p.body)
		}
	}
	if item := b.item(t, plan); item.Bodies != "erased" || item.Undoable || item.Digest != plan.Digest {
		t.Errorf("%+v", item)
	}
}
