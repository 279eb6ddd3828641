package approvald_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

const notesRule = "\np, notes, zendesk.comment.create, args.ticket == session.ticket && !args.public, allow, once\ng, gateway, notes\n"

// noting lets acme write notes after refunds, as globex does, with more edits.
func (b *bench) noting(edits ...func(map[string]string)) {
	b.TB.Helper()
	globex := map[string]string{}
	b.Load("globex", func(files map[string]string) { maps.Copy(globex, files) })
	b.Load("acme", func(files map[string]string) {
		files["after.yaml"] = globex["after.yaml"]
		files["policy.csv"] += notesRule
		files["approvals.yaml"] = strings.ReplaceAll(files["approvals.yaml"], "wait: 45s", "wait: 0s")
		for _, edit := range edits {
			edit(files)
		}
	})
}

func (b *bench) follow(i ledger.Intent) error {
	t, _ := b.Tenants.Get("acme")
	return b.serves.After(b.TB.Context(), t, i, i.State)
}

// notes are what was written on a ticket since the start, which has one comment.
func (b *bench) notes(ticket int64, want ...string) {
	b.TB.Helper()
	var got []string
	for _, c := range b.tool.Comments(ticket) {
		if strings.Contains(c.Body, "(int_") {
			got = append(got, c.Body)
			if c.Public {
				b.TB.Errorf("customers read %q", c.Body)
			}
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		b.TB.Errorf("notes %q, want %q", got, want)
	}
}

// A refund that was done is followed by one note, an intent of its own, however
// often it is told; nothing follows on that.
func TestAfterSuccess(t *testing.T) {
	b := start(t)
	b.noting(func(files map[string]string) {
		files["after.yaml"] += "  - {effect: zendesk.comment.create, state: succeeded, action: zendesk.comment.create, args: {ticket: args.ticket, body: 'Once more ({intent.id}).'}}\n"
	})
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	first := b.newest()
	for range 3 {
		if err := b.follow(first); err != nil {
			t.Fatal(err)
		}
	}
	b.notes(1001, "Refunded 10.00 USD of ch_ada_1000 ("+first.ID+").")
	note := b.newest()
	if note.State != ledger.Succeeded || note.Follows() != first.ID || note.Undoes() != "" || note.Identity.Agent != "gateway" ||
		note.Identity.TokenID != "after:"+first.ID || note.Identity.Session != first.Identity.Session {
		t.Errorf("the note is %+v", note)
	}
	if err := b.follow(note); err != nil || len(b.intents()) != 2 {
		t.Errorf("a note is followed: %v, %d intents", err, len(b.intents()))
	}
	b.Load("acme", executetest.Replace(t, "policy.csv", "g, gateway, undo", "g, gateway, undo"+notesRule)) // nothing follows any more
	if err := b.follow(first); err != nil || len(b.intents()) != 2 {
		t.Errorf("%v, %d intents", err, len(b.intents()))
	}
}

// A denial is followed with the words of whoever said no.
func TestAfterDenial(t *testing.T) {
	b := start(t)
	b.noting()
	expect(t, b.refund("ch_ada_1000", "10000", "k-1"), 409, "held")
	b.votes(b.newest(), false, "Not this\nmonth.")
	first := b.newest()
	if err := b.follow(first); err != nil {
		t.Fatal(err)
	}
	b.notes(1001, "The refund of 100.00 USD of ch_ada_1000 was denied ("+first.ID+"): Not this?month.")
}

// The policy decides what follows, and a hold asks people; the first effect stays
// what it is.
func TestAfterIsDecided(t *testing.T) {
	for name, tt := range map[string]struct {
		edit  func(map[string]string)
		says  string
		notes int
		state ledger.State
	}{
		"no rule": {func(f map[string]string) { f["policy.csv"] = strings.Replace(f["policy.csv"], notesRule, "", 1) }, "No rule of the policy allows this call", 1, ledger.Succeeded},
		"a hold": {func(f map[string]string) {
			f["policy.csv"] = strings.Replace(f["policy.csv"], "!args.public, allow, once\ng", "!args.public, allow, once; hold:billing_leads\ng", 1)
		}, "", 2, ledger.Waiting},
		"a public comment": {func(f map[string]string) { f["after.yaml"] = strings.ReplaceAll(f["after.yaml"], `"false"`, `"true"`) }, "No rule of the policy allows this call", 1, ledger.Succeeded},
		"a secret in it": {func(f map[string]string) {
			f["after.yaml"] = strings.ReplaceAll(f["after.yaml"], "Refunded", "Refunded to 4242 4242 4242 4242,")
		}, "personal", 1, ledger.Succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.noting(tt.edit)
			expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
			first := b.newest()
			err := b.follow(first)
			if (err != nil) != (tt.says != "") || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
			if no := desk.Refusal(""); errors.As(err, &no) != (err != nil) {
				t.Errorf("%v is no end", err)
			}
			if len(b.intents()) != tt.notes || b.newest().State != tt.state || b.Get(first).State != ledger.Succeeded {
				t.Errorf("%d intents, the newest %s", len(b.intents()), b.newest().State)
			}
			b.notes(1001)
		})
	}
}

// What needs a ticket is not done in a session without one.
func TestAfterWithoutATicket(t *testing.T) {
	b := start(t)
	b.noting()
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	first := b.newest()
	first.Identity.Session.Ticket = ""
	if err := b.follow(first); err != nil || len(b.intents()) != 1 || !strings.Contains(b.Log.String(), "session.ticket is not known") {
		t.Errorf("%v, %d intents", err, len(b.intents()))
	}
}

// forgetful commits an Open and loses the answer, as a process that dies then.
type forgetful struct {
	ledger.Store
	times int
}

var errDied = errors.New("died")

func (f *forgetful) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	opened, err := f.Store.Open(ctx, q)
	if f.times--; err == nil && f.times >= 0 {
		return ledger.Opened{}, errDied
	}
	return opened, err
}

// A crash between the two commits of what follows never does it twice: the loop
// finds the intent, and telling it once more finds it too.
func TestAfterACrash(t *testing.T) {
	store := &forgetful{}
	b := start(t, func(o *approvald.HandlerOptions) { store.Store, o.Store = o.Store, store })
	b.noting()
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	first := b.newest()
	store.times = 1
	if err := b.follow(first); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	b.running()
	b.Clock.Advance(10 * time.Minute) // the lease of the dead one
	note := b.newest()
	b.Eventually("it is found", func() bool { note = b.newest(); return note.State != ledger.Executing })
	for range 2 {
		if err := b.follow(first); err != nil {
			t.Fatal(err)
		}
	}
	// Zendesk has no keys: nobody knows whether the dead one has sent it.
	if len(b.intents()) != 2 || b.newest().State != ledger.Unknown {
		t.Errorf("%d intents, %s", len(b.intents()), b.newest().State)
	}
	b.notes(1001)
}

// What could not be recorded was not refused: it is tried again.
func TestAfterIsTriedAgain(t *testing.T) {
	b := start(t)
	b.noting()
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	first := b.newest()
	b.Records.Fail(errDied)
	if no, err := desk.Refusal(""), b.follow(first); err == nil || errors.As(err, &no) {
		t.Errorf("%v", err)
	}
	b.Records.Fail(nil)
	if err := b.follow(first); err != nil {
		t.Error(err)
	}
	b.notes(1001, "Refunded 10.00 USD of ch_ada_1000 ("+first.ID+").")
}
