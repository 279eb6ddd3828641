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

// evaluation is one Decide. CEL asks it for values; a model of the tenant's own
// gets it as r.in, and the registered functions leave in it what Casbin's yes or
// no cannot say.
type evaluation struct {
	engine *Engine
	about  *about
	in     Input
	gaps   []*cel.AttributePatternType // names that are not there yet
	probe  bool                        // every condition is true: Compile tries the model
	may    bool                        // every condition of an allow is, and no deny's: MayAllow asks
	seen   []seen
	first  [4]seen // where seen begins
}

// seen is one candidate rule and its outcome, in the order of the file.
type seen struct {
	rule      *Rule
	condition *condition
	outcome   outcome
}

// evaluations are used again: most of a decision's memory is its evaluation.
var evaluations = sync.Pool{New: func() any { return new(evaluation) }}

// release gives an evaluation back when nobody looks at it any more.
func (v *evaluation) release() {
	*v = evaluation{}
	evaluations.Put(v)
}

// newEvaluation finds out what the input does not have yet.
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

// candidates asks the conditions of all rules for this action and for a role
// that the agent has and its token leaves, in the order of the file. Of those
// all else that the default model asks is true. A deny that is true ends it, as
// it does in Casbin.
func (v *evaluation) candidates() {
	var buffer [16]entry
	for _, e := range v.about.candidates(buffer[:0], v) {
		outcome := v.ask(e.condition)
		if outcome == no {
			continue // what is not so is no part of any verdict
		}
		v.seen = append(v.seen, seen{&v.engine.ordered[e.rule], e.condition, outcome})
		if outcome == yes && !e.allow {
			return
		}
	}
}

// evaluate asks one rule's condition and notes the outcome, for a model of the
// tenant's own. It can call it for rules that are no candidates, or before it
// asks permits: those are never true and leave nothing behind.
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

// candidate is a rule for this action and for a role that the agent has and its
// token leaves.
func (v *evaluation) candidate(rule *Rule) bool {
	id := &v.in.Identity
	return matchesAction(rule.Action, v.in.Action.Name) &&
		(rule.Role == id.Agent || slices.Contains(v.engine.roles[id.Agent], rule.Role)) &&
		v.engine.permits(id, rule.Role, rule.Allow)
}

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

// answer is what a value says.
func answer(value ref.Val) outcome {
	switch value {
	case types.True:
		return yes
	case types.False:
		return no
	}
	return unevaluable
}
