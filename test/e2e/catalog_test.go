package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// What acme's agents may do here beside the example's own rules.
const (
	slackTool = "  - {name: slack, catalog: slack, origin: \"http://ADDRESS\", private: true, credential: {secret: slack_key, scheme: bearer}}\n"
	moreRules = `
p, billing, stripe.subscription.change_price, facts.subscription.customer == session.customer && facts.price.amount < facts.subscription.amount, allow, once
p, billing, stripe.subscription.cancel_at_period_end, facts.subscription.customer == session.customer && !facts.subscription.cancel_at_period_end, allow, once
p, billing, stripe.subscription.get, facts.subscription.customer == session.customer && facts.subscription.created < now - duration('720h'), allow, -
p, billing, stripe.customer.delete, args.customer == session.customer, allow, once; hold:billing_leads
p, billing, stripe.charge.search, args.customer == session.customer, allow, -
p, support, slack.message.post, args.channel == 'C01SUPPORT', allow, once
p, support, slack.channel.list, !('private_channel' in args.types), allow, -
p, support, zendesk.ticket.search, args.requester == '9001', allow, -
p, support, zendesk.ticket.set_status, args.ticket == session.ticket && facts.ticket.status != args.status, allow, once
`
)

// TestCatalogs: the shipped catalogs against the example provider, through the
// real Envoy.
func TestCatalogs(t *testing.T) {
	shop := newOrders(t)
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) {
		acme := filepath.Join(tenants, "acme")
		shop.connect(t, acme)
		appendTo(t, filepath.Join(acme, "tools.yaml"), strings.Replace(slackTool, "ADDRESS", exampleAddress(t, acme), 1))
		appendTo(t, filepath.Join(acme, "policy.csv"), moreRules)
	}})
	for _, group := range []struct {
		name string
		run  func(*testing.T, *rig.Rig)
	}{
		{"a refund by its payment", testRefundByPayment},
		{"a downgrade", testDowngrade},
		{"a deletion", testDeletion},
		{"Slack", testSlack},
		{"searches", testSearches},
		{"a ticket's state", testTicketState},
		{"amounts as 12.50", shop.testAmounts},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, r) })
	}
}

// exampleAddress is where the example tenant's tools are.
func exampleAddress(t *testing.T, acme string) string {
	t.Helper()
	tools, err := os.ReadFile(filepath.Join(acme, "tools.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(tools), "origin: http://")
	address, _, ended := strings.Cut(rest, "\n")
	if !found || !ended {
		t.Fatal("the example's tools have no origin")
	}
	return strings.TrimSpace(address)
}

func sent(t *testing.T, r *rig.Rig, token, method, path, body string) answer {
	t.Helper()
	headers := []string{"authorization", "Bearer " + token}
	if body != "" {
		headers = append(headers, "content-type", "application/x-www-form-urlencoded")
	}
	return call(t, r, method, path, body, headers...)
}

// One refund has one business key: by its payment or by its charge, the second
// is the first one's repetition.
func testRefundByPayment(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	payment := "pi_" + strings.TrimPrefix(charge, "ch_")
	first := sent(t, r, token, http.MethodPost, "/stripe/v1/refunds", "payment_intent="+payment+"&amount=4000")
	if first.status != http.StatusOK || !strings.Contains(first.body, charge) {
		t.Fatalf("by its payment: %d %s", first.status, first.body)
	}
	again := sent(t, r, token, http.MethodPost, "/stripe/v1/refunds", "charge="+charge+"&amount=4000")
	if again.status != http.StatusOK || again.header.Get("x-sallyport-replayed") != "true" {
		t.Errorf("by its charge: %d %v %s", again.status, again.header, again.body)
	}
	if n, total := refunded(r, charge); n != 1 || total != 4000 {
		t.Errorf("the provider made %d refunds, %d in sum", n, total)
	}
	both := sent(t, r, token, http.MethodPost, "/stripe/v1/refunds", "charge="+charge+"&payment_intent="+payment)
	if both.status != http.StatusBadRequest || !strings.Contains(both.body, "Give charge or payment_intent, not both") {
		t.Errorf("by both: %d %s", both.status, both.body)
	}
	others := sent(t, r, token, http.MethodPost, "/stripe/v1/refunds", "payment_intent=pi_bob_90&amount=100")
	if others.status != http.StatusForbidden || len(r.Provider().Refunds("ch_bob_90")) != 0 {
		t.Errorf("another customer's: %d %s", others.status, others.body)
	}
}

// Facts of two objects decide: to a lower price at once, to a higher one never.
func testDowngrade(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	got := sent(t, r, token, http.MethodGet, "/stripe/v1/subscriptions/sub_ada", "")
	if got.status != http.StatusOK || !strings.Contains(got.body, "price_scale") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	change := func(price string) answer {
		return sent(t, r, token, http.MethodPost, "/stripe/v1/subscriptions/sub_ada", "items[0][id]=si_ada&items[0][price]="+price+"&proration_behavior=none")
	}
	if got := change("price_team"); got.status != http.StatusOK || !strings.Contains(got.body, "price_team") {
		t.Fatalf("a downgrade: %d %s", got.status, got.body)
	}
	if got := change("price_scale"); got.status != http.StatusForbidden || !strings.Contains(got.body, "policy_no_rule") {
		t.Errorf("an upgrade: %d %s", got.status, got.body)
	}
	end := sent(t, r, token, http.MethodPost, "/stripe/v1/subscriptions/sub_ada", "cancel_at_period_end=true")
	if end.status != http.StatusOK || !strings.Contains(end.body, `"cancel_at_period_end": true`) {
		t.Errorf("an end: %d %s", end.status, end.body)
	}
	both := sent(t, r, token, http.MethodPost, "/stripe/v1/subscriptions/sub_ada", "cancel_at_period_end=true&items[0][id]=si_ada&items[0][price]=price_basic")
	if both.status != http.StatusBadRequest {
		t.Errorf("both at once: %d %s", both.status, both.body)
	}
	if n := r.Provider().Effects().Updates["sub_ada"]; n != 2 {
		t.Errorf("the provider made %d changes, want 2", n)
	}
}

// A deletion waits for a person, who sees what ends with the customer.
func testDeletion(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_bob"))
	done := make(chan answer, 1)
	go func() { done <- sent(t, r, token, http.MethodDelete, "/stripe/v1/customers/cus_bob", "") }()
	var item desk.Item
	testkit.Eventually(t, "the deletion waits", func() bool {
		for _, i := range r.Approvals(t) {
			if i.Action == "stripe.customer.delete" && i.State == "waiting" {
				item = i
				return true
			}
		}
		return false
	})
	if shown, _ := json.Marshal(item.Facts); !strings.Contains(string(shown), "sub_bob") || len(r.Provider().Effects().Deleted) != 0 {
		t.Errorf("the person sees %s", shown)
	}
	r.Approve(t, item.ID)
	if got := <-done; got.status != http.StatusOK || !strings.Contains(got.body, `"deleted": true`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if n := r.Provider().Effects().Deleted["cus_bob"]; n != 1 {
		t.Errorf("the provider deleted %d times", n)
	}
}

// Slack's SDKs read refusals at status 200, and its own refusals prove that
// nothing was done.
func testSlack(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	post := func(body string) (answer, map[string]any) {
		t.Helper()
		got := call(t, r, http.MethodPost, "/slack/api/chat.postMessage", body, "authorization", "Bearer "+token, "content-type", "application/json;charset=utf-8")
		var said map[string]any
		if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return got, said
	}
	if got, said := post(`{"channel":"C01SUPPORT","text":"Refund done."}`); said["ok"] != true || got.header.Get("x-sallyport-intent") == "" {
		t.Fatalf("%v %s", got.header, got.body)
	}
	if got, said := post(`{"channel":"C01SUPPORT","text":"Refund done."}`); said["ok"] != true || got.header.Get("x-sallyport-replayed") != "true" {
		t.Errorf("again: %v %s", got.header, got.body)
	}
	for body, code := range map[string]string{
		`{"channel":"C02BILLING","text":"Hi"}`:                          "policy_no_rule",
		`{"channel":"C01SUPPORT","text":"Hi","as_user":true}`:           "input_unlisted",
		`{"channel":"C01SUPPORT","text":"Hi","blocks":"[{\"a\":1}]"}`:   "input_unlisted",
		`{"channel":"C01SUPPORT","text":"Hi","thread_ts":1700000000.1}`: "input_invalid",
	} {
		got, said := post(body)
		if said["ok"] != false || said["error"] != code || got.decision() == "" || !strings.Contains(got.body, "messages") {
			t.Errorf("%s: %v %s", body, got.header, got.body)
		}
	}
	if n := len(r.Provider().Messages("acme", "C01SUPPORT")); n != 1 {
		t.Errorf("%d messages were posted", n)
	}
	list := sent(t, r, token, http.MethodPost, "/slack/api/conversations.list", "types=public_channel&exclude_archived=1")
	if list.status != http.StatusOK || !strings.Contains(list.body, "C02BILLING") || strings.Contains(list.body, "C03OLD") {
		t.Errorf("channels: %d %s", list.status, list.body)
	}
	if private := sent(t, r, token, http.MethodPost, "/slack/api/conversations.list", "types=public_channel,private_channel"); !strings.Contains(private.body, "policy_no_rule") {
		t.Errorf("private channels: %d %s", private.status, private.body)
	}
	if nobody := call(t, r, http.MethodPost, "/slack/api/chat.postMessage", "{}", "content-type", "application/json"); nobody.status != http.StatusOK || !strings.Contains(nobody.body, `"error":"token_missing"`) {
		t.Errorf("without a token: %d %s", nobody.status, nobody.body)
	}
}

func testSearches(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	for path, want := range map[string]int{
		"/stripe/v1/charges/search?query=customer%3A%22cus_ada%22":               200,
		"/stripe/v1/charges/search?query=customer%3A%22cus_chen%22":              403,
		"/stripe/v1/charges/search?query=customer%3A%22cus_ada%22%20OR%20amount": 400,
		"/zendesk/api/v2/search.json?query=type%3Aticket+requester%3A9001":       200,
		"/zendesk/api/v2/search.json?query=type%3Aticket+requester%3A9002":       403,
		"/zendesk/api/v2/search.json?query=requester%3A9001+type%3Aticket+or":    400,
	} {
		if got := sent(t, r, token, http.MethodGet, path, ""); got.status != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func testTicketState(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	put := func(body string) answer {
		return call(t, r, http.MethodPut, "/zendesk/api/v2/tickets/1001.json", body, "authorization", "Bearer "+token, "content-type", "application/json")
	}
	if got := put(`{"ticket":{"status":"solved"}}`); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := put(`{"ticket":{"status":"solved","comment":{"body":"Bye"}}}`); got.status != http.StatusForbidden {
		t.Errorf("a reply that no rule allows: %d %s", got.status, got.body)
	}
	if got := put(`{"ticket":{"status":"solved","assignee_id":1}}`); got.status != http.StatusBadRequest {
		t.Errorf("somebody else's ticket: %d %s", got.status, got.body)
	}
}
