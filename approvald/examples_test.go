package approvald_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
)

// as asks as another of acme's agents.
func (b *bench) as(agent, method, path, body string) ask {
	b.TB.Helper()
	request := action.Request{Method: method, Path: path, Body: []byte(body)}
	switch {
	case strings.HasPrefix(path, "/zendesk"):
		request.Header = []action.Header{{Name: "content-type", Value: "application/json"}}
	case body != "":
		request.Header = []action.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}}
	}
	a := b.admitted(request, "")
	a.admission.Agent = agent
	return a
}

// sent counts what reached the tool.
func (b *bench) sent(method, path string) (n int) {
	for _, r := range b.tool.Requests() {
		if r.Method == method && r.Path == path {
			n++
		}
	}
	return n
}

func (b *bench) approvedBy(i ledger.Intent, people ...string) ledger.Intent {
	b.TB.Helper()
	for _, person := range people {
		var err error
		if i, err = b.Store.Vote(b.TB.Context(), ledger.VoteRequest{Tenant: i.Tenant, Intent: i.ID, Person: person, Approve: true, Digest: i.Digest}); err != nil {
			b.TB.Fatal(err)
		}
	}
	b.engine.Wake()
	return i
}

// A customer is deleted when two people have said so, and not before.
func TestTwoPeopleDeleteACustomer(t *testing.T) {
	b := start(t)
	b.noWait()
	b.running()
	deletion := func() got {
		return b.call(b.as("privacy-bot", http.MethodDelete, "/stripe/v1/customers/cus_ada", ""))
	}
	expect(t, deletion(), 409, "held")
	i := b.approvedBy(b.newest(), "ann")
	if i.State != ledger.Waiting || b.sent(http.MethodDelete, "/v1/customers/cus_ada") != 0 {
		t.Fatalf("after one person it is %s", i.State)
	}
	b.approvedBy(i, "pia")
	b.Eventually("it is done", func() bool { return b.newest().State == ledger.Succeeded })
	if g := deletion(); g.status != 200 || !strings.Contains(g.body, `"deleted"`) || b.sent(http.MethodDelete, "/v1/customers/cus_ada") != 1 {
		t.Errorf("%d %s", g.status, g.body)
	}
}

// A downgrade of an enterprise waits with the price of today, and is done once.
func TestEnterpriseDowngrade(t *testing.T) {
	b := start(t)
	b.noWait()
	b.running()
	const path = "/stripe/v1/subscriptions/sub_ada"
	item := b.item("sub_ada")
	change := func(price string) got {
		return b.call(b.as("success-bot", http.MethodPost, path, "items[0][id]="+item+"&items[0][price]="+price))
	}
	expect(t, change("price_team"), 409, "held")
	b.approvedBy(b.newest(), "ann")
	b.Eventually("it is done", func() bool { return b.newest().State == ledger.Succeeded })
	if g := change("price_team"); g.status != 200 || !strings.Contains(g.body, "price_team") {
		t.Errorf("%d %s", g.status, g.body)
	}
	expect(t, change("price_basic"), 200, "") // 50 USD a month by now
	expect(t, change("price_scale"), 403, "policy_denied")
	if n := b.sent(http.MethodPost, "/v1/subscriptions/sub_ada"); n != 2 {
		t.Errorf("%d changes", n)
	}
}

// item is the item of a subscription, as an agent reads it.
func (b *bench) item(subscription string) string {
	b.TB.Helper()
	g := b.call(b.as("success-bot", http.MethodGet, "/stripe/v1/subscriptions/"+subscription, ""))
	_, after, ok := strings.Cut(g.body, `"si_`)
	item, _, ends := strings.Cut(after, `"`)
	if !ok || !ends {
		b.TB.Fatalf("%d %s", g.status, g.body)
	}
	return "si_" + item
}

// What an agent writes to a customer is a draft; a note to colleagues is not.
func TestPublicReplyIsADraft(t *testing.T) {
	b := start(t)
	b.noWait()
	b.running()
	const path = "/zendesk/api/v2/tickets/1001.json"
	write := func(public string) got {
		return b.call(b.as("draft-bot", http.MethodPut, path, `{"ticket":{"comment":{"body":"Your refund is on its way.","public":`+public+`}}}`))
	}
	if g := write("false"); g.status != 200 {
		t.Errorf("a note: %d %s", g.status, g.body)
	}
	if g := write("true"); g.status != 409 || b.sent(http.MethodPut, "/api/v2/tickets/1001.json") != 1 {
		t.Fatalf("a reply: %d %s", g.status, g.body)
	}
	b.approvedBy(b.newest(), "ann")
	b.Eventually("it is sent", func() bool { return b.newest().State == ledger.Succeeded })
	if n := b.sent(http.MethodPut, "/api/v2/tickets/1001.json"); n != 2 {
		t.Errorf("%d comments", n)
	}
}
