package ads_test

import (
	"net/http"
	"strings"
	"testing"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"

	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/wire"
)

// broken is a scope that the builders' rules accept and Envoy does not: one
// domain stands in it twice.
func broken(t *testing.T, scope proto.Message) *routev3.ScopedRouteConfiguration {
	t.Helper()
	s := proto.CloneOf(scope.(*routev3.ScopedRouteConfiguration))
	again := proto.CloneOf(s.GetRouteConfiguration().GetVirtualHosts()[0])
	again.Name = "again"
	s.RouteConfiguration.VirtualHosts = append(s.RouteConfiguration.VirtualHosts, again)
	return s
}

// refuses says whether Envoy's refusal of a scope is known.
func refuses(g *gateway, scope string) func() bool {
	return func() bool { return g.server.Refused()["scope "+scope] != "" }
}

func TestTenantsAreApartAndChangesAreLive(t *testing.T) {
	one, two, three := newTool(t, says("one")), newTool(t, says("two")), newTool(t, says("three"))
	g := bootWorld(t, map[string]string{"acme": one.URL, "globex": two.URL})
	expect(t, g, "acme", "one")
	expect(t, g, "globex", "two")
	g.publishWorld(t, map[string]string{"acme": three.URL, "globex": two.URL})
	expect(t, g, "acme", "three")
	expect(t, g, "globex", "two")
	g.publishWorld(t, map[string]string{"globex": two.URL})
	g.answer(allow("acme", "stripe", wire.LaneDirect))
	testkit.Eventually(t, "acme is gone", func() bool { return g.call(t, "/stripe/v1").status == http.StatusServiceUnavailable })
	expect(t, g, "globex", "two")
}

// A broken scope among good ones, at the first load and later: nobody else is
// kept from anything.
func TestRefusedScope(t *testing.T) {
	one, two, three := newTool(t, says("one")), newTool(t, says("two")), newTool(t, says("three"))
	origins := map[string]string{"acme": one.URL, "globex": two.URL, "hooli": one.URL, "initech": two.URL, "umbrella": one.URL}
	clusters, scopes := world(t, origins)
	good := scopes["acme"]
	scopes["acme"] = broken(t, good)
	g := boot(t, clusters, scopes)
	testkit.Eventually(t, "the refusal is known", refuses(g, "acme"))
	expect(t, g, "globex", "two")
	expect(t, g, "umbrella", "one")
	if got := g.server.Refused(); len(got) != 1 {
		t.Errorf("refused are %v", got)
	}

	scopes["acme"] = good
	g.publish(t, clusters, scopes)
	expect(t, g, "acme", "one")
	if got := g.server.Refused(); len(got) != 0 {
		t.Errorf("refused are %v", got)
	}

	// A bad change of one and a good change of another, in one go.
	origins["globex"] = three.URL
	clusters, scopes = world(t, origins)
	scopes["acme"] = broken(t, good)
	g.publish(t, clusters, scopes)
	expect(t, g, "globex", "three")
	testkit.Eventually(t, "the refusal is known", refuses(g, "acme"))
	expect(t, g, "acme", "one")

	// Envoy's own restart gets the last good one.
	g.stop()
	g.startEnvoy(t)
	expect(t, g, "acme", "one")
	expect(t, g, "globex", "three")
}

// A control plane that comes back with what Envoy has sends nothing; one that
// comes back with a broken tenant takes nothing away.
func TestRestartedControlPlane(t *testing.T) {
	one := newTool(t, says("one"))
	clusters, scopes := world(t, map[string]string{"acme": one.URL, "globex": one.URL})
	g := boot(t, clusters, scopes)
	expect(t, g, "acme", "one")
	before := updates(g)
	g.control.Stop()
	expect(t, g, "acme", "one")
	g.startControl(t, clusters, scopes)
	testkit.Eventually(t, "Envoy is back", func() bool { return strings.Contains(g.admin("/stats?filter=control_plane.connected_state"), ": 1") })
	expect(t, g, "globex", "one")
	if now := updates(g); now != before {
		t.Errorf("sent again:\n%s\nbefore\n%s", now, before)
	}

	g.control.Stop()
	scopes["acme"] = broken(t, scopes["acme"])
	g.startControl(t, clusters, scopes)
	testkit.Eventually(t, "the refusal is known", refuses(g, "acme"))
	expect(t, g, "acme", "one")
	expect(t, g, "globex", "one")
}

// updates counts what Envoy was sent.
func updates(g *gateway) string {
	return g.admin("/stats?filter=(cluster_manager.cds|scoped_rds.tenants).*(update_success|config_reload|all_scopes)$")
}

// expect waits until a tenant's tool answers so.
func expect(t *testing.T, g *gateway, tenant, want string) {
	t.Helper()
	g.answer(allow(tenant, "stripe", wire.LaneDirect))
	testkit.Eventually(t, tenant+" is served "+want, func() bool { return g.call(t, "/stripe/v1").body == want })
}
