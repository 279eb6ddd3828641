package policy

import (
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sallyport/sallyport/internal/action"
)

// outcome is what one condition came to.
type outcome uint8

const (
	no outcome = iota
	yes
	pending     // waits for facts or sums
	unevaluable // an error: never a yes, and refuses the call
)

// evaluation is the state of one Decide. CEL reads values from it (resolve.go). A
// tenant's own model gets it as r.in, and the functions that the model calls note in
// seen what Casbin's yes or no cannot say: unevaluable, or pending.
type evaluation struct {
	engine *Engine
	about  *about // the rules about the call's action
	in     Input
	gaps   []*cel.AttributePatternType // names whose values are not read yet, for CEL
	// probe takes every condition for true: Compile only tries whether Casbin can
	// evaluate the model.
	probe bool
	// may takes the conditions of allows for true and those of denies for false:
	// MayAllow asks whether any rule could allow.
	may   bool
	seen  []seen
	first [4]seen // the memory in which seen begins, for most calls all of it
}

// seen is a rule that was asked, and what its condition came to.
type seen struct {
	rule      *Rule
	condition *condition
	outcome   outcome
}

// evaluations are pooled: most of the memory that a decision takes is its
// evaluation.
var evaluations = sync.Pool{New: func() any { return new(evaluation) }}

// release gives an evaluation back when nobody looks at it any more.
func (v *evaluation) release() {
	*v = evaluation{}
	evaluations.Put(v)
}

// newEvaluation begins a Decide: it notes which facts, sums and arguments the input
// does not have yet and may still get.
func newEvaluation(e *Engine, about *about, in Input) *evaluation {
	v, _ := evaluations.Get().(*evaluation)
	v.engine, v.about, v.in = e, about, in
	v.seen = v.first[:0]
	facts := v.factsMissing()
	for _, p := range in.Action.Params {
		if facts && v.waits(p) {
			v.gap("args."+p.Name, p)
		}
	}
	if facts {
		v.factGaps()
	}
	if in.Sums == nil && hasSums(in.Action) {
		for _, name := range e.sums {
			v.gap("sums."+name, action.Param{})
		}
	}
	return v
}

// candidates evaluates the default model without Casbin: of the rules that the
// index finds, role and action fit already, and only conditions are left to ask,
// in the order of the file. A deny that is true ends it, as it does in Casbin.
func (v *evaluation) candidates() {
	var buffer [16]entry
	for _, e := range v.about.candidates(buffer[:0], v) {
		outcome := v.ask(e.condition)
		if outcome == no {
			continue // a condition that is false is no part of any verdict
		}
		v.seen = append(v.seen, seen{&v.engine.ordered[e.rule], e.condition, outcome})
		if outcome == yes && !e.allow {
			return
		}
	}
}

// evaluate asks one rule's condition and notes the outcome. It serves the function
// that a tenant's own model calls, which may do so for any rule, also before it
// calls permits: a rule that is no candidate is never true and is not noted.
func (v *evaluation) evaluate(index int) bool {
	if v.probe {
		return true
	}
	rule := &v.engine.ordered[index]
	if v.may {
		if rule.Allow {
			v.seen = append(v.seen, seen{rule: rule, outcome: yes})
		}
		return rule.Allow
	}
	if v.engine.named == nil && !v.candidate(rule) {
		return false
	}
	c := v.about.condition(v.engine.ids[rule.Role], index)
	outcome := v.ask(c)
	v.seen = append(v.seen, seen{rule, c, outcome})
	return outcome == yes
}

// candidate says whether a rule is about the call's action and a role of the agent
// whose rules of this effect the token leaves.
func (v *evaluation) candidate(rule *Rule) bool {
	id := &v.in.Identity
	return matchesAction(rule.Action, v.in.Action.Name) &&
		(rule.Role == id.Agent || slices.Contains(v.engine.roles[id.Agent], rule.Role)) &&
		v.engine.permits(id, rule.Role, rule.Allow)
}

// ask evaluates a condition; nil, of a rule that is not about the action, is
// unevaluable.
func (v *evaluation) ask(c *condition) outcome {
	if c == nil {
		return unevaluable
	}
	if c.always != pending {
		return c.always
	}
	var vars cel.Activation = v
	if len(v.gaps) > 0 {
		vars = partial{v}
	}
	value, _, err := c.program.Eval(vars)
	switch {
	case err != nil:
		return unevaluable
	case types.IsUnknown(value) && c.unbound(v.in.Identity.Session):
		return unevaluable
	case types.IsUnknown(value):
		return pending
	}
	return answer(value)
}

// answer is the outcome that a value of CEL stands for: anything but true and
// false is unevaluable.
func answer(value ref.Val) outcome {
	switch value {
	case types.True:
		return yes
	case types.False:
		return no
	}
	return unevaluable
}
