package resource

import (
	"regexp"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/sallyport/sallyport/internal/wire"
)

// Sizes of a body that is checked, in bytes. What is larger is refused before
// the check.
const (
	SmallBody = 64 << 10
	LargeBody = 1 << 20
)

// BodyClass is what may be sent to the tools of one name, of all tenants
// together: nobody knows yet whose request it is.
type BodyClass struct {
	Tool    string
	Large   bool // up to LargeBody is checked, else SmallBody
	Uploads []UploadPath
}

// UploadPath is an operation whose body streams past the check.
type UploadPath struct {
	Method  string
	Pattern string // RE2 of the path behind the tool's name
}

// None is the scope of requests that nobody decided yet. Its last route makes
// sure that they are: without any route Envoy would skip the check. The others
// change how much of a body the check is given, and never whether it is asked.
func None(domain string, classes []BodyClass) (*routev3.ScopedRouteConfiguration, error) {
	p := &packer{}
	var byPath []*routev3.Route
	var hosts []*routev3.VirtualHost
	for _, c := range classes {
		routes := p.class(c, "/"+c.Tool)
		byPath = append(byPath, routes...)
		if domain != "" && len(routes) > 0 {
			all := append(append(routes, p.class(c, "")...), refuseAll())
			hosts = append(hosts, virtualHost(c.Tool, c.Tool+"."+domain, all))
		}
	}
	out := scope(wire.ScopeNone, append(byPath, refuseAll()))
	out.RouteConfiguration.VirtualHosts = append(out.RouteConfiguration.VirtualHosts, hosts...)
	return out, p.err
}

// class are the routes of one tool below a path.
func (p *packer) class(c BodyClass, below string) []*routev3.Route {
	var out []*routev3.Route
	for _, u := range c.Uploads {
		r := refuseAll()
		r.Match = &routev3.RouteMatch{
			PathSpecifier: &routev3.RouteMatch_SafeRegex{SafeRegex: &matcherv3.RegexMatcher{Regex: regexp.QuoteMeta(below) + u.Pattern}},
			Headers:       []*routev3.HeaderMatcher{is(":method", u.Method)},
		}
		r.Name, r.TypedPerFilterConfig = "upload", p.given(&authzv3.CheckSettings{
			DisableRequestBodyBuffering: true, ContextExtensions: map[string]string{wire.ContextBody: wire.BodyUnread},
		})
		out = append(out, r)
	}
	if c.Large {
		r := refuseAll()
		r.Match.PathSpecifier = &routev3.RouteMatch_Prefix{Prefix: below + "/"}
		r.Name, r.TypedPerFilterConfig = "large", p.given(&authzv3.CheckSettings{
			WithRequestBody: &authzv3.BufferSettings{MaxRequestBytes: LargeBody, PackAsBytes: true},
		})
		out = append(out, r)
	}
	return out
}

// given is how much of a body the check gets on one route.
func (p *packer) given(s *authzv3.CheckSettings) map[string]*anypb.Any {
	return map[string]*anypb.Any{checkFilter: p.pack(&authzv3.ExtAuthzPerRoute{
		Override: &authzv3.ExtAuthzPerRoute_CheckSettings{CheckSettings: s},
	})}
}
