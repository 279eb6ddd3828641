package resource

import (
	"regexp"
	"testing"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"

	"github.com/sallyport/sallyport/internal/wire"
)

func none(t testing.TB, domain string, classes ...BodyClass) *routev3.ScopedRouteConfiguration {
	t.Helper()
	out, err := None(domain, classes)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.ValidateAll(); err != nil {
		t.Fatal(err)
	}
	return out
}

// given is how much of a body the check gets on a route; asked is false when it
// would not be asked at all.
func given(t testing.TB, r *routev3.Route) (limit uint32, unread, asked bool) {
	t.Helper()
	packed := r.GetTypedPerFilterConfig()[checkFilter]
	if packed == nil {
		return SmallBody, false, true
	}
	var per authzv3.ExtAuthzPerRoute
	if err := packed.UnmarshalTo(&per); err != nil {
		t.Fatal(err)
	}
	s := per.GetCheckSettings()
	if s == nil || per.GetDisabled() {
		return 0, false, false
	}
	return s.GetWithRequestBody().GetMaxRequestBytes(), s.GetDisableRequestBodyBuffering() && s.GetContextExtensions()[wire.ContextBody] == wire.BodyUnread, true
}

// found is the route that Envoy takes: the first that fits.
func found(t testing.TB, s *routev3.ScopedRouteConfiguration, host, method, path string) *routev3.Route {
	t.Helper()
	all := s.GetRouteConfiguration().GetVirtualHosts()
	at := all[0]
	for _, v := range all[1:] {
		if v.GetDomains()[0] == host {
			at = v
		}
	}
	for _, r := range at.GetRoutes() {
		m := r.GetMatch()
		if len(m.GetHeaders()) > 0 && m.GetHeaders()[0].GetStringMatch().GetExact() != method {
			continue
		}
		if re := m.GetSafeRegex(); re != nil && regexp.MustCompile(`\A(?:`+re.GetRegex()+`)\z`).MatchString(path) {
			return r
		}
		if p := m.GetPrefix(); p != "" && len(path) >= len(p) && path[:len(p)] == p {
			return r
		}
	}
	t.Fatalf("%s%s has no route: nobody would decide", host, path)
	return nil
}

// Every route of nobody refuses, and the check is asked on all of them.
func TestBodyClasses(t *testing.T) {
	s := none(t, "gw.localhost",
		BodyClass{Tool: "desk", Large: true},
		BodyClass{Tool: "files", Uploads: []UploadPath{{"PUT", `/blobs/[A-Za-z0-9_.~-]+\.bin`}}},
		BodyClass{Tool: "plain"},
	)
	for _, v := range s.GetRouteConfiguration().GetVirtualHosts() {
		for _, r := range v.GetRoutes() {
			if _, _, asked := given(t, r); !asked || r.GetDirectResponse().GetStatus() != 403 {
				t.Errorf("%s: %v", v.GetName(), r)
			}
		}
	}
	for name, tt := range map[string]struct {
		host, method, path string
		limit              uint32
		unread             bool
	}{
		"a small tool":            {"127.0.0.1", "POST", "/plain/v1/x", SmallBody, false},
		"a large tool":            {"127.0.0.1", "POST", "/desk/v1/x", LargeBody, false},
		"a longer name":           {"127.0.0.1", "POST", "/desks/v1/x", SmallBody, false},
		"a large tool by host":    {"desk.gw.localhost", "POST", "/v1/x", LargeBody, false},
		"twice":                   {"desk.gw.localhost", "POST", "/desk/v1/x", LargeBody, false},
		"a small tool by host":    {"plain.gw.localhost", "POST", "/v1/x", SmallBody, false},
		"an upload":               {"127.0.0.1", "PUT", "/files/blobs/a.bin", 0, true},
		"an upload by host":       {"files.gw.localhost", "PUT", "/blobs/a.bin", 0, true},
		"another method":          {"127.0.0.1", "POST", "/files/blobs/a.bin", SmallBody, false},
		"more than the path":      {"127.0.0.1", "PUT", "/files/blobs/a.bin/b", SmallBody, false},
		"another suffix":          {"127.0.0.1", "PUT", "/files/blobs/axbin", SmallBody, false},
		"an upload, another tool": {"desk.gw.localhost", "PUT", "/blobs/a.bin", LargeBody, false},
	} {
		t.Run(name, func(t *testing.T) {
			if limit, unread, _ := given(t, found(t, s, tt.host, tt.method, tt.path)); limit != tt.limit || unread != tt.unread {
				t.Errorf("given %d bytes, unread %v", limit, unread)
			}
		})
	}
	if n := len(none(t, "", BodyClass{Tool: "desk", Large: true}).GetRouteConfiguration().GetVirtualHosts()); n != 1 {
		t.Errorf("%d hosts without a domain", n)
	}
}
