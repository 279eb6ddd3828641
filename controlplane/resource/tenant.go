package resource

import (
	"fmt"
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/sallyport/sallyport/internal/wire"
)

// heldFor is longer than any agent's call is kept open: approvald owns the
// timer.
const heldFor = time.Hour

// TenantRoutes are what the routes of one tenant are built from.
type TenantRoutes struct {
	Tenant  string
	Tools   []ToolRoute
	Gateway Masks // of what the gateway answers about all tools
}

// ToolRoute is one tool.
type ToolRoute struct {
	Name    string
	Origin  Origin
	Mask    Masks
	Timeout time.Duration
}

// Masks are the mask.Policy of each role that has one of its own, as JSON; that of
// "" is for all others.
type Masks map[string][]byte

// Tenant is the scope of one tenant with its routes inline.
func Tenant(t TenantRoutes) *routev3.ScopedRouteConfiguration {
	var routes []*routev3.Route
	for _, tool := range t.Tools {
		routes = append(routes, direct(t.Tenant, tool), mediated(t.Tenant, tool, wire.LaneRead), mediated(t.Tenant, tool, wire.LaneEffect))
	}
	if len(routes) > 0 {
		routes = append(routes, mediated(t.Tenant, ToolRoute{Name: wire.ToolMCP, Mask: t.Gateway}, wire.LaneRead))
	}
	return scope(t.Tenant, append(routes, refuseAll()))
}

// Cluster is the upstream of an origin.
func Cluster(o Origin) (*clusterv3.Cluster, error) {
	p := &packer{}
	c := p.toolCluster(o)
	return c, p.err
}

func scope(name string, routes []*routev3.Route) *routev3.ScopedRouteConfiguration {
	return &routev3.ScopedRouteConfiguration{
		Name: name,
		Key: &routev3.ScopedRouteConfiguration_Key{Fragments: []*routev3.ScopedRouteConfiguration_Key_Fragment{{
			Type: &routev3.ScopedRouteConfiguration_Key_Fragment_StringKey{StringKey: name},
		}}},
		RouteConfiguration: &routev3.RouteConfiguration{Name: name, VirtualHosts: []*routev3.VirtualHost{virtualHost(name, "*", routes)}},
	}
}

func virtualHost(name, domain string, routes []*routev3.Route) *routev3.VirtualHost {
	return &routev3.VirtualHost{
		Name: name, Domains: []string{domain}, Routes: routes,
		ResponseHeadersToAdd: []*corev3.HeaderValueOption{set(wire.HeaderDecision, decisionFormat)},
	}
}

func refuseAll() *routev3.Route {
	return &routev3.Route{
		Name:   "none",
		Match:  &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}},
		Action: &routev3.Route_DirectResponse{DirectResponse: &routev3.DirectResponseAction{Status: 403}},
	}
}

// direct goes to the tool, for reads of agents and for everything that the
// execute check let pass. What the tool sends under the gateway's own names is
// removed, the mark that nothing was sent above all.
func direct(tenant string, tool ToolRoute) *routev3.Route {
	return &routev3.Route{
		Name: tenant + "/" + tool.Name, Match: match("/"+tool.Name+"/", tool.Name, wire.LaneDirect), Metadata: routeMetadata(tenant, tool),
		RequestHeadersToRemove: []string{
			wire.HeaderTenant, wire.HeaderTool, wire.HeaderLane, wire.HeaderAdmission, wire.HeaderOrder, wire.HeaderReason,
			"x-forwarded-proto", "x-forwarded-for", "x-envoy-external-address", "x-envoy-internal",
			"accept-encoding", "range", "if-range", // what the mask gets must be clear and whole
		},
		ResponseHeadersToRemove: append(internalHeaders(), wire.HeaderReplayed, wire.HeaderEdited, wire.HeaderIntent, wire.HeaderDecision, wire.HeaderSubject),
		ResponseHeadersToAdd:    rulesDigest(tool.Mask),
		Action: &routev3.Route_Route{Route: &routev3.RouteAction{
			ClusterSpecifier:     &routev3.RouteAction_Cluster{Cluster: tool.Origin.Cluster()},
			HostRewriteSpecifier: &routev3.RouteAction_HostRewriteLiteral{HostRewriteLiteral: tool.Origin.authority()},
			PrefixRewrite:        "/", Timeout: seconds(tool.Timeout),
		}},
	}
}

// mediated goes to approvald, which may hold it for as long as it likes. Its path
// may be the tool's or that of the gateway's MCP server: the check says which tool
// it is, and approvald reads the path again.
func mediated(tenant string, tool ToolRoute, lane string) *routev3.Route {
	return &routev3.Route{
		Name: fmt.Sprintf("%s/%s/%s", tenant, tool.Name, lane), Match: match("/", tool.Name, lane), Metadata: routeMetadata(tenant, tool),
		RequestHeadersToRemove:  append([]string{wire.HeaderOrder}, wire.CredentialSlots[:]...),
		ResponseHeadersToRemove: internalHeaders(),
		ResponseHeadersToAdd:    rulesDigest(tool.Mask),
		Action: &routev3.Route_Route{Route: &routev3.RouteAction{
			ClusterSpecifier: &routev3.RouteAction_Cluster{Cluster: wire.ClusterApprovald},
			Timeout:          seconds(0), IdleTimeout: seconds(heldFor),
		}},
	}
}

func internalHeaders() []string {
	return []string{wire.HeaderTenant, wire.HeaderTool, wire.HeaderLane, wire.HeaderAdmission, wire.HeaderOrder, wire.HeaderNotSent}
}

func match(path, tool, lane string) *routev3.RouteMatch {
	return &routev3.RouteMatch{
		PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: path},
		Headers:       []*routev3.HeaderMatcher{is(wire.HeaderTool, tool), is(wire.HeaderLane, lane)},
	}
}

func is(name, value string) *routev3.HeaderMatcher {
	return &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_StringMatch{StringMatch: exact(value)}}
}

func routeMetadata(tenant string, tool ToolRoute) *corev3.Metadata {
	text := func(s string) *structpb.Value { return structpb.NewStringValue(s) }
	fields := map[string]*structpb.Value{wire.RouteMetaTenant: text(tenant), wire.RouteMetaTool: text(tool.Name)}
	for role, policy := range tool.Mask {
		if role == "" {
			fields[wire.RouteMetaMask] = text(tool.Mask.rules())
			continue
		}
		fields[wire.RouteMetaMaskOf(role)] = text(string(policy))
	}
	return &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{wire.RouteMetadataNamespace: {Fields: fields}}}
}

// rules are those for all, and whether a role has its own.
func (m Masks) rules() string { return wire.MaskRules(string(m[""]), len(m) > 1) }

// rulesDigest tells the mask which rules the metadata has.
func rulesDigest(m Masks) []*corev3.HeaderValueOption {
	return []*corev3.HeaderValueOption{set(wire.RulesHeader, wire.RulesDigest(m.rules()))}
}
