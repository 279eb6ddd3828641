package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// testMCPRevoked: a stream that is open ends when its session is revoked, long
// before its time is over, and the client is told why.
func testMCPRevoked(t *testing.T, r *rig.Rig, version string) {
	who := rig.Billing("acme", "cus_ada")
	who.Session.ID = "revoked-" + version
	client := connect(t, r, r.Token(who), "/mcp", version)
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	params := &mcp.CallToolParams{Name: "stripe_refund_create", Arguments: map[string]any{"charge": charge, "amount": 10_000}}
	params.SetProgressToken("tok")
	ended := make(chan error, 1)
	go func() {
		_, err := client.CallTool(context.WithoutCancel(t.Context()), params)
		ended <- err
	}()
	waiting(t, r, charge)
	r.Clock.Advance(3 * time.Second)
	testkit.Eventually(t, "the stream is open", func() bool { return client.heard.Load() > 0 })
	revoke(t, r, token.Revocation{Tenant: "acme", Session: who.Session.ID})
	var err error
	testkit.Eventually(t, "the stream ends", func() bool {
		select {
		case err = <-ended:
			return true
		default:
			return false
		}
	})
	var said *jsonrpc.Error
	if !errors.As(err, &said) || !strings.Contains(said.Message, "revoked") {
		t.Errorf("the client is told %v", err)
	}
	if _, total := refunded(r, charge); total != 0 {
		t.Errorf("%d were refunded", total)
	}
}

// revoke puts an entry into the file that the gateway follows.
func revoke(t *testing.T, r *rig.Rig, entry token.Revocation) {
	t.Helper()
	entry.At = r.Clock.Now()
	if err := token.NewRevocationFile(up.RevocationsFile(r.Data)).Add(entry); err != nil {
		t.Fatal(err)
	}
}
