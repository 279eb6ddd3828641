package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// An agent that does not want to wait is told where to ask again, and takes back
// what still waits. Nobody else's agent can.
func testCancel(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	pending := refund(t, r, token, charge, "10000", "prefer", "respond-async")
	status := pending.header.Get("location")
	if pending.status != http.StatusAccepted || !strings.HasPrefix(status, "/sallyport/approvals/int_") {
		t.Fatalf("%d %v", pending.status, pending.header)
	}
	bearer := []string{"authorization", "Bearer " + token}
	if got := call(t, r, http.MethodGet, status, "", bearer...); got.status != http.StatusConflict || !strings.Contains(got.body, "held") {
		t.Errorf("its status: %d %s", got.status, got.body)
	}
	stranger := r.Token(rig.Billing("acme", "cus_bob"))
	if got := call(t, r, http.MethodPost, status+"/cancel", "", "authorization", "Bearer "+stranger); got.status != http.StatusNotFound {
		t.Errorf("another session cancels: %d %s", got.status, got.body)
	}
	if got := call(t, r, http.MethodPost, status+"/cancel", "", bearer...); got.status != http.StatusOK || !strings.Contains(got.body, `"cancelled"`) {
		t.Errorf("cancel: %d %s", got.status, got.body)
	}
	if state := r.State(t, charge); state != "cancelled" {
		t.Errorf("it is %s", state)
	}
	done := refund(t, r, token, charge, "1000")
	got := call(t, r, http.MethodGet, "/sallyport/approvals/"+done.header.Get("x-sallyport-intent"), "", bearer...)
	if got.status != http.StatusOK || got.body != done.body {
		t.Errorf("what was done: %d %s, then %d %s", done.status, done.body, got.status, got.body)
	}
}
