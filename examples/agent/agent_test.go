// Package agent_test runs agent.py with the real Stripe SDK against the example
// provider, without a gateway between them: what the program prints and how it
// exits must come from the SDK alone.
package agent_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/examples/provider"
)

const key = "sk_test_agent"

func TestAgent(t *testing.T) {
	p, err := provider.New(provider.Options{
		Clock:    clockwork.NewRealClock(),
		Accounts: []provider.Account{{Name: "acme", StripeKey: key, ZendeskKey: "agent@acme.example/token:zd"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	for name, c := range map[string]struct {
		args    string
		token   string
		fault   string
		output  string
		code    int
		refunds map[string]int
	}{
		"charges":           {args: "charges --customer cus_bob", output: "ch_bob_90               90.00 USD  refunded 0.00 USD  Quarterly plan\nch_bob_20               20.00 USD  refunded 0.00 USD  Sticker pack"},
		"refund":            {args: "refund ch_bob_90 30.00", output: "refund re_acme_0001: 30.00 USD of ch_bob_90, succeeded", refunds: map[string]int{"ch_bob_90": 1}},
		"refund of yen":     {args: "refund ch_ada_jpy 100", output: "refund re_acme_0001: 100 JPY of ch_ada_jpy, succeeded", refunds: map[string]int{"ch_ada_jpy": 1}},
		"too much":          {args: "refund ch_bob_20 20.01", code: 1, output: "refused (400, None): Refund amount ($20.01) is greater than unrefunded amount on charge ($20.00)"},
		"part of a yen":     {args: "refund ch_ada_jpy 0.5", code: 2, output: "agent: 0.5 is not an amount in JPY"},
		"not a number":      {args: "refund ch_bob_20 lots", code: 2, output: "agent: lots is not an amount in USD"},
		"wrong token":       {args: "charges", token: "sk_test_other", code: 1, output: "refused (401, None): Invalid API Key provided."},
		"no token":          {args: "charges", token: "-", code: 1, output: "agent: set SALLYPORT_TOKEN to a gateway token (sallyport token prints one)"},
		"answer lost":       {args: "refund ch_bob_90 30.00", fault: provider.DropAfterEffect, output: "refund re_acme_0001: 30.00 USD of ch_bob_90, succeeded", refunds: map[string]int{"ch_bob_90": 1}},
		"connection broken": {args: "refund ch_bob_90 30.00", fault: provider.DropBefore, output: "refund re_acme_0001: 30.00 USD of ch_bob_90, succeeded", refunds: map[string]int{"ch_bob_90": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			p.Reset()
			if c.fault != "" {
				if err := p.Inject(provider.Fault{Fault: c.fault, Method: "POST", Path: "/v1/refunds"}); err != nil {
					t.Fatal(err)
				}
			}
			output, code := run(t, server.URL, c.token, strings.Fields(c.args))
			if c.refunds == nil {
				c.refunds = map[string]int{}
			}
			if diff := cmp.Diff([]any{c.output, c.code, c.refunds}, []any{output, code, p.Effects().Refunds}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// run starts agent.py; token "" is the right one and "-" is none.
func run(t *testing.T, base, token string, args []string) (string, int) {
	t.Helper()
	python := os.Getenv("PYTHON")
	if python == "" {
		t.Fatal("PYTHON is not set: run the tests with `make test` after `make deps-check`, or set it to a Python that has the stripe package")
	}
	switch token {
	case "":
		token = key
	case "-":
		token = ""
	}
	cmd := exec.Command(python, append([]string{"agent.py", "--base", base}, args...)...)
	cmd.Env = append(os.Environ(), "SALLYPORT_TOKEN="+token)
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(output)), cmd.ProcessState.ExitCode()
}
