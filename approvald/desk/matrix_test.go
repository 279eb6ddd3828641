package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// staffed is a bench whose refunds have a row in the matrix.
func staffed(t *testing.T) *bench {
	b := start(t)
	b.Load("acme", func(files map[string]string) {
		files["approvals.yaml"] += "\nmatrix:\n  - {actions: [stripe.refund.create], groups: [billing_leads], escalate: {after: 10m, groups: [managers]}}\nfresh_login: {above: 90 USD, within: 5m}\n"
		files["people.yaml"] = `people:
  - {id: ann, name: Ann Lee, groups: [billing_leads], local: true}
  - {id: eve, name: Eve Owner, groups: [billing_leads], owns: [billing-bot]}
  - {id: sam, name: Sam Small, groups: [billing_leads], approves_up_to: 99.99 USD}
  - {id: max, name: Max Boss, groups: [managers]}
` + others
	})
	return b
}

// escalating opens intents that managers may decide too, after ten minutes.
type escalating struct{ ledger.Store }

func (s escalating) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	q.Escalation = ledger.Escalation{After: 10 * time.Minute, Groups: "managers"}
	return s.Store.Open(ctx, q)
}

// Whom an approval was escalated to decides about it, and so may pause its agent.
func TestPauseOnceEscalated(t *testing.T) {
	b := staffed(t)
	b.Store = escalating{b.Store}
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	max := b.enters("acme", "max")
	if p := max.vote(i, "pause", ""); p.status != 403 || len(b.revoked()) > 0 {
		t.Errorf("too early: %d", p.status)
	}
	b.Clock.Advance(10 * time.Minute)
	if _, err := b.Store.Claim(t.Context(), ledger.ClaimRequest{Owner: "one", Limit: 10, Lease: time.Minute, SendWithin: time.Second}); err != nil {
		t.Fatal(err)
	}
	if p := max.do("GET", "/intents/"+i.ID, nil); !strings.Contains(p.body, `id="pause"`) || !strings.Contains(p.body, "Once 1 more of billing_leads or managers approve") {
		t.Error(p.body)
	}
	if p := max.do("GET", "/intents/"+i.ID+"?language=zh", nil); !strings.Contains(p.body, "再有 1 位 billing_leads 或 managers 成员") || !strings.Contains(p.body, "0/1 billing_leads 或 managers") {
		t.Errorf("in Chinese: %s", p.body)
	}
	if p := max.vote(i, "pause", ""); p.status != 200 || len(b.revoked()) != 1 {
		t.Errorf("%d %s", p.status, p.body)
	}
}

// An amount in another currency than the setting's may be any: it needs a fresh login.
func TestFreshLoginInAnotherCurrency(t *testing.T) {
	b := staffed(t)
	b.Load("acme", executetest.Replace(t, "approvals.yaml", "repeat_group:", "fresh_login: {above: 900000 EUR, within: 5m}\nrepeat_group:"))
	i := b.waiting(executetest.Refund("ch_ada_1000", "100"))
	ann := b.enters("acme", "ann")
	b.Clock.Advance(5 * time.Minute)
	if p := ann.vote(i, "approve", ""); p.status != 403 || !strings.Contains(p.body, "needs a login of the last 5 minutes") {
		t.Errorf("%d %s", p.status, p.body)
	}
	b.stands(i, ledger.Waiting, 0)
}

func TestMatrixVotes(t *testing.T) {
	for name, c := range map[string]struct {
		person string
		later  time.Duration
		says   string // "" approves
	}{
		"a member":                       {"ann", 0, ""},
		"who owns the agent":             {"eve", 0, "You own the agent"},
		"whose limit is lower":           {"sam", 0, "You approve up to 99.99 USD"},
		"a manager, too early":           {"max", 10*time.Minute - 1, "only members of billing_leads decide"},
		"a manager, once it has waited":  {"max", 10 * time.Minute, ""},
		"a member whose login is old":    {"ann", -5 * time.Minute, "needs a login of the last 5 minutes"},
		"a member whose login is recent": {"ann", -5*time.Minute + 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := staffed(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			b.Clock.Advance(max(c.later, 0))
			w := b.enters("acme", c.person)
			b.Clock.Advance(max(-c.later, 0))
			p := w.vote(i, "approve", "")
			if c.says == "" {
				b.stands(i, ledger.Approved, 1)
				return
			}
			if p.status != 403 || !strings.Contains(p.body, c.says) {
				t.Errorf("%d %s", p.status, p.body)
			}
			b.stands(i, ledger.Waiting, 0)
		})
	}
}

// Whoever may not approve may still stop it, and sees no button for the other.
func TestOwnerMayDeny(t *testing.T) {
	b := staffed(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	w := b.enters("acme", "eve")
	if p := w.do("GET", "/intents/"+i.ID, nil); strings.Contains(p.body, `id="approve"`) || !strings.Contains(p.body, `id="deny"`) || !strings.Contains(p.body, "You own the agent") {
		t.Error(p.body)
	}
	w.vote(i, "deny", "Wrong customer.")
	b.stands(i, ledger.Denied, 1)
}

// A small amount needs no new login, and the machine's owner, whose token is the
// proof, never does.
func TestFreshLoginIsForLargeAmounts(t *testing.T) {
	b := staffed(t)
	small, large := b.waiting(executetest.Refund("ch_ada_1000", "9000")), b.waiting(executetest.Refund("ch_ada_450", "9001"))
	w := b.enters("acme", "ann")
	b.Clock.Advance(time.Hour)
	w.vote(small, "approve", "")
	b.stands(small, ledger.Approved, 1)
	if p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+large.ID+"/approve", `{"digest":"`+large.Digest+`"}`); p.status != 200 {
		t.Errorf("the machine's owner: %d %s", p.status, p.body)
	}
}

// A channel's vote is asked the same as one from a page.
func TestCast(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*desk.Ballot)
		status int // of the refusal; 0 for none
	}{
		"a vote":             {func(*desk.Ballot) {}, 0},
		"a denial":           {func(v *desk.Ballot) { v.Approve, v.Reason, v.Login = false, "No.", time.Time{} }, 0},
		"of nobody":          {func(v *desk.Ballot) { v.Person = "nobody" }, 403},
		"of another tenant":  {func(v *desk.Ballot) { v.Tenant, v.Person = "globex", "gil" }, 404},
		"on another digest":  {func(v *desk.Ballot) { v.Digest = "sha256:other" }, 409},
		"who owns the agent": {func(v *desk.Ballot) { v.Person = "eve" }, 403},
		"without a login":    {func(v *desk.Ballot) { v.Login = time.Time{} }, 403},
	} {
		t.Run(name, func(t *testing.T) {
			b := staffed(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			v := desk.Ballot{Tenant: "acme", Person: "ann", Intent: i.ID, Approve: true, Digest: i.Digest, Login: b.Clock.Now()}
			c.change(&v)
			_, refused := b.desk().Cast(t.Context(), v)
			if (refused == nil) != (c.status == 0) || refused != nil && refused.Status != c.status {
				t.Errorf("%+v", refused)
			}
		})
	}
	b := staffed(t)
	b.pages = "https://desk.example"
	if got := b.desk().CardURL("acme", "int_1"); got != "https://desk.example/intents/int_1?tenant=acme" {
		t.Error(got)
	}
}
