package resource

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"

	"github.com/sallyport/sallyport/internal/wire"
)

func routesOf(t testing.TB, tenant string, tools ...string) TenantRoutes {
	t.Helper()
	out := TenantRoutes{Tenant: tenant, Gateway: Masks{"": []byte(`{"of":"all of ` + tenant + `"}`)}}
	for _, name := range tools {
		origin, err := ParseOrigin("https://"+name+"."+tenant+".example", false)
		if err != nil {
			t.Fatal(err)
		}
		out.Tools = append(out.Tools, ToolRoute{Name: name, Origin: origin, Mask: Masks{"": []byte(`{"of":"` + tenant + `"}`)}, Timeout: 7 * time.Second})
	}
	return out
}

// routes checks a scope's frame and returns its routes.
func routes(t testing.TB, s *routev3.ScopedRouteConfiguration) []*routev3.Route {
	t.Helper()
	if err := s.ValidateAll(); err != nil {
		t.Fatal(err)
	}
	hosts := s.GetRouteConfiguration().GetVirtualHosts()
	key := s.GetKey().GetFragments()
	if len(hosts) != 1 || !slices.Equal(hosts[0].GetDomains(), []string{"*"}) || len(key) != 1 || key[0].GetStringKey() != s.GetName() || s.GetRouteConfiguration().GetName() != s.GetName() {
		t.Fatalf("got %v", s)
	}
	return hosts[0].GetRoutes()
}

// wanted is the value of a header that a route asks for.
func wanted(r *routev3.Route, name string) string {
	for _, h := range r.GetMatch().GetHeaders() {
		if h.GetName() == name {
			return h.GetStringMatch().GetExact()
		}
	}
	return ""
}

// TestScopeHoldsOnlyItsOwnRoutes: two tenants with tools of the same names.
func TestScopeHoldsOnlyItsOwnRoutes(t *testing.T) {
	for tenant, other := range map[string]string{"acme": "globex", "globex": "acme"} {
		scope := Tenant(routesOf(t, tenant, "stripe", "zendesk"))
		if scope.GetName() != tenant {
			t.Errorf("scope %s", scope.GetName())
		}
		if text := scope.String(); strings.Contains(text, other) {
			t.Errorf("the scope of %s speaks of %s: %s", tenant, other, text)
		}
		all := routes(t, scope)
		if len(all) != 8 {
			t.Fatalf("%d routes", len(all))
		}
		seen := map[string]bool{}
		for i, r := range all[:6] {
			tool, lane := wanted(r, wire.HeaderTool), wanted(r, wire.HeaderLane)
			cluster := r.GetRoute().GetCluster()
			want := wire.ClusterApprovald
			if lane == wire.LaneDirect {
				want = "tool/https/" + tool + "." + tenant + ".example/443"
			}
			path := map[bool]string{true: "/" + tool + "/", false: "/"}[lane == wire.LaneDirect]
			if tool != []string{"stripe", "zendesk"}[i/3] || r.GetMatch().GetPrefix() != path || cluster != want || seen[tool+lane] {
				t.Errorf("route %d: tool %q, lane %q, cluster %q, match %v", i, tool, lane, cluster, r.GetMatch())
			}
			seen[tool+lane] = true
			meta := r.GetMetadata().GetFilterMetadata()[wire.RouteMetadataNamespace].GetFields()
			if meta[wire.RouteMetaTenant].GetStringValue() != tenant || meta[wire.RouteMetaTool].GetStringValue() != tool || meta[wire.RouteMetaMask].GetStringValue() != `{"of":"`+tenant+`"}` {
				t.Errorf("route %d is masked by %v", i, meta)
			}
		}
		gateway := all[6]
		if wanted(gateway, wire.HeaderTool) != wire.ToolMCP || wanted(gateway, wire.HeaderLane) != wire.LaneRead || gateway.GetRoute().GetCluster() != wire.ClusterApprovald ||
			gateway.GetMetadata().GetFilterMetadata()[wire.RouteMetadataNamespace].GetFields()[wire.RouteMetaMask].GetStringValue() != `{"of":"all of `+tenant+`"}` {
			t.Errorf("the gateway's own: %v", gateway)
		}
		last := all[7]
		if last.GetDirectResponse().GetStatus() != 403 || last.GetMatch().GetPrefix() != "/" || len(last.GetMatch().GetHeaders()) != 0 {
			t.Errorf("what matches nothing: %v", last)
		}
	}
}

func TestScopeIsDeterministic(t *testing.T) {
	a, b := Tenant(routesOf(t, "acme", "stripe", "zendesk")), Tenant(routesOf(t, "acme", "stripe", "zendesk"))
	if !proto.Equal(a, b) {
		t.Error("the same tenant has two scopes")
	}
}

// Without any route Envoy would skip the check, and nobody would decide.
func TestScopeOfNobodyAndOfNoToolsRefusesEverything(t *testing.T) {
	for name, scope := range map[string]*routev3.ScopedRouteConfiguration{wire.ScopeNone: none(t, ""), "acme": Tenant(TenantRoutes{Tenant: "acme"})} {
		all := routes(t, scope)
		if scope.GetName() != name || len(all) != 1 || all[0].GetDirectResponse().GetStatus() != 403 || all[0].GetMatch().GetPrefix() != "/" {
			t.Errorf("%s: %v", name, all)
		}
	}
}

func TestLanesTakeWhatIsTheirs(t *testing.T) {
	for _, r := range routes(t, Tenant(routesOf(t, "acme", "stripe")))[:3] {
		removed, lane := r.GetRequestHeadersToRemove(), wanted(r, wire.HeaderLane)
		action := r.GetRoute()
		if action.GetRetryPolicy() != nil {
			t.Errorf("%s is sent again", lane)
		}
		if !slices.Contains(r.GetResponseHeadersToRemove(), wire.HeaderNotSent) || !slices.Contains(removed, wire.HeaderOrder) {
			t.Errorf("%s: removed are %v and %v", lane, removed, r.GetResponseHeadersToRemove())
		}
		if lane == wire.LaneDirect {
			if action.GetHostRewriteLiteral() != "stripe.acme.example" || action.GetPrefixRewrite() != "/" || action.GetTimeout().AsDuration() != 7*time.Second {
				t.Errorf("direct: %v", action)
			}
			for _, name := range []string{"accept-encoding", "range", "if-range", wire.HeaderTenant, wire.HeaderTool, wire.HeaderLane, wire.HeaderAdmission} {
				if !slices.Contains(removed, name) {
					t.Errorf("the tool gets %s", name)
				}
			}
			// What only approvald says: whom the answer is about above all, for the mask seals that.
			for _, name := range []string{wire.HeaderSubject, wire.HeaderDecision, wire.HeaderIntent, wire.HeaderReplayed, wire.HeaderEdited} {
				if !slices.Contains(r.GetResponseHeadersToRemove(), name) {
					t.Errorf("the tool says %s", name)
				}
			}
			continue
		}
		// approvald needs the admission and never a credential.
		if slices.Contains(removed, wire.HeaderAdmission) || action.GetTimeout() == nil || action.GetTimeout().AsDuration() != 0 || action.GetIdleTimeout().AsDuration() < time.Hour {
			t.Errorf("%s: %v %v", lane, removed, action)
		}
		for _, slot := range wire.CredentialSlots {
			if !slices.Contains(removed, slot) {
				t.Errorf("approvald gets %s", slot)
			}
		}
	}
}

// The digest is what the mask knows a route's rules by, so every answer of a tool or of
// approvald bears that of its route, and nothing that a tool wrote in its place.
func TestRoutesSayTheDigestOfTheirRules(t *testing.T) {
	of := routesOf(t, "acme", "stripe", "zendesk")
	of.Tools[0].Mask["fraud"] = []byte(`{"of":"fraud"}`)
	seen := map[string]string{}
	for _, r := range routes(t, Tenant(of))[:7] {
		rules := r.GetMetadata().GetFilterMetadata()[wire.RouteMetadataNamespace].GetFields()[wire.RouteMetaMask].GetStringValue()
		added := r.GetResponseHeadersToAdd()
		if len(added) != 1 || added[0].GetHeader().GetKey() != wire.RulesHeader || added[0].GetHeader().GetValue() != wire.RulesDigest(rules) ||
			added[0].GetAppendAction() != corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD {
			t.Errorf("%s: %v for %s", r.GetName(), added, rules)
		}
		seen[wire.RulesDigest(rules)] = rules
	}
	if len(seen) != 3 {
		t.Errorf("the two tools and the gateway have %v", seen)
	}
}

// The mask asks for a role only where the route says that some role has its own rules.
func TestRoutesSayWhetherRolesHaveRules(t *testing.T) {
	of := routesOf(t, "acme", "stripe", "zendesk")
	of.Tools[0].Mask["fraud"] = []byte(`{"of":"fraud"}`)
	for _, r := range routes(t, Tenant(of))[:6] {
		meta := r.GetMetadata().GetFilterMetadata()[wire.RouteMetadataNamespace].GetFields()
		policy, roles := wire.ParseMaskRules(meta[wire.RouteMetaMask].GetStringValue())
		own := meta[wire.RouteMetaMaskOf("fraud")].GetStringValue()
		if some := strings.HasPrefix(r.GetName(), "acme/stripe"); policy != `{"of":"acme"}` || roles != some || (own == `{"of":"fraud"}`) != some {
			t.Errorf("%s: %v", r.GetName(), meta)
		}
	}
}
