package e2e

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// Without extauthz nothing passes: 503, and nothing at the tool. When it is
// back, so is the gateway.
func TestExtauthzKilled(t *testing.T) {
	r := rig.Start(t, rig.Options{External: []up.Service{up.Extauthz}})
	process := r.Alone(t, "extauthz")
	token := r.Token(rig.Billing("acme", "cus_ada"))
	read := func() answer {
		return call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+token)
	}
	testkit.Eventually(t, "the checks answer", func() bool { return read().status == http.StatusOK })

	var load sync.WaitGroup
	var stop atomic.Bool
	for range 8 {
		load.Add(1)
		go func() {
			defer load.Done()
			for !stop.Load() {
				if got := read(); got.status != http.StatusOK && got.status != http.StatusServiceUnavailable {
					t.Errorf("under load: %d %s", got.status, got.body)
				}
			}
		}()
	}
	process.Kill()
	testkit.Eventually(t, "every call is refused", func() bool { return read().status == http.StatusServiceUnavailable })
	before := len(r.Provider().Requests())
	for range 50 {
		got := read()
		if got.status != http.StatusServiceUnavailable || got.decision() == "" || !strings.HasPrefix(got.body, `{"error":{"type":"api_error","code":"gateway_unavailable","message":"`) {
			t.Fatalf("without checks: %d %s %v", got.status, got.body, got.header)
		}
	}
	if now := len(r.Provider().Requests()); now != before {
		t.Errorf("%d requests reached the tool without a check", now-before)
	}
	stop.Store(true)
	load.Wait()
	process.Start()
	testkit.Eventually(t, "the checks answer again", func() bool { return read().status == http.StatusOK })
	t.Run("a full disk", func(t *testing.T) {
		process.FullDisk(true)
		testkit.Eventually(t, "what cannot be recorded is refused", func() bool { return strings.Contains(read().body, `"code":"record_unavailable"`) })
		before := len(r.Provider().Requests())
		for range 20 {
			if got := read(); got.status != http.StatusServiceUnavailable {
				t.Errorf("%d %s", got.status, got.body)
			}
		}
		if now := len(r.Provider().Requests()); now != before {
			t.Errorf("%d requests reached the tool without a record", now-before)
		}
		process.FullDisk(false)
		testkit.Eventually(t, "there is room again", func() bool { return read().status == http.StatusOK })
	})
}

// approvald is killed while a call is held: the approval is still there when it
// is back, is executed once, and the repeated call gets the refund.
func TestApprovaldKilledDuringHold(t *testing.T) {
	r := rig.Start(t, rig.Options{External: []up.Service{up.Approvald}})
	process := r.Alone(t, "approvald")
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	testkit.Eventually(t, "the Desk answers", func() bool { return r.DeskAnswers(t) })

	held := make(chan answer, 1)
	go func() { held <- refund(t, r, token, charge, "10000", "idempotency-key", "held-1") }()
	item := waiting(t, r, charge)
	process.Kill()
	if got := <-held; got.status != http.StatusConflict || !strings.Contains(got.body, `"code":"outcome_lost","message":"`) || got.header.Get("stripe-should-retry") != "false" {
		t.Errorf("the held call ended with %d %s", got.status, got.body)
	}
	if got := refund(t, r, token, charge, "1000"); got.status != http.StatusServiceUnavailable {
		t.Errorf("an effect without approvald: %d %s", got.status, got.body)
	}
	if got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+token); got.status != http.StatusOK {
		t.Errorf("a direct read without approvald: %d %s", got.status, got.body)
	}
	process.Start()
	testkit.Eventually(t, "the Desk answers again", func() bool { return r.DeskAnswers(t) })
	r.Approve(t, item.ID)
	testkit.Eventually(t, "the gateway executes it", func() bool { return r.State(t, charge) == "succeeded" })
	got := refund(t, r, token, charge, "10000", "idempotency-key", "held-1")
	if got.status != http.StatusOK || got.header.Get("x-sallyport-replayed") != "true" {
		t.Errorf("the repeated call: %d %s", got.status, got.body)
	}
	if n, total := refunded(r, charge); n != 1 || total != 10000 {
		t.Errorf("%d refunds, %d in sum", n, total)
	}
	t.Run("a full disk", func(t *testing.T) {
		storeFails(t, r, token, directRead, func() { process.FullDisk(true) }, func() { process.FullDisk(false) })
	})
}

// What was stored is there after a restart: approvals, outcomes, the day's
// counters, the record, and the keys that tokens are checked with.
func TestRestart(t *testing.T) {
	first := rig.Start(t, rig.Options{})
	token := first.Token(rig.Billing("acme", "cus_ada"))
	charge := first.Charge(t, "acme", "cus_ada", "usd")
	done := refund(t, first, token, charge, "1000", "idempotency-key", "before")
	if done.status != http.StatusOK {
		t.Fatalf("%d %s", done.status, done.body)
	}
	first.Stop()

	second := rig.Start(t, rig.Options{Again: first})
	if err := second.Provider().AddCharge("acme", charge, "cus_ada", 100_000, "usd"); err != nil {
		t.Fatal(err)
	}
	again := refund(t, second, token, charge, "1000", "idempotency-key", "before")
	if again.status != http.StatusOK || again.body != done.body || again.header.Get("x-sallyport-replayed") != "true" {
		t.Errorf("after the restart: %d %s", again.status, again.body)
	}
	testkit.Eventually(t, "the record is there", func() bool {
		return second.Count(t, "SELECT count() FROM audit.decisions WHERE decision_id = ? AND step = 'agent'", done.decision()) == "1"
	})
	t.Run("another beside it", func(t *testing.T) { testTwoAtOnce(t, second) })
}

// Two gateways run side by side: nothing is shared but the binary.
func testTwoAtOnce(t *testing.T, a *rig.Rig) {
	started := time.Now()
	b := rig.Start(t, rig.Options{})
	token := a.Token(rig.Billing("acme", "cus_ada"))
	path := "/stripe/v1/charges?customer=cus_ada"
	if got := call(t, a, http.MethodGet, path, "", "authorization", "Bearer "+token); got.status != http.StatusOK {
		t.Errorf("a: %d %s", got.status, got.body)
	}
	if got := call(t, b, http.MethodGet, path, "", "authorization", "Bearer "+token); got.status != http.StatusUnauthorized {
		t.Errorf("a's token at b: %d %s", got.status, got.body)
	}
	a.Clock.Advance(time.Hour)
	if b.Clock.Now().Sub(started) > 30*time.Minute {
		t.Error("the clocks are one")
	}
}
