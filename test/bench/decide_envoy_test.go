package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// envoyConnections keep Envoy busy; with one, everybody waits for wake-ups.
const envoyConnections = 16

// BenchmarkDecideEnvoy is the part of the suite "decide" that goes through the
// real Envoy: reads of a tenant with 1,000 rules through the whole chain, next to
// the same Envoy with an ext_authz that allows everything.
func BenchmarkDecideEnvoy(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "application/json")
		_, _ = w.Write([]byte(charge))
	}))
	defer upstream.Close()
	address := strings.TrimPrefix(upstream.URL, "http://")
	w := workload{rules: 1000, tenants: 1}
	r := rig.Start(b, rig.Options{Origin: address, Change: unlogged, Prepare: func(tenants string) {
		prepare(b, w, filepath.Dir(tenants), tenants, address)
	}})
	c := w.allowedRead(b)
	headers := map[string]string{"authorization": "Bearer " + r.Token(token.Identity{
		Tenant: tenantName(0), Agent: agentName(c.role), Session: token.Session{Ticket: "1001", Customer: "cus_ada"},
	})}
	targets := []target{
		{subject: "floor", url: startFloor(b, r.Data, os.Getenv("ENVOY"), address) + c.target(), headers: headers},
		{subject: sallyport, url: "http://" + r.Addresses().Agent + c.target(), headers: headers},
		{subject: unmasked, url: startUnmasked(b, r.Data) + c.target(), headers: headers},
	}
	figures := measure(b, "decide", fmt.Sprintf("envoy,rules=%d", w.rules), "rps", targets, envoyConnections)
	compare(figures, "floor")
	if err := table(os.Stdout, figures); err != nil {
		b.Fatal(err)
	}
	if err := write(filepath.Join(rig.Root(b), "out", "bench.jsonl"), figures); err != nil {
		b.Fatal(err)
	}
}

// allowedRead is the first recorded read that is allowed.
func (w workload) allowedRead(tb testing.TB) call {
	tb.Helper()
	for _, c := range w.calls(decideCalls) {
		if c.allowed && !c.write {
			return c
		}
	}
	tb.Fatal("no read is allowed")
	return call{}
}
