package desk_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
)

// Who may vote, on what, with which words.
func TestVote(t *testing.T) {
	for name, c := range map[string]struct {
		person, word, reason string
		digest               string
		status               int
		says                 string
		state                ledger.State
	}{
		"approve":                   {"ann", "approve", "", "", 303, "", ledger.Approved},
		"approve with words":        {"ann", "approve", "fine", "", 303, "", ledger.Approved},
		"deny":                      {"ann", "deny", "Not now.", "", 303, "", ledger.Denied},
		"deny without a word":       {"ann", "deny", "", "", 400, "Say why", ledger.Waiting},
		"deny with blanks":          {"ann", "deny", " \t ", "", 400, "Say why", ledger.Waiting},
		"too many words":            {"ann", "deny", strings.Repeat("x", 501), "", 400, "at most 500", ledger.Waiting},
		"as many as may be":         {"ann", "deny", strings.Repeat("x", 500), "", 303, "", ledger.Denied},
		"a word that is none":       {"ann", "maybe", "", "", 404, "approve or deny", ledger.Waiting},
		"on what was not shown":     {"ann", "approve", "", "sha256:other", 409, "not what you were shown", ledger.Waiting},
		"an auditor":                {"ole", "approve", "", "", 403, "only members of billing_leads", ledger.Waiting},
		"an auditor denies":         {"ole", "deny", "No.", "", 403, "only members of billing_leads", ledger.Waiting},
		"for one's own request":     {"billing-bot", "approve", "", "", 403, "asked for this yourself", ledger.Waiting},
		"against one's own request": {"billing-bot", "deny", "No.", "", 303, "", ledger.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			shown := i
			if c.digest != "" {
				shown.Digest = c.digest
			}
			p := b.enters("acme", c.person).vote(shown, c.word, c.reason)
			if p.status != c.status || !strings.Contains(p.body, c.says) {
				t.Errorf("%d %s", p.status, p.body)
			}
			votes, woken := 0, int32(0)
			if c.state != ledger.Waiting {
				votes, woken = 1, 1
			}
			b.stands(i, c.state, votes)
			if b.woken.Load() != woken {
				t.Errorf("the engine was woken %d times", b.woken.Load())
			}
		})
	}
}

// Words that are no text are kept as far as they are: not every database takes the rest.
func TestWordsThatAreNoText(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	if p := b.enters("acme", "ann").vote(i, "deny", "\x00 "); p.status != http.StatusBadRequest {
		t.Errorf("nothing but a NUL: %d", p.status)
	}
	if p := b.enters("acme", "ann").vote(i, "deny", "Not\x00 n\xf6w."); p.status != http.StatusSeeOther || b.Get(i).Say != "Not n\uFFFDw." {
		t.Errorf("%d %q", p.status, b.Get(i).Say)
	}
}

// Two people are two people.
func TestNobodyVotesTwice(t *testing.T) {
	b := start(t)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), &policy.Hold{Group: "billing_leads", Votes: 2})
	ann := b.enters("acme", "ann")
	if p := ann.vote(i, "approve", ""); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.body)
	}
	for _, again := range []*browser{ann, b.enters("acme", "ann")} {
		for _, word := range []string{"approve", "deny"} {
			if p := again.vote(i, word, "once more"); p.status != http.StatusForbidden || !strings.Contains(p.body, "voted on this already") {
				t.Errorf("%s again: %d", word, p.status)
			}
		}
	}
	b.stands(i, ledger.Waiting, 1)
	if p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+i.ID+"/approve", `{"digest":"`+i.Digest+`"}`); p.status != http.StatusForbidden {
		t.Errorf("the same person on the command line: %d %s", p.status, p.body)
	}
	if p := b.enters("acme", "mia").vote(i, "approve", ""); p.status != http.StatusSeeOther {
		t.Errorf("another person: %d", p.status)
	}
	b.stands(i, ledger.Approved, 2)
}

// What is over, or nobody answered in time, takes no vote.
func TestVoteTooLate(t *testing.T) {
	for name, change := range map[string]func(*bench, ledger.Intent){
		"approved": func(b *bench, i ledger.Intent) { b.enters("acme", "mia").vote(i, "approve", "") },
		"denied":   func(b *bench, i ledger.Intent) { b.enters("acme", "mia").vote(i, "deny", "No.") },
		"expired":  func(b *bench, _ ledger.Intent) { b.Clock.Advance(4 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			ann := b.enters("acme", "ann")
			change(b, i)
			before := b.Get(i)
			if p := ann.vote(i, "approve", ""); p.status != http.StatusConflict || !strings.Contains(p.body, "not wait for a vote any more") {
				t.Errorf("%d %s", p.status, p.body)
			}
			b.stands(i, before.State, len(before.Votes))
		})
	}
}

// A role that was taken away a moment ago does not vote any more.
func TestRolesAreAskedAtTheVote(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	mia := b.enters("acme", "mia")
	b.people("  - {id: mia, name: Mia Roth, groups: [auditors]}\n")
	if p := mia.vote(i, "approve", ""); p.status != http.StatusForbidden {
		t.Errorf("%d", p.status)
	}
	b.stands(i, ledger.Waiting, 0)
}

// reading is a store of which intents are read as change makes them.
type reading struct {
	ledger.Store
	change func(*ledger.Intent)
}

func (s reading) Get(ctx context.Context, tenant, id string) (ledger.Intent, error) {
	i, err := s.Store.Get(ctx, tenant, id)
	s.change(&i)
	return i, err
}

// Whom something is held for decides about it, and no other group does.
func TestGroupsDecide(t *testing.T) {
	for person, c := range map[string]struct {
		status int
		says   string
	}{
		"mia": {http.StatusForbidden, "only members of support_leads decide"},
		"hal": {http.StatusSeeOther, ""},
	} {
		b := start(t)
		b.people("  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n" + others)
		_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), &policy.Hold{Group: "support_leads", Votes: 1})
		if p := b.enters("acme", person).vote(i, "approve", ""); p.status != c.status || !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d %s", person, p.status, p.body)
		}
	}
}

// A vote is judged as what it counts for: who saw a version that this Desk has not
// read is not let through by the one before.
func TestVoteIsJudgedAsItIsCounted(t *testing.T) {
	b := staffed(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	sam := b.enters("acme", "sam") // approves up to 99.99 USD
	b.Store = reading{b.Store, func(i *ledger.Intent) { i.Digest, i.Amount.Minor = "sha256:before", 100 }}
	b.serve(b.desk())
	if p := sam.vote(i, "approve", ""); p.status != http.StatusConflict || !strings.Contains(p.body, "not what you were shown") {
		t.Errorf("%d %s", p.status, p.body)
	}
	b.Store = b.Store.(reading).Store
	b.stands(i, ledger.Waiting, 0)
}

// What its catalog does not know any more is as large as it was.
func TestLimitsOfAnActionThatIsGone(t *testing.T) {
	for person, c := range map[string]struct {
		later time.Duration
		says  string
	}{
		"sam": {0, "You approve up to 99.99 USD"},
		"ann": {5 * time.Minute, "needs a login of the last 5 minutes"},
	} {
		b := staffed(t)
		i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
		w := b.enters("acme", person)
		b.Store = reading{b.Store, func(i *ledger.Intent) { i.Call.Action = "stripe.refund.gone" }}
		b.serve(b.desk())
		b.Clock.Advance(c.later)
		if p := w.vote(i, "approve", ""); p.status != http.StatusForbidden || !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d %s", person, p.status, p.body)
		}
	}
}
