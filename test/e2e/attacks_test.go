package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// Rules of acme that the tests here change.
const (
	smallRefunds = "p, billing, stripe.refund.create, sums.charge_24h + args.amount <= money('50 USD'), allow, once\n"
	others       = "facts.charge.customer != session.customer"
	adas         = "facts.charge.customer == 'cus_ada'"
)

// TestAttacks is what people try who want an effect twice, or one that nobody
// allowed. Each case has charges of its own.
func TestAttacks(t *testing.T) {
	r := rig.Start(t, rig.Options{})
	for _, attack := range []struct {
		name string
		run  func(*testing.T, *rig.Rig)
	}{
		{"a renewed token repeats a call", renewedToken},
		{"a renewed token asks again after a hold", renewedAfterHold},
		{"a provider refuses the second look", refusedSecondLook},
		{"another customer's token asks after an outcome", anothersOutcome},
		{"a hold outlasts the window", window},
		{"the policy holds while facts are fetched", policyWhileFacts},
		{"the policy refuses what is unknown", policyOfUnknown},
		{"an agent's tokens are revoked", revoked},
		{"a person settles what nobody can find out", settled},
		{"the tool moves while an outcome is unknown", movedTool},
	} {
		t.Run(attack.name, func(t *testing.T) { attack.run(t, r) })
	}
}

// ask starts a refund and returns how to wait for its answer.
func ask(t *testing.T, r *rig.Rig, token, charge, amount string, headers ...string) func() answer {
	t.Helper()
	done := make(chan answer, 1)
	go func() { done <- refund(t, r, token, charge, amount, headers...) }()
	return func() answer { return <-done }
}

// once holds the provider's own books against what should have happened.
func once(t *testing.T, r *rig.Rig, charge string, amount int64) {
	t.Helper()
	n, total := refunded(r, charge)
	if want := min(amount, 1); int64(n) != want || total != amount {
		t.Errorf("%d refunds, %d in sum, want %d", n, total, amount)
	}
}

func reaches(t *testing.T, r *rig.Rig, charge, state string) {
	t.Helper()
	testkit.Eventually(t, "the refund of "+charge+" is "+state, func() bool { return r.State(t, charge) == state })
}

func renewedToken(t *testing.T, r *rig.Rig) {
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	for _, replayed := range []string{"", "true"} {
		got := refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "2000", "idempotency-key", "order-77")
		if got.status != http.StatusOK || got.header.Get("x-sallyport-replayed") != replayed {
			t.Errorf("%d, replayed %q: %s", got.status, got.header.Get("x-sallyport-replayed"), got.body)
		}
	}
	once(t, r, charge, 2000)
}

func renewedAfterHold(t *testing.T, r *rig.Rig) {
	charge, denied := r.Charge(t, "acme", "cus_ada", "usd"), r.Charge(t, "acme", "cus_ada", "usd")
	first, second := ask(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "10000"), ask(t, r, r.Token(rig.Billing("acme", "cus_ada")), denied, "10000")
	item, other := waiting(t, r, charge), waiting(t, r, denied)
	r.Clock.Advance(20 * time.Minute) // the SDK has gone and the token is over
	first()
	second()
	r.Approve(t, item.ID)
	r.Deny(t, other.ID, "No.")
	reaches(t, r, charge, "succeeded")
	if got := refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "10000"); got.status != http.StatusOK {
		t.Errorf("approved: %d %s", got.status, got.body)
	}
	if got := refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), denied, "10000"); got.status != http.StatusForbidden {
		t.Errorf("denied: %d %s", got.status, got.body)
	}
	once(t, r, charge, 10000)
	once(t, r, denied, 0)
}

// The first sending is done and its answer lost; the second is refused before
// the provider looks at its keys, which says nothing about the first.
func refusedSecondLook(t *testing.T, r *rig.Rig) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusBadRequest, http.StatusPaymentRequired} {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		r.Inject(t, provider.Fault{Fault: provider.DropAfterEffect, Method: http.MethodPost, Path: "/v1/refunds"})
		r.Inject(t, provider.Fault{Fault: provider.Status, Status: status, Method: http.MethodPost, Path: "/v1/refunds"})
		wait := ask(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "1200", "idempotency-key", charge)
		reaches(t, r, charge, "unknown")
		r.Clock.Advance(time.Minute) // the second look
		wait()
		testkit.Eventually(t, "a third look finds out", func() bool {
			r.Clock.Advance(time.Minute)
			return r.State(t, charge) == "succeeded"
		})
		if got := refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "1200", "idempotency-key", charge); got.status != http.StatusOK {
			t.Errorf("%d: the agent gets %d %s", status, got.status, got.body)
		}
		once(t, r, charge, 1200)
	}
}

func anothersOutcome(t *testing.T, r *rig.Rig) {
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	ada, bob := rig.Billing("acme", "cus_ada"), rig.Billing("acme", "cus_bob")
	ada.Session.ID, bob.Session.ID = "ses_shared", "ses_shared"
	if got := refund(t, r, r.Token(ada), charge, "2000"); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := refund(t, r, r.Token(bob), charge, "2000"); got.status != http.StatusForbidden {
		t.Errorf("bob's token got %d %s", got.status, got.body)
	}
	restore := r.Edit(t, "acme", "policy.csv", others, adas)
	defer restore()
	if got := refund(t, r, r.Token(ada), charge, "2000"); got.status != http.StatusForbidden {
		t.Errorf("under a policy that refuses it, ada's got %d %s", got.status, got.body)
	}
	once(t, r, charge, 2000)
}

// 450 USD wait for hours before they are done; 24 hours after they were asked,
// they are still in the sum.
func window(t *testing.T, r *rig.Rig) {
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	wait := ask(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "45000")
	item := waiting(t, r, charge)
	r.Clock.Advance(3*time.Hour + 50*time.Minute)
	wait()
	r.Approve(t, item.ID)
	reaches(t, r, charge, "succeeded")
	r.Clock.Advance(20*time.Hour + 15*time.Minute)
	var got answer
	testkit.Eventually(t, "another 100 USD are decided about", func() bool {
		got = refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "10000")
		return got.status != http.StatusServiceUnavailable // a machine with too much to do
	})
	if got.status != http.StatusForbidden {
		t.Errorf("another 100 USD within the window: %d %s", got.status, got.body)
	}
	once(t, r, charge, 45000)
}

func policyWhileFacts(t *testing.T, r *rig.Rig) {
	charge, probe := r.Charge(t, "acme", "cus_ada", "usd"), r.Charge(t, "acme", "cus_ada", "usd")
	r.Inject(t, provider.Fault{Fault: provider.Slow, DelayMS: 8_000, Method: http.MethodGet, Path: "/v1/charges/" + charge})
	asked := len(r.Provider().Requests())
	token := r.Token(rig.Billing("acme", "cus_ada"))
	wait := ask(t, r, token, charge, "1300")
	testkit.Eventually(t, "the charge is being read", func() bool { return len(r.Provider().Requests()) > asked })
	restore := r.Edit(t, "acme", "policy.csv", smallRefunds, "p, billing, stripe.refund.create, true, allow, once; hold:billing_leads\n")
	defer restore()
	also := ask(t, r, token, probe, "1300")
	second := waiting(t, r, probe)
	r.Clock.Advance(9 * time.Second)
	first := waiting(t, r, charge)
	for _, id := range []string{first.ID, second.ID} {
		r.Deny(t, id, "Not today.")
	}
	wait()
	also()
	once(t, r, charge, 0)
	once(t, r, probe, 0)
}

// What was lost on its way may not have been done: once the policy refuses it, it is
// not sent again but looked for by its mark, and was not done. A policy that allows
// it has it asked for anew.
func policyOfUnknown(t *testing.T, r *rig.Rig) {
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	r.Inject(t, provider.Fault{Fault: provider.DropBefore, Method: http.MethodPost, Path: "/v1/refunds"})
	wait := ask(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "1200")
	reaches(t, r, charge, "unknown")
	restore := r.Edit(t, "acme", "policy.csv", others, adas)
	looked := r.Count(t, "SELECT count() FROM audit.decisions WHERE step = 'live' AND effect = 'deny'")
	testkit.Eventually(t, "today's policy was asked", func() bool {
		r.Clock.Advance(time.Minute)
		return r.Count(t, "SELECT count() FROM audit.decisions WHERE step = 'live' AND effect = 'deny'") > looked
	})
	// A look that the clock overtook is late and comes again.
	testkit.Eventually(t, "it was not done", func() bool {
		r.Clock.Advance(time.Minute)
		return r.State(t, charge) == "failed"
	})
	once(t, r, charge, 0)
	wait()
	restore()
	if got := refund(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "1200"); got.status != http.StatusOK {
		t.Errorf("under the policy that allows it: %d %s", got.status, got.body)
	}
	once(t, r, charge, 1200)
}

// A revoked token is refused within moments; one that is issued later is not.
func revoked(t *testing.T, r *rig.Rig) {
	before := r.Token(rig.Billing("globex", "cus_grace"))
	read := func(token string) int {
		return call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_grace", "", "authorization", "Bearer "+token).status
	}
	if got := read(before); got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	entry := token.Revocation{At: r.Clock.Now().Truncate(time.Second).Add(time.Second), Tenant: "globex", Agent: "billing-bot"}
	if err := token.NewRevocationFile(up.RevocationsFile(r.Data)).Add(entry); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the token is refused", func() bool { return read(before) == http.StatusUnauthorized })
	r.Clock.Advance(2 * time.Second)
	if got := read(r.Token(rig.Billing("globex", "cus_grace"))); got != http.StatusOK {
		t.Errorf("a token that was issued later: %d", got)
	}
	if got := read(r.Token(rig.Billing("acme", "cus_ada"))); got == http.StatusUnauthorized {
		t.Error("acme's agent of the same name is revoked too")
	}
}

// A tool without idempotency keys cannot be asked again: a person looks, and the
// agent's next call gets his word.
func settled(t *testing.T, r *rig.Rig) {
	comment := func() answer {
		return call(t, r, http.MethodPut, "/zendesk/api/v2/tickets/1001.json", `{"ticket":{"comment":{"body":"We refunded it.","public":false}}}`,
			"authorization", "Bearer "+r.Token(rig.Billing("acme", "cus_ada")), "content-type", "application/json")
	}
	r.Inject(t, provider.Fault{Fault: provider.DropAfterEffect, Method: http.MethodPut, Path: "/api/v2/tickets/1001.json"})
	done := make(chan answer, 1)
	go func() { done <- comment() }()
	var id string
	testkit.Eventually(t, "the comment is unknown", func() bool {
		for _, i := range r.Approvals(t) {
			if i.State == "unknown" && i.Action == "zendesk.comment.create" {
				id = i.ID
			}
		}
		return id != ""
	})
	r.Clock.Advance(2 * time.Minute)
	<-done
	testkit.Eventually(t, "the gateway is not looking at it", func() bool {
		r.Clock.Advance(30 * time.Second)
		out, err := exec.Command(rig.Built(t, "sallyport"), "approvals", "settle", id, "--done", "--reason", "It is on the ticket.",
			"--data", r.Data, "--desk-url", "http://"+r.Addresses().Desk).CombinedOutput()
		return err == nil || !strings.Contains(string(out), "in a minute")
	})
	if got := comment(); got.status != http.StatusConflict || !strings.Contains(got.body, "settled") || !strings.Contains(got.body, "It is on the ticket.") {
		t.Errorf("the next call gets %d %s", got.status, got.body)
	}
	testkit.Eventually(t, "who settled it is recorded", func() bool {
		rows := r.Query(t, "SELECT actor FROM audit.approvals WHERE intent = ? AND state = 'succeeded'", id)
		return len(rows) == 1 && rows[0][0] == "ann"
	})
}

func movedTool(t *testing.T, r *rig.Rig) {
	var mu sync.Mutex
	var posts []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodPost {
			mu.Lock()
			posts = append(posts, q.URL.Path)
			mu.Unlock()
		}
		w.Header().Set("content-type", "application/json")
		_, _ = io.WriteString(w, `{"id":"re_elsewhere","object":"refund"}`)
	}))
	t.Cleanup(elsewhere.Close)
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	r.Inject(t, provider.Fault{Fault: provider.DropAfterEffect, Method: http.MethodPost, Path: "/v1/refunds"})
	wait := ask(t, r, r.Token(rig.Billing("acme", "cus_ada")), charge, "1200")
	reaches(t, r, charge, "unknown")
	restore := r.Edit(t, "acme", "tools.yaml", "http://"+r.Config.ProviderAddress, elsewhere.URL)
	before := r.Intent(t, charge).Version
	testkit.Eventually(t, "it was looked at and put back", func() bool {
		r.Clock.Advance(time.Minute)
		return r.Intent(t, charge).Version >= before+2
	})
	restore()
	testkit.Eventually(t, "it is found out where it was sent", func() bool {
		r.Clock.Advance(time.Minute)
		return r.State(t, charge) == "succeeded"
	})
	wait()
	mu.Lock()
	defer mu.Unlock()
	if len(posts) != 0 {
		t.Errorf("sent elsewhere: %v", posts)
	}
	once(t, r, charge, 1200)
}
