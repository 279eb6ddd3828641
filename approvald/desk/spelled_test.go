package desk_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// turning opens intents in whose every outside name and word a mark turns the text.
type turning struct{ ledger.Store }

func (s turning) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	q.Said, q.Identity.Agent = "said\u202e", "agent\u202e"
	q.Identity.Session.Ticket, q.Identity.Session.Customer = "ticket\u202e", "customer\u202e"
	return s.Store.Open(ctx, q)
}

// Whatever comes from outside is spelled out, on the pages and in the API: also what
// people wrote with a vote, which others read.
func TestEveryOutsideTextIsSpelledOut(t *testing.T) {
	b := start(t)
	b.Store = turning{b.Store}
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	if p := b.enters("acme", "ann").vote(i, "deny", "reason\u202e"); p.status != 303 {
		t.Fatalf("%d %s", p.status, p.body)
	}
	mia := b.enters("acme", "mia")
	for name, p := range map[string]page{
		"card": mia.do("GET", "/intents/"+i.ID, nil), "list": mia.do("GET", "/", nil), "API": b.api("Bearer "+deskToken, "GET", "/api/v1/intents/"+i.ID, ""),
	} {
		if strings.Contains(p.body, "\u202e") {
			t.Errorf("%s: a mark turns the text in %s", name, p.body)
		}
		for _, want := range []string{"agent", "ticket", "customer", "said", "reason"} {
			if spelled := want + `\u202e`; name == "card" && !strings.Contains(p.body, spelled) {
				t.Errorf("%s: %s is missing", name, spelled)
			}
		}
	}
}
