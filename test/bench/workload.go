package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A workload is a number of tenants with the same number of rules each: roles x
// things x 2 actions, each with a bound on a number that the agent sends; one in
// ten is a deny. All subjects get the same rules.
type workload struct {
	rules, tenants int
}

// roles is 5 of 50 rules and 20 of 1,000.
func (w workload) roles() int { return max(5, w.rules/50) }

// things is what the two actions are about: 5 of 50 rules and 25 of 1,000.
func (w workload) things() int { return w.rules / (2 * w.roles()) }

// String names a workload in figures.
func (w workload) String() string { return fmt.Sprintf("rules=%d,tenants=%d", w.rules, w.tenants) }

// rule is one p line: role may (or, as a deny, may not) do action up to a bound.
type rule struct {
	role, action string
	bound        int
	deny         bool
}

// condition is the rule's condition as CEL.
func (r rule) condition() string {
	if strings.HasSuffix(r.action, ".write") {
		return fmt.Sprintf("args.amount <= %d", r.bound)
	}
	return fmt.Sprintf("args.limit <= %d", r.bound)
}

func (r rule) effect() string {
	if r.deny {
		return "deny"
	}
	return "allow"
}

// policy is the rules of a tenant. No two tenants have the same: what tenants have in
// common is kept once.
func (w workload) policy(tenant int) []rule {
	r := rand.New(rand.NewPCG(uint64(w.rules), uint64(tenant)))
	var out []rule
	for thing := range w.things() {
		for _, name := range []string{"read", "write"} {
			for role := range w.roles() {
				out = append(out, rule{
					role:   fmt.Sprintf("role%d", role),
					action: fmt.Sprintf("desk.t%d.%s", thing, name),
					bound:  20 + r.IntN(10)*5,
					deny:   r.IntN(10) == 0,
				})
			}
		}
	}
	return out
}

func tenantName(i int) string   { return fmt.Sprintf("tenant-%d", i) }
func agentName(role int) string { return fmt.Sprintf("bot%d", role) }

// maxBound is the largest bound of a rule.
const maxBound = 65

// call is what an agent asks, and the right answer.
type call struct {
	tenant, role, thing int
	write               bool
	number              int
	allowed             bool
}

// calls are n recorded calls over all tenants; about one in four is refused,
// by a bound or by a deny.
func (w workload) calls(n int) []call {
	r := rand.New(rand.NewPCG(uint64(w.rules), uint64(w.tenants)))
	policies := map[int][]rule{}
	out := make([]call, n)
	for i := range out {
		c := call{tenant: i % w.tenants, role: r.IntN(w.roles()), thing: r.IntN(w.things()), write: r.IntN(2) == 1}
		if policies[c.tenant] == nil {
			policies[c.tenant] = w.policy(c.tenant)
		}
		verb := 0
		if c.write {
			verb = 1
		}
		var of []rule
		for _, role := range w.rolesOf(c.role) {
			of = append(of, policies[c.tenant][(c.thing*2+verb)*w.roles()+role])
		}
		c.number = 1 + r.IntN(of[0].bound)
		if r.IntN(8) == 0 {
			c.number = maxBound + 1 + r.IntN(5)
		}
		c.allowed = allowed(of, c.number)
		out[i] = c
	}
	return out
}

// rolesOf are an agent's two roles, so that an allow of the one meets a deny of
// the other.
func (w workload) rolesOf(agent int) []int { return []int{agent, (agent + 1) % w.roles()} }

// allowed is the right answer: some rule allows, and none denies.
func allowed(rules []rule, number int) bool {
	found := false
	for _, r := range rules {
		switch {
		case number > r.bound:
		case r.deny:
			return false
		default:
			found = true
		}
	}
	return found
}

// note makes a body about as large as a ticket's comment.
var note = strings.Repeat("Customer asks about the annual plan. ", 9)

func (c call) method() string {
	if c.write {
		return "POST"
	}
	return "GET"
}

func (c call) target() string {
	if c.write {
		return fmt.Sprintf("/desk/v1/t%d/items", c.thing)
	}
	return fmt.Sprintf("/desk/v1/t%d/items?limit=%d", c.thing, c.number)
}

func (c call) body() []byte {
	if !c.write {
		return nil
	}
	return fmt.Appendf(nil, `{"item":"it_%d","amount":%d,"note":%q}`, c.tenant, c.number, note)
}
