package up

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// resolveWithin bounds all look-ups together: nobody waits for a greeting.
const resolveWithin = 2 * time.Second

// resolver is net.Resolver.
type resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// HostsLine is the line of /etc/hosts that makes the names of all tools lead to
// the agent listener: an address and the names that do not, "" when all do. A
// name that leads to another machine would carry tokens there, so it counts as
// one that does not.
func (g *Gateway) HostsLine(r resolver) string {
	agent, err := netip.ParseAddrPort(g.addr.Agent)
	if err != nil || g.base.config.Domain == "" {
		return ""
	}
	to := agent.Addr()
	if to.IsUnspecified() {
		to = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	names := slices.DeleteFunc(g.hosts(), resolving(r, g.hosts(), to))
	if len(names) == 0 {
		return ""
	}
	return to.String() + " " + strings.Join(names, " ")
}

// hosts are the hosts that name a tool of any tenant, sorted.
func (g *Gateway) hosts() []string {
	var out []string
	for _, t := range g.base.tenants.All() {
		for _, tool := range t.Tools {
			out = append(out, tool.Name+"."+g.base.config.Domain)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// resolving looks all names up at once.
func resolving(r resolver, names []string, to netip.Addr) func(string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), resolveWithin)
	defer cancel()
	var group sync.WaitGroup
	var mu sync.Mutex
	good := map[string]bool{}
	for _, name := range names {
		group.Go(func() {
			found, err := r.LookupNetIP(ctx, "ip", name)
			elsewhere := func(a netip.Addr) bool { return to.IsLoopback() && !a.Unmap().IsLoopback() }
			mu.Lock()
			defer mu.Unlock()
			good[name] = err == nil && len(found) > 0 && !slices.ContainsFunc(found, elsewhere)
		})
	}
	group.Wait()
	return func(name string) bool { return good[name] }
}

var _ resolver = (*net.Resolver)(nil)
