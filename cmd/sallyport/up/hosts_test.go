package up

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/sallyport/sallyport/internal/tenant"
)

// table resolves what stands in it.
type table map[string]string

func (t table) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if a, ok := t[host]; ok {
		return []netip.Addr{netip.MustParseAddr(a)}, nil
	}
	return nil, errors.New("no such host")
}

func TestHostsLineNamesWhatDoesNotResolve(t *testing.T) {
	set := tenant.NewSet()
	set.Update([]*tenant.Tenant{
		{Name: "acme", Tools: []*tenant.Tool{{Name: "zendesk"}, {Name: "stripe"}}},
		{Name: "globex", Tools: []*tenant.Tool{{Name: "stripe"}}},
	}, nil)
	for name, tt := range map[string]struct {
		agent, domain string
		known         table
		want          string
	}{
		"none resolves":          {"127.0.0.1:10000", "gw.localhost", nil, "127.0.0.1 stripe.gw.localhost zendesk.gw.localhost"},
		"one resolves":           {"127.0.0.1:10000", "gw.localhost", table{"stripe.gw.localhost": "127.0.0.1"}, "127.0.0.1 zendesk.gw.localhost"},
		"one leads elsewhere":    {"127.0.0.1:10000", "gw.localhost", table{"stripe.gw.localhost": "::1", "zendesk.gw.localhost": "192.0.2.1"}, "127.0.0.1 zendesk.gw.localhost"},
		"all resolve":            {"127.0.0.1:10000", "gw.localhost", table{"stripe.gw.localhost": "::1", "zendesk.gw.localhost": "127.0.0.2"}, ""},
		"elsewhere is meant":     {"192.0.2.1:10000", "gw.example", table{"stripe.gw.example": "192.0.2.1", "zendesk.gw.example": "192.0.2.9"}, ""},
		"every address of ours":  {"0.0.0.0:10000", "gw.localhost", nil, "127.0.0.1 stripe.gw.localhost zendesk.gw.localhost"},
		"no hosts name anything": {"127.0.0.1:10000", "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := &Gateway{base: &base{config: Config{Domain: tt.domain}, tenants: set}, addr: Addresses{Agent: tt.agent}}
			if got := g.HostsLine(tt.known); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
