package extauthz_test

import (
	"net"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// A check waits for no tool: what needs a fact that a tool has goes to the mediated
// lane at once, so nobody waits behind it, whatever the tool does.
func TestChecksWaitForNoTool(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	done := make(chan struct{})
	go func() { // a tool that takes every connection and says nothing
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			asked.Add(1)
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme", "tools.yaml", "127.0.0.1:10090", listener.Addr().String())}, nil)
	for range 100 { // more than are handled beside each other
		out := ask(t, r.agent, r.request("GET", "/stripe/v1/charges/ch_ada_1000", "", r.bearer("acme")...))
		if !allowed(out) || sets(out)[wire.HeaderLane] != wire.LaneRead {
			t.Fatalf("got %v", out)
		}
		if out := ask(t, r.agent, r.request("GET", charges, "", r.bearer("acme")...)); !allowed(out) || sets(out)[wire.HeaderLane] != wire.LaneDirect {
			t.Fatalf("behind it: %v", out)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the tool was asked %d times", n)
	}
}
