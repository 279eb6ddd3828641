package policy

import (
	"errors"
	"slices"
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
	waits  map[string]bool // arguments that wait for facts
	probe  bool            // every condition is true: Compile tries the model
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
		"agent.id": in.Identity.Agent, "agent.roles": e.effective(in.Identity.Agent, in.Identity.Roles),
		"tenant": in.Tenant, "now": in.Now,
	}, waits: map[string]bool{}}
	// What the session is not bound to is missing and not "": an agent that sends
	// an empty ticket must not equal a session without one.
	for name, text := range map[string]string{"session.id": s.ID, "session.ticket": s.Ticket, "session.customer": s.Customer} {
		if text != "" {
			v.vars[name] = text
		}
	}
	v.addArgs()
	v.addFacts()
	v.addSums()
	return v
}

// addArgs: an absent optional argument, or an amount whose currency is not
// known, can still come from facts that are not there yet. Once they are, it is
// missing.
func (v *evaluation) addArgs() {
	for _, p := range v.in.Action.Params {
		name := "args." + p.Name
		value, ok := v.in.Call.Args[p.Name]
		currencyOpen := ok && value.Kind == action.Money && value.Text == ""
		switch {
		case currencyOpen && v.factsMissing(), !ok && !p.Required && v.factsMissing():
			v.gap(name)
			v.waits[p.Name] = true
		case ok:
			v.set(name, p.Kind, value)
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
				v.set(name, field.Kind, value)
			}
		}
	}
}

func (v *evaluation) addSums() {
	for _, name := range v.engine.sums {
		if v.in.Sums == nil {
			v.gap("sums." + name)
		} else if amount, ok := v.in.Sums[name]; ok && amount.Currency != "" {
			v.vars["sums."+name] = moneyValue{amount}
		}
	}
}

func (v *evaluation) gap(name string) { v.gaps = append(v.gaps, cel.AttributePattern(name)) }

// set gives a variable its value. One of another kind than was declared, or an
// amount without a currency, stays missing: CEL would find it unequal to
// everything instead of failing.
func (v *evaluation) set(name string, declared action.Kind, value action.Value) {
	if value.Kind == declared && (value.Kind != action.Money || value.Text != "") {
		v.vars[name] = celValue(value)
	}
}

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

// evaluate asks one rule's condition and notes the outcome. A model of the
// tenant's own can call it for rules that are no candidates, or before it asks
// permits: those are never true and leave nothing behind.
func (v *evaluation) evaluate(rule *compiled) bool {
	if v.probe {
		return true
	}
	if !v.candidate(rule) {
		return false
	}
	result := v.ask(rule.conditions[v.in.Action.Name])
	v.seen = append(v.seen, seen{rule, result})
	return result == yes
}

// candidate is a rule for this action and for a role that the agent has and its
// token leaves.
func (v *evaluation) candidate(rule *compiled) bool {
	id := v.in.Identity
	return matchesAction(rule.Action, v.in.Action.Name) &&
		(rule.Role == id.Agent || slices.Contains(v.engine.roles[id.Agent], rule.Role)) &&
		v.engine.permits(id, rule.Role, rule.Allow)
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
	if len(args) != 3 {
		return false, errArguments
	}
	v, ok := args[0].(*evaluation)
	role, isText := args[1].(string)
	effect, isEffect := args[2].(string)
	if !ok || !isText || !isEffect {
		return false, errArguments
	}
	return v.engine.permits(v.in.Identity, role, effect != "deny"), nil
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
