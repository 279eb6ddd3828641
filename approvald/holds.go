package approvald

import "sync"

// holds counts the calls that are kept open, so that no tenant and no agent takes
// all connections: whoever comes above is told at once that its call is pending.
type holds struct {
	mu      sync.Mutex
	tenants map[string]int
	agents  map[[2]string]int // tenant and agent
}

func newHolds() *holds {
	return &holds{tenants: map[string]int{}, agents: map[[2]string]int{}}
}

// take counts one call until release is called; ok is false above a bound.
func (h *holds) take(c call) (release func(), ok bool) {
	tenant, agent := c.Tenant.Name, [2]string{c.Tenant.Name, c.Identity.Agent}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tenants[tenant] >= c.Tenant.Approvals.HeldCalls || h.agents[agent] >= c.Tenant.Approvals.HeldCallsPerAgent {
		return nil, false
	}
	h.tenants[tenant]++
	h.agents[agent]++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		less(h.tenants, tenant)
		less(h.agents, agent)
	}, true
}

// less forgets what counts nothing any more.
func less[K comparable](counts map[K]int, key K) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
