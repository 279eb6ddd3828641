package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/testkit"
)

// effects are how many effects a round has: each is two durable commits. held is
// how many calls wait at once, of which people see all, and voters how many vote.
const (
	effects = 200
	held    = 100
	voters  = 8
)

// BenchmarkEffects is the suite "effects", on both databases: refunds of a charge
// each, which no person is asked about, beside a read of the same lane, which
// fetches the same fact and has no ledger (`no-store`); then refunds that wait, and
// people who approve them.
func BenchmarkEffects(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(stripeOf))
	defer upstream.Close()
	var figures, alone []Figure
	for _, store := range []string{"sqlite", "postgres"} {
		b.Run(store, func(b *testing.B) {
			r := rig.Start(b, rig.Options{
				Prepare: func(tenants string) { boundless(b, tenants) }, Origin: strings.TrimPrefix(upstream.URL, "http://"),
				Change: func(c *up.Config) { storeIn(b, store, c) },
			})
			l := &lane{rig: r, store: store, token: r.Token(rig.Billing("acme", "cus_ada"))}
			for _, connections := range []int{1, 16} {
				figures = append(figures, measure(b, "effects", fmt.Sprintf("%s, %d connections", store, connections), "throughput", l.targets(), connections)...)
			}
			alone = append(alone, l.holds(b)...)
		})
	}
	compare(figures, "no-store")
	figures = append(figures, alone...)
	if err := table(os.Stdout, figures); err != nil {
		b.Fatal(err)
	}
	if err := write(filepath.Join(rig.Root(b), "out", "bench.jsonl"), figures); err != nil {
		b.Fatal(err)
	}
}

// storeIn gives the ledger a database; a Postgres has a synchronous standby.
func storeIn(b *testing.B, store string, c *up.Config) {
	if store == "sqlite" {
		return
	}
	server := postgres.Start(b)
	server.Standby(b)
	c.Database, c.DatabaseClock = up.DatabaseURL(server.URL("postgres")), c.Clock
}

// lane is the mediated lane of one gateway.
type lane struct {
	rig          *rig.Rig
	store, token string
	made         atomic.Int64
}

func (l *lane) targets() []target {
	headers := map[string]string{"authorization": "Bearer " + l.token}
	gateway := "http://" + l.rig.Addresses().Agent + "/stripe/v1/"
	return []target{
		{subject: "no-store", url: gateway + "charges/ch_0", headers: headers, sends: effects},
		{subject: "sallyport", url: gateway + "refunds", headers: headers, sends: effects, form: func() string { return l.refund(100) }},
	}
}

// refund is of a charge that no other one is of.
func (l *lane) refund(minor int) string {
	return fmt.Sprintf("charge=ch_%d&amount=%d", l.made.Add(1), minor)
}

// holds keeps calls waiting and measures what each of them takes in this process,
// which is all of the gateway but Envoy and its database, and has the clients;
// then people look at each and approve it, until every agent has its answer.
func (l *lane) holds(b *testing.B) []Figure {
	refunds := l.targets()[1]
	refunds.form = func() string { return l.refund(10_000) }
	before := inUse()
	client := &http.Client{Transport: &http.Transport{}}
	answers := make(chan error, held)
	for range held {
		go func() { answers <- once(b.Context(), client, refunds) }()
	}
	var waiting []desk.Item
	testkit.Eventually(b, "all calls wait", func() bool {
		waiting = waiting[:0]
		for _, i := range l.rig.Approvals(b) {
			if i.State == "waiting" {
				waiting = append(waiting, i)
			}
		}
		return len(waiting) == held
	})
	memory := float64(inUse()-before) / held
	started := time.Now()
	var group sync.WaitGroup
	for v := range voters {
		group.Go(func() {
			for n := v; n < held; n += voters {
				l.rig.Approve(b, waiting[n].ID)
			}
		})
	}
	group.Wait()
	decided := held / time.Since(started).Seconds()
	for range held {
		if err := <-answers; err != nil {
			b.Fatal(err)
		}
	}
	of := func(metric, unit string, value float64) Figure {
		return Figure{Suite: "effects", Subject: "sallyport", Workload: fmt.Sprintf("%s, %d held", l.store, held), Metric: metric, Value: value, Unit: unit}
	}
	return []Figure{of("held_memory", "KiB", memory/1024), of("decisions", "decisions/s", decided)}
}

// inUse are the bytes of heap and stacks after a collection.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// stripeOf answers about every charge, and refunds it.
func stripeOf(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("content-type", "application/json")
	if r.Method == http.MethodPost {
		_, _ = w.Write([]byte(`{"id":"re_1","object":"refund","amount":100,"currency":"usd","status":"succeeded"}`))
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"id": strings.TrimPrefix(r.URL.Path, "/v1/charges/"), "object": "charge", "customer": "cus_ada",
		"amount": 100000, "amount_refunded": 0, "currency": "usd", "refunded": false,
	})
}

// boundless takes acme's limits on calls and on a customer's money away, and lets
// calls wait as long as they may: a benchmark does more than an agent.
func boundless(b *testing.B, tenants string) {
	b.Helper()
	unlimited(b, tenants)
	for name, change := range map[string]*strings.Replacer{
		"limits.yaml":    strings.NewReplacer("max: 200,", "max: 100000000,", "max: 50000 USD", "max: 90000000 USD"),
		"approvals.yaml": strings.NewReplacer("wait: 45s", "wait: 75s"),
	} {
		file := filepath.Join(tenants, "acme", name)
		data, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(change.Replace(string(data))), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
