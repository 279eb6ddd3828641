package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// testHosts: SDKs whose base URL takes no path name the tool by their host.
func testHosts(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	t.Run("stripe-node reads", func(t *testing.T) {
		if got := stripeNode(t, r, token, "charges", "cus_ada"); !got.OK || len(got.IDs) == 0 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("stripe-node refunds", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		if got := stripeNode(t, r, token, "refund", charge, "1500"); !got.OK || got.Amount != 1500 {
			t.Errorf("got %+v", got)
		}
		once(t, r, charge, 1500)
	})
	t.Run("stripe-node is refused in words", func(t *testing.T) {
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		if got := stripeNode(t, r, token, "refund", charge, "60000"); got.OK || got.Status != 403 || got.Code != "policy_denied" || !strings.Contains(got.Message, "more than 500 USD") {
			t.Errorf("got %+v", got)
		}
		once(t, r, charge, 0)
	})
	t.Run("zenpy reads a ticket", func(t *testing.T) {
		if got := zenpy(t, r, token, "1001"); !got.OK || got.ID != "1001" || got.Message == "" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("zenpy is refused in words", func(t *testing.T) {
		got := zenpy(t, r, token+"x", "1001") // nobody knows whose it is: the host tells the dialect
		if got.OK || got.Status != 401 || got.Code != "token_invalid" || !strings.Contains(got.Message, "This gateway token is not valid.") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("two tools are named", func(t *testing.T) { twoTools(t, r, token) })
}

// twoTools are named by one request; nothing of it reaches either.
func twoTools(t *testing.T, r *rig.Rig, token string) {
	before := len(r.Provider().Requests())
	for host, want := range map[string]struct {
		path, code string
		status     int
	}{
		"zendesk.sallyport.localhost":   {"/stripe/v1/charges/ch_ada_1000", "tool_ambiguous", 400},
		"ZENDESK.sallyport.localhost.":  {"/stripe/v1/charges/ch_ada_1000", "tool_ambiguous", 400},
		"teams.sallyport.localhost":     {"/stripe/v1/charges/ch_ada_1000", "tool_unknown", 403},
		"a.stripe.sallyport.localhost":  {"/v1/charges/ch_ada_1000", "tool_unknown", 403},
		"stripe.sallyport.localhost.io": {"/v1/charges/ch_ada_1000", "tool_unknown", 403},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.Addresses().Agent+want.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		request.Header.Set("authorization", "Bearer "+token)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		_, err = body.ReadFrom(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != want.status || !strings.Contains(body.String(), want.code) {
			t.Errorf("%s%s: %d %s", host, want.path, response.StatusCode, body.String())
		}
	}
	if after := len(r.Provider().Requests()); after != before {
		t.Errorf("%d requests reached a tool", after-before)
	}
}

// stripeNode makes one call with Stripe's SDK for Node.
func stripeNode(t *testing.T, r *rig.Rig, token string, args ...string) said {
	t.Helper()
	sdk := cmp.Or(os.Getenv("STRIPE_NODE"), filepath.Join(rig.Root(t), ".cache", "stripe-node"))
	if _, err := os.Stat(sdk); err != nil {
		t.Fatalf("Stripe's SDK for Node is not there: run `make deps-check`, or set STRIPE_NODE (%v)", err)
	}
	_, port, _ := net.SplitHostPort(r.Addresses().Agent)
	return tell(t, "node", append([]string{filepath.Join("testdata", "host.mjs"), sdk, "stripe.sallyport.localhost", port, token}, args...)...)
}

// zenpy reads one ticket with zenpy.
func zenpy(t *testing.T, r *rig.Rig, token, ticket string) said {
	t.Helper()
	_, port, _ := net.SplitHostPort(r.Addresses().Agent)
	return tell(t, os.Getenv("PYTHON"), filepath.Join("testdata", "host.py"), "sallyport.localhost:"+port, token, "ticket", ticket)
}

// tell runs a script that says one JSON line.
func tell(t *testing.T, name string, args ...string) said {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args[0], err, stderr.String())
	}
	var s said
	if err := json.Unmarshal(stdout.Bytes(), &s); err != nil {
		t.Fatalf("%s printed %q: %v", args[0], stdout.String(), err)
	}
	return s
}
