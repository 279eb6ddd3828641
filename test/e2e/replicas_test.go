package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// replicas are two whole gateways on one data folder and one database: here in the
// test's process, there in its own, which is killed in the end.
type replicas struct {
	here  *rig.Rig
	there *rig.Replica
}

// countedLimits are a limit, which each gateway counts for itself, and a sum, which
// is one.
const countedLimits = `
limits:
  - {name: lists, actions: [stripe.charge.list], per: [session], max: 3, window: 24h}
sums:
  charge_24h: {actions: [stripe.refund.create], by: [args.charge], window: 24h}
`

// TestReplicas: what docs/reference/database.md says of several gateways, on two.
func TestReplicas(t *testing.T) {
	primary := postgres.Start(t)
	standby := primary.Standby(t)
	w := newWorker()
	here := rig.Start(t, rig.Options{
		Prepare: func(tenants string) {
			w.tools(t, tenants, "5s")
			for file, text := range map[string]string{"limits.yaml": countedLimits, "approvals.yaml": "wait: 75s\nwait_mcp: 1s\nrepeat_group: billing_leads\n"} {
				if err := os.WriteFile(filepath.Join(tenants, "acme", file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		},
		Change: func(c *up.Config) {
			c.Node = "here"
			c.Database = up.DatabaseURL(ordinary(t, primary, standby))
		},
	})
	r := replicas{here, here.Replica(t, "there", rig.Built(t, "sallyport"))}
	t.Run("asked there, approved here", r.testApprovedElsewhere)
	t.Run("sums are one, limits are each one's", r.testCounted)
	t.Run("MCP through both in turn", r.testInTurn)
	t.Run("a question answered at the other one", r.testQuestion)
	t.Run("revocations and tenants", r.testFollowed)
	t.Run("killed while it holds", r.testKilled)
	postgresFails(t, here, primary, standby)
	t.Run("one of them is upgraded", func(t *testing.T) { testUpgrade(t, here) })
}

func (r replicas) testApprovedElsewhere(t *testing.T) {
	bearer := r.here.Token(rig.Billing("acme", "cus_ada"))
	charge := r.here.Charge(t, "acme", "cus_ada", "usd")
	held := make(chan answer, 1)
	go func() { held <- refund(t, r.there, bearer, charge, "10000", "idempotency-key", charge) }()
	r.here.Approve(t, waiting(t, r.here, charge).ID)
	got := <-held
	if got.status != http.StatusOK || got.header.Get("x-sallyport-replayed") != "" {
		t.Fatalf("who waits there is told %d %s", got.status, got.body)
	}
	// Its agent has the outcome: the same with a key of its own is meant, and waits.
	go func() { held <- refund(t, r.there, bearer, charge, "10000", "idempotency-key", charge+"-2") }()
	r.here.Deny(t, waiting(t, r.here, charge).ID, "Once is enough.")
	if got := <-held; got.status != http.StatusForbidden || !strings.Contains(got.body, "Once is enough.") {
		t.Errorf("who waits there is told %d %s", got.status, got.body)
	}
	again := refund(t, r.here, bearer, charge, "10000", "idempotency-key", charge)
	if again.status != http.StatusOK || again.body != got.body || again.header.Get("x-sallyport-replayed") != "true" {
		t.Errorf("the same call here: %d %s", again.status, again.body)
	}
	once(t, r.here, charge, 10000)
}

func (r replicas) testCounted(t *testing.T) {
	who := rig.Billing("acme", "cus_ada")
	who.Session.ID = "counted"
	bearer := r.here.Token(who)
	charge := r.here.Charge(t, "acme", "cus_ada", "usd")
	if got := refund(t, r.there, bearer, charge, "3000"); got.status != http.StatusOK {
		t.Fatalf("30 USD there: %d %s", got.status, got.body)
	}
	if got := refund(t, r.here, bearer, charge, "3001", "prefer", "respond-async"); got.status != http.StatusAccepted {
		t.Errorf("30.01 USD here, of 50 without a person: %d %s", got.status, got.body)
	}
	once(t, r.here, charge, 3000)
	for _, at := range []gateway{r.there, r.here} {
		for n, want := range []int{http.StatusOK, http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
			if got := call(t, at, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+bearer); got.status != want {
				t.Errorf("call %d at %s: %d %s", n+1, at.Addresses().Agent, got.status, got.body)
			}
		}
	}
}

// balancer is a client's transport to both replicas.
type balancer struct {
	token string
	to    func(body string) gateway
}

func (b balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	r.URL.Host = b.to(string(body)).Addresses().Agent
	return bearer(b.token).RoundTrip(r)
}

func (r replicas) connect(t *testing.T, version string, to func(body string) gateway, o *mcp.ClientOptions) agent {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, o).Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: "http://balancer/mcp", HTTPClient: &http.Client{Transport: balancer{r.here.Token(rig.Billing("acme", "cus_ada")), to}},
	}, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatalf("connect with %s: %v", version, err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return agent{session, nil}
}

// testInTurn: a session is good at both, and so is what a call left behind.
func (r replicas) testInTurn(t *testing.T) {
	for _, version := range eras[:2] {
		var n atomic.Int64
		client := r.connect(t, version, func(string) gateway {
			if n.Add(1)%2 == 0 {
				return r.here
			}
			return r.there
		}, nil)
		charge := r.here.Charge(t, "acme", "cus_ada", "usd")
		arguments := map[string]any{"charge": charge, "amount": 10000}
		pending := client.ask(t, "stripe_refund_create", arguments, "")
		if pending.approval == "" || pending.failed {
			t.Fatalf("%s: %+v", version, pending)
		}
		r.here.Approve(t, pending.approval)
		testkit.Eventually(t, "it is done", func() bool { return r.here.State(t, charge) == "succeeded" })
		for range 2 {
			for tool, arguments := range map[string]map[string]any{"sallyport_status": {"approval": pending.approval}, "stripe_refund_create": arguments} {
				if got := client.ask(t, tool, arguments, ""); got.failed || !strings.Contains(got.structured, `"amount":10000`) {
					t.Errorf("%s: %s: %+v", version, tool, got)
				}
			}
		}
		once(t, r.here, charge, 10000)
		if n.Load() < 6 {
			t.Errorf("%s: %d requests are not both replicas'", version, n.Load())
		}
	}
}

// testQuestion: an answer that a balancer brings to the other replica is no answer.
func (r replicas) testQuestion(t *testing.T) {
	bearer := r.here.Token(rig.Billing("acme", "cus_ada"))
	t.Run("a read without a session is made anew", func(t *testing.T) {
		kind, state, all := inTurn(t, r.there, bearer, "works_task_ask", "form", "", "")
		if kind != "input_required" {
			t.Fatal(all)
		}
		kind, anew, all := inTurn(t, r.here, bearer, "works_task_ask", "form", state, accepts)
		if kind != "input_required" || anew == state {
			t.Fatalf("here: %s", all)
		}
		if kind, _, all := inTurn(t, r.here, bearer, "works_task_ask", "form", anew, accepts); kind != "complete" || !strings.Contains(all, "annual") {
			t.Errorf("here again: %s", all)
		}
	})
	t.Run("an effect without a session is the one that was begun", func(t *testing.T) {
		kind, state, all := inTurn(t, r.there, bearer, "works_task_change", "form there", "", "")
		if kind != "input_required" {
			t.Fatal(all)
		}
		kind, _, all = inTurn(t, r.here, bearer, "works_task_change", "form there", state, accepts)
		if kind != "complete" || !strings.Contains(all, `"code":"in_progress"`) {
			t.Errorf("the answer here: %s", all)
		}
		testkit.Eventually(t, "the server hears that there is no answer", func() bool {
			kind, _, all = inTurn(t, r.here, bearer, "works_task_change", "form there", "", "")
			return kind == "complete" && strings.Contains(all, `"code":"outcome_unknown"`)
		})
	})
	t.Run("with a session", func(t *testing.T) {
		h := &host{}
		client := r.connect(t, "2025-11-25", func(body string) gateway {
			if strings.Contains(body, `"method"`) || body == "" {
				return r.there
			}
			return r.here
		}, h.options())
		got := client.ask(t, "works_task_ask", map[string]any{"name": "form"}, "")
		if !got.failed || !strings.Contains(got.all, "The client did not answer") || len(h.asked) != 1 {
			t.Errorf("%+v after %v", got, h.asked)
		}
	})
}

// testFollowed: what the data folder and the tenants' files say holds at both.
func (r replicas) testFollowed(t *testing.T) {
	who := rig.Billing("acme", "cus_ada")
	who.Session.ID = "revoked-at-both"
	bearer := r.here.Token(who)
	both := func(what string, want int) {
		t.Helper()
		for _, at := range []gateway{r.there, r.here} {
			testkit.Eventually(t, what, func() bool {
				return call(t, at, http.MethodGet, "/stripe/v1/customers/cus_ada", "", "authorization", "Bearer "+bearer).status == want
			})
		}
	}
	both("it may read", http.StatusOK)
	file := filepath.Join(r.here.Tenants, "acme", "policy.csv")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	appendTo(t, file, "p, billing, stripe.customer.get, true, deny, -\n")
	both("the new rule holds", http.StatusForbidden)
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	both("the old ones hold again", http.StatusOK)
	revoke(t, r.here, token.Revocation{Tenant: "acme", Session: who.Session.ID})
	both("it is revoked", http.StatusUnauthorized)
}

// testKilled: the one that holds a call is killed. What a person approves then is
// done by the other one, and the same call there hears of it.
func (r replicas) testKilled(t *testing.T) {
	bearer := r.here.Token(rig.Billing("acme", "cus_ada"))
	charge := r.here.Charge(t, "acme", "cus_ada", "usd")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.there.Addresses().Agent+"/stripe/v1/refunds", strings.NewReader("charge="+charge+"&amount=10000"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("authorization", "Bearer "+bearer)
	request.Header.Set("content-type", "application/x-www-form-urlencoded")
	request.Header.Set("idempotency-key", charge)
	heard := make(chan string, 1) // an answer, or nothing of a connection that broke
	go func() {
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			heard <- ""
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			body = nil
		}
		heard <- string(body)
	}()
	item := waiting(t, r.here, charge)
	r.there.Kill()
	// Its Envoy dies with it, and may tell of it before: that the answer is lost, or,
	// as the client sends it again, that nobody is there.
	if got := <-heard; got != "" && !strings.Contains(got, `"code":"outcome_lost"`) && !strings.Contains(got, `"code":"gateway_unavailable"`) {
		t.Errorf("the held call was answered with %s", got)
	}
	r.here.Approve(t, item.ID)
	testkit.Eventually(t, "the other one executes it", func() bool { return r.here.State(t, charge) == "succeeded" })
	got := refund(t, r.here, bearer, charge, "10000", "idempotency-key", charge)
	if got.status != http.StatusOK || got.header.Get("x-sallyport-replayed") != "true" {
		t.Errorf("the same call here: %d %s", got.status, got.body)
	}
	once(t, r.here, charge, 10000)
}
