package extauthz

import (
	"strings"

	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// Alone is the mode of a check that has no mediated lane behind it: somebody's
// own Envoy sends what passes to the tool, and there is no approvald.
type Alone struct {
	// EffectsDirect lets effects pass that need neither facts nor a person, and
	// whose rule does not say once: they go to the tool as the agent sent them, and
	// whether they happen once is the agent's and the tool's affair.
	EffectsDirect bool
}

// noteBody remembers that somebody's own Envoy gives bodies to the check at all. A
// request without a body looks like one whose body Envoy keeps to itself, so the
// first body, of whatever request, is the only proof that it does not.
func (g *gateway) noteBody(c *check) {
	if g.Alone != nil && len(c.request.Body) > 0 && !g.bodies.Load() {
		g.bodies.Store(true)
	}
}

// blind says whether the tool might get a body that nobody has read, because this
// Envoy has not shown yet that it gives them to the check. Tools expect none in a GET
// or HEAD.
func (g *gateway) blind(c *check) bool {
	return g.Alone != nil && !g.bodies.Load() && c.request.Method != "GET" && c.request.Method != "HEAD"
}

// unmediated is the decision where there is no mediated lane: what would need it is
// refused, but for effects that Alone.EffectsDirect lets pass.
func (g *gateway) unmediated(d decision.Decision, s step) decision.Decision {
	if g.Alone == nil || d.Effect != decision.Mediate {
		return d
	}
	refused := d.Refused(reason.MediationAbsent)
	switch rule, _ := s.tenant.Policy.Rule(d.Rule); {
	case len(d.FactsNeeded) > 0:
		refused.Hint = "its rules wait for " + strings.Join(d.FactsNeeded, ", ")
	case d.Obligations.Hold != nil:
		refused.Hint = "its rule asks people: " + d.Obligations.Hold.Group
	case s.frame != nil:
		refused.Hint = "calls over MCP are mediated"
	case !g.Alone.EffectsDirect:
		refused.Hint = "it changes something"
	case d.Action == nil || rule.Obligations.Once:
		refused.Hint = "its rule says once"
	default:
		d.Effect, d.Lane = decision.Allow, wire.LaneDirect
		return d
	}
	return refused
}
