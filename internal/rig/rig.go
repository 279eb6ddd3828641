package rig

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// readyWithin bounds a start: it is no measurement, only the end of a hang.
const readyWithin = 2 * time.Minute

// Options change what is booted.
type Options struct {
	Again    *Rig         // a stopped one, whose data and tools are found again
	External []up.Service // run by the test itself
	Origin   string       // of the tools; the example provider when empty
	Prepare  func(tenants string)
	Change   func(*up.Config)
}

// Rig is a running gateway.
type Rig struct {
	*up.Gateway
	TB      testing.TB
	Clock   *Clock
	Config  up.Config
	Data    string
	Tenants string       // folder of tenants, changed freely
	Log     *testkit.Log // what the gateway and its children wrote

	closed  sync.Once
	charges atomic.Int64
}

// Start boots a gateway and stops it when the test ends.
func Start(tb testing.TB, o Options) *Rig {
	tb.Helper()
	r := &Rig{TB: tb, Clock: NewClock(), Log: &testkit.Log{}}
	if o.Again != nil {
		r.Data, r.Tenants = o.Again.Data, o.Again.Tenants
		r.Config = r.config(o, o.Again.Config.ProviderAddress)
	} else {
		r.Data = ShortDir(tb)
		r.Tenants = filepath.Join(r.Data, "tenants")
		r.Config = r.config(o, testkit.FreeAddress(tb))
		ExampleTenants(tb, r.Tenants, cmp.Or(o.Origin, r.Config.ProviderAddress))
	}
	if o.Prepare != nil {
		o.Prepare(r.Tenants)
	}
	if o.Change != nil {
		o.Change(&r.Config)
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	gateway, err := up.Start(ctx, r.Config)
	if err != nil {
		r.Clock.Close()
		tb.Fatalf("the gateway did not start: %v\n%s", err, r.Log.String())
	}
	r.Gateway = gateway
	tb.Cleanup(r.Stop)
	return r
}

// Stop stops the gateway; what it stored stays for another Start.
func (r *Rig) Stop() {
	r.closed.Do(func() {
		if err := r.Close(); err != nil {
			r.TB.Errorf("the gateway did not stop cleanly: %v", err)
		}
		r.Clock.Close()
		if r.TB.Failed() {
			r.TB.Logf("log of the gateway:\n%s", r.Log.String())
		}
	})
}

func (r *Rig) config(o Options, provider string) up.Config {
	root := Root(r.TB)
	return up.Config{
		Data: r.Data, Cache: filepath.Join(root, ".cache"), Tenants: r.Tenants,
		Domain:       "sallyport.localhost",
		AgentAddress: "127.0.0.1:0", DeskAddress: "127.0.0.1:0", AdminAddress: "127.0.0.1:0", IssuerAddress: "127.0.0.1:0", ClickHouseAddress: "127.0.0.1:0",
		ProviderAddress: provider,
		ClickHouseBin:   Built(r.TB, "sallyport-chdb"), ClickHouseLib: os.Getenv("CHDB_LIB_PATH"), MaskModule: Built(r.TB, "mask.wasm"),
		Examples: true, External: o.External,
		Clock: r.Clock, Logger: daemon.Logger(r.Log, "info"), Progress: func(string) {}, Output: r.Log,
	}
}

// Token is a gateway token, fatal when it cannot be signed.
func (r *Rig) Token(id token.Identity) string {
	r.TB.Helper()
	raw, err := r.Sign(id)
	if err != nil {
		r.TB.Fatal(err)
	}
	return raw
}

// Billing is the example agent of a tenant, bound to a customer.
func Billing(tenant, customer string) token.Identity {
	return token.Identity{Tenant: tenant, Agent: "billing-bot", Session: token.Session{Ticket: "1001", Customer: customer}}
}

// Provider is the example provider: what reached a tool, and faults.
func (r *Rig) Provider() *provider.Provider { return r.ExampleProvider() }

// Charge makes a new charge of 1,000.00 of a currency at the example provider,
// so that tests do not count on each other's refunds, and returns its id.
func (r *Rig) Charge(tb testing.TB, account, customer, currency string) string {
	tb.Helper()
	id := fmt.Sprintf("ch_test_%s_%d", account, r.charges.Add(1))
	if err := r.Provider().AddCharge(account, id, customer, 100_000, currency); err != nil {
		tb.Fatal(err)
	}
	return id
}

// Inject makes something go wrong at the example provider.
func (r *Rig) Inject(tb testing.TB, f provider.Fault) {
	tb.Helper()
	if err := r.Provider().Inject(f); err != nil {
		tb.Fatal(err)
	}
}
