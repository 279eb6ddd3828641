package e2e

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// refunded is the sum of what the provider really refunded of a charge.
func refunded(r *rig.Rig, charge string) (n int, total int64) {
	for _, refund := range r.Provider().Refunds(charge) {
		n, total = n+1, total+refund.Amount
	}
	return n, total
}

// waiting finds the one intent that waits for a charge.
func waiting(t *testing.T, r *rig.Rig, charge string) desk.Item {
	t.Helper()
	var found desk.Item
	testkit.Eventually(t, "an approval for "+charge+" waits", func() bool {
		for _, item := range r.Approvals(t) {
			for _, arg := range item.Args {
				if arg.Name == "charge" && arg.Value == charge && item.State == "waiting" {
					found = item
					return true
				}
			}
		}
		return false
	})
	return found
}

// Up to 50 USD in sum go through at once; the second 40 make 80 and wait.
func testSmallRefunds(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	got := stripePython(t, r, token, "refund", charge, "4000")
	if !got.OK || got.Amount != 4000 || got.tries != 1 {
		t.Fatalf("the first 40 USD: %+v", got)
	}
	wait := startStripePython(t, r, token, "refund", charge, "4000")
	item := waiting(t, r, charge)
	if n, total := refunded(r, charge); n != 1 || total != 4000 {
		t.Errorf("while the second waits the provider made %d refunds, %d in sum", n, total)
	}
	if item.Earlier == "" {
		t.Errorf("the approver does not see that the same was done before: %+v", item)
	}
	r.Deny(t, item.ID, "One is enough.")
	if got := wait(); got.OK || got.Code != "person_denied" || !strings.Contains(got.Message, "One is enough.") {
		t.Errorf("the second 40 USD: %+v", got)
	}
}

func testHolds(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	t.Run("approved on the command line", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		wait := startStripePython(t, r, token, "refund", charge, "10000")
		item := waiting(t, r, charge)
		if n, _ := refunded(r, charge); n != 0 {
			t.Fatalf("%d refunds before anybody approved", n)
		}
		out, err := exec.Command(rig.Built(t, "sallyport"), "approvals", "approve", item.ID, "--json",
			"--data", r.Data, "--desk-url", "http://"+r.Addresses().Desk).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got := wait(); !got.OK || got.Amount != 10000 || got.tries != 1 {
			t.Fatalf("the agent got %+v", got)
		}
		if n, total := refunded(r, charge); n != 1 || total != 10000 {
			t.Errorf("the provider made %d refunds, %d in sum", n, total)
		}
	})
	t.Run("denied", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		wait := startStripePython(t, r, token, "refund", charge, "10000")
		r.Deny(t, waiting(t, r, charge).ID, "Not this month.")
		got := wait()
		if got.OK || got.Status != 403 || got.tries != 1 || !strings.Contains(got.Message, "Not this month.") {
			t.Fatalf("the agent got %+v", got)
		}
		if n, _ := refunded(r, charge); n != 0 {
			t.Errorf("%d refunds after a denial", n)
		}
	})
	t.Run("nobody answers in time, approved later", func(t *testing.T) { testApprovedLater(t, r, token) })
	t.Run("nobody answers at all", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		wait := startStripePython(t, r, token, "refund", charge, "10000")
		waiting(t, r, charge)
		r.Clock.Advance(46 * time.Second)
		wait()
		r.Clock.Advance(5 * time.Hour)
		testkit.Eventually(t, "the approval expires", func() bool { return r.State(t, charge) == "expired" })
		if n, _ := refunded(r, charge); n != 0 {
			t.Errorf("%d refunds without an approval", n)
		}
	})
}

// The SDK is told to come back, does not repeat by itself, and the repeated
// call gets the refund that the gateway made meanwhile, once.
func testApprovedLater(t *testing.T, r *rig.Rig, token string) {
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	wait := startStripePython(t, r, token, "refund", charge, "10000")
	item := waiting(t, r, charge)
	r.Clock.Advance(46 * time.Second)
	got := wait()
	if got.OK || got.Code != "held" || got.tries != 1 || !strings.Contains(got.Message, item.ID) {
		t.Fatalf("while nobody answered the agent got %+v", got)
	}
	r.Clock.Advance(5 * time.Minute)
	r.Approve(t, item.ID)
	testkit.Eventually(t, "the gateway executes it without the agent", func() bool { n, _ := refunded(r, charge); return n == 1 })
	testkit.Eventually(t, "its outcome is stored", func() bool { return r.State(t, charge) == "succeeded" })
	again := stripePython(t, r, token, "refund", charge, "10000")
	if !again.OK || again.Amount != 10000 {
		t.Fatalf("the repeated call got %+v", again)
	}
	if n, total := refunded(r, charge); n != 1 || total != 10000 {
		t.Errorf("the provider made %d refunds, %d in sum", n, total)
	}
}

func testRepetitions(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	t.Run("the same client key gets the stored outcome", func(t *testing.T) {
		first := refund(t, r, token, charge, "1000", "idempotency-key", "k-1")
		again := refund(t, r, token, charge, "1000", "idempotency-key", "k-1")
		if first.status != 200 || again.status != 200 || again.header.Get("x-sallyport-replayed") != "true" || first.body != again.body {
			t.Fatalf("first %d %s, again %d %s %v", first.status, first.body, again.status, again.body, again.header)
		}
		if n, _ := refunded(r, charge); n != 1 {
			t.Errorf("%d refunds", n)
		}
	})
	t.Run("the same client key with other arguments is refused", func(t *testing.T) {
		got := refund(t, r, token, charge, "900", "idempotency-key", "k-1")
		if got.status != http.StatusBadRequest {
			t.Fatalf("got %d %s", got.status, got.body)
		}
	})
	t.Run("twenty at once are one", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		done := make(chan int, 20)
		for range 20 {
			go func() { done <- refund(t, r, token, charge, "1100").status }()
		}
		for range 20 {
			if status := <-done; status != 200 {
				t.Errorf("status %d", status)
			}
		}
		if n, total := refunded(r, charge); n != 1 || total != 1100 {
			t.Errorf("%d refunds, %d in sum", n, total)
		}
	})
	t.Run("a whole refund repeated is the same refund", func(t *testing.T) {
		first := refund(t, r, token, "ch_ada_small", "")
		again := refund(t, r, token, "ch_ada_small", "")
		if first.status != 200 || again.status != 200 || first.body != again.body {
			t.Fatalf("first %d %s, again %d %s", first.status, first.body, again.status, again.body)
		}
	})
}

// What the tool does must never double an effect.
func testToolFaults(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	t.Run("the answer is lost after the effect", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		r.Inject(t, provider.Fault{Fault: provider.DropAfterEffect, Method: http.MethodPost, Path: "/v1/refunds"})
		answered := make(chan answer, 1)
		go func() { answered <- refund(t, r, token, charge, "1200") }()
		testkit.Eventually(t, "the outcome is unknown", func() bool { return r.State(t, charge) == "unknown" })
		r.Clock.Advance(40 * time.Second)
		testkit.Eventually(t, "the provider's key finds the refund again", func() bool { return r.State(t, charge) == "succeeded" })
		if got := <-answered; got.status != http.StatusOK {
			t.Errorf("the agent that waited got %d %s", got.status, got.body)
		}
		if n, total := refunded(r, charge); n != 1 || total != 1200 {
			t.Errorf("%d refunds, %d in sum", n, total)
		}
	})
	t.Run("the tool's own refusal reaches the agent", func(t *testing.T) {
		got := stripePython(t, r, token, "refund", "ch_absent", "1000")
		if got.OK || got.Code != "facts_unavailable" {
			t.Fatalf("got %+v", got)
		}
	})
	t.Run("a charge of another customer", func(t *testing.T) {
		got := refund(t, r, token, "ch_bob_90", "1000")
		if got.status != 403 || !strings.Contains(got.body, "belongs to another customer") {
			t.Fatalf("got %d %s", got.status, got.body)
		}
	})
}
