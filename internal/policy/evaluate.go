package policy

import (
	"errors"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
)

// outcome is what one condition came to.
type outcome uint8

const (
	no outcome = iota
	yes
	pending     // waits for facts or sums
	unevaluable // an error: never a yes, and refuses the call
)

// evaluation is one Decide on its way through Casbin. It goes in as r.in, and
// the registered functions leave in it what Casbin's yes or no cannot say.
type evaluation struct {
	engine *Engine
	in     Input
	vars   map[string]any
	gaps   []*interpreter.AttributePattern
	waits  bool // an argument waits for facts
	seen   []seen
}

// seen is one candidate rule and its outcome, in the order of the file.
type seen struct {
	rule    *compiled
	outcome outcome
}

// newEvaluation spells the input for CEL, with what is not there yet as unknown.
func newEvaluation(e *Engine, in Input) *evaluation {
	s := in.Identity.Session
	v := &evaluation{engine: e, in: in, vars: map[string]any{
		"session.id": s.ID, "session.ticket": s.Ticket, "session.customer": s.Customer,
		"agent.id": in.Identity.Agent, "agent.roles": e.effective(in.Identity.Agent, in.Identity.Roles),
		"tenant": in.Tenant, "now": in.Now,
	}}
	v.addArgs()
	v.addFacts()
	v.addSums()
	return v
}

// addArgs: an absent argument, or an amount whose currency is not known, can
// still come from facts that are not there yet. Once they are, it is missing.
func (v *evaluation) addArgs() {
	for _, p := range v.in.Action.Params {
		name := "args." + p.Name
		value, ok := v.in.Call.Args[p.Name]
		switch {
		case ok && (value.Kind != action.Money || value.Text != ""):
			v.vars[name] = celValue(value)
		case v.factsMissing():
			v.gap(name)
			v.waits = true
		}
	}
}

func (v *evaluation) factsMissing() bool {
	for _, f := range v.in.Action.Facts {
		if _, ok := v.in.Facts[f.Name]; !ok {
			return true
		}
	}
	return false
}

func (v *evaluation) addFacts() {
	for _, f := range v.in.Action.Facts {
		record, ok := v.in.Facts[f.Name]
		for _, field := range f.Fields {
			name := "facts." + f.Name + "." + field.Name
			if !ok {
				v.gap(name)
			} else if value, ok := record[field.Name]; ok {
				v.vars[name] = celValue(value)
			}
		}
	}
}

func (v *evaluation) addSums() {
	for _, name := range v.engine.sums {
		if v.in.Sums == nil {
			v.gap("sums." + name)
		} else if amount, ok := v.in.Sums[name]; ok {
			v.vars["sums."+name] = moneyValue{amount}
		}
	}
}

func (v *evaluation) gap(name string) { v.gaps = append(v.gaps, cel.AttributePattern(name)) }

func celValue(value action.Value) any {
	switch value.Kind {
	case action.Integer:
		return value.Int
	case action.Bool:
		return value.Bool
	case action.Money:
		return moneyValue{money.Amount{Minor: value.Int, Currency: strings.ToUpper(value.Text)}}
	case action.List:
		return value.List
	default:
		return value.Text
	}
}

// evaluate asks one rule's condition and notes the outcome.
func (v *evaluation) evaluate(rule *compiled) bool {
	result := v.ask(rule.conditions[v.in.Action.Name])
	v.seen = append(v.seen, seen{rule, result})
	return result == yes
}

func (v *evaluation) ask(c *condition) outcome {
	if c == nil {
		return unevaluable
	}
	vars, err := cel.PartialVars(v.vars, v.gaps...)
	if err != nil {
		return unevaluable
	}
	value, _, err := c.program.Eval(vars)
	switch {
	case err != nil:
		return unevaluable
	case types.IsUnknown(value):
		return pending
	case value == types.True:
		return yes
	case value == types.False:
		return no
	}
	return unevaluable
}

// The functions that models may call. Casbin hands over whatever a model names;
// anything but what they expect is an error, and an error is a deny.
var errArguments = errors.New("the model calls a function with other arguments than it takes")

func permitsFunction(args ...any) (any, error) {
	if len(args) != 2 {
		return false, errArguments
	}
	v, ok := args[0].(*evaluation)
	role, isText := args[1].(string)
	if !ok || !isText {
		return false, errArguments
	}
	return v.engine.permits(v.in.Identity, role), nil
}

func matchesFunction(args ...any) (any, error) {
	if len(args) != 2 {
		return false, errArguments
	}
	name, ok := args[0].(string)
	pattern, isText := args[1].(string)
	if !ok || !isText {
		return false, errArguments
	}
	return matchesAction(pattern, name), nil
}

func conditionFunction(args ...any) (any, error) {
	if len(args) != 2 {
		return false, errArguments
	}
	v, ok := args[0].(*evaluation)
	key, isText := args[1].(string)
	if !ok || !isText {
		return false, errArguments
	}
	rule, ok := v.engine.rules[key]
	if !ok {
		return false, errArguments
	}
	return v.evaluate(rule), nil
}

// matchesAction knows "*", "stripe.*" and exact names.
func matchesAction(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
