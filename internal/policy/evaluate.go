package policy

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

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

// waits: an absent optional argument, or an amount whose currency is not known,
// can still come from facts that are not there yet. Once they are, it is missing.
func (v *evaluation) waits(p action.Param) bool {
	value, ok := v.in.Call.Args[p.Name]
	return !ok && !p.Required || ok && value.Kind == action.Money && value.Text == ""
}

// waitsFor says that an argument is not there yet.
func (v *evaluation) waitsFor(arg string) bool {
	return v.factsMissing() && slices.ContainsFunc(v.in.Action.Params, func(p action.Param) bool { return p.Name == arg && v.waits(p) })
}

func (v *evaluation) factsMissing() bool {
	for i := range v.in.Action.Facts {
		if v.lacks(&v.in.Action.Facts[i]) {
			return true
		}
	}
	return false
}

// lacks says that the call has a fact that is not there yet.
func (v *evaluation) lacks(f *action.Fact) bool {
	_, ok := v.in.Facts[f.Name]
	return !ok && f.Needed(v.in.Call.Args)
}

func (v *evaluation) factGaps() {
	for _, f := range v.in.Action.Facts {
		if !v.lacks(&f) {
			continue
		}
		for _, field := range f.Fields {
			v.gap("facts."+f.Name+"."+field.Name, field.Type())
		}
	}
}

func (v *evaluation) gap(name string, p action.Param) {
	for _, f := range p.Fields {
		v.gap(name+"."+f.Name, f)
	}
	if pattern := v.about.env.gaps[name]; pattern != nil {
		v.gaps = append(v.gaps, pattern)
	}
}

// ResolveName gives CEL the value of a name. What the session is not bound to is
// missing and not "": an agent that sends an empty ticket must not equal a
// session without one.
func (v *evaluation) ResolveName(name string) (any, bool) {
	root, rest, _ := strings.Cut(name, ".")
	switch root {
	case "args":
		return v.arg(rest)
	case "facts":
		return v.fact(rest)
	case "sums":
		amount, ok := v.in.Sums[rest]
		return moneyValue{amount}, ok && amount.Currency != ""
	}
	text := ""
	switch name {
	case "agent.roles":
		return v.engine.effective(v.in.Identity.Agent, v.in.Identity.Roles), true
	case "now":
		return v.in.Now, true
	case "agent.id":
		return v.in.Identity.Agent, true
	case "tenant":
		return v.in.Tenant, true
	case "session.id":
		text = v.in.Identity.Session.ID
	case "session.ticket":
		text = v.in.Identity.Session.Ticket
	case "session.customer":
		text = v.in.Identity.Session.Customer
	}
	return text, text != ""
}

// Parent is part of CEL's activation: there is none.
func (v *evaluation) Parent() cel.Activation { return nil }

func (v *evaluation) arg(path string) (any, bool) {
	name, inside, _ := strings.Cut(path, ".")
	value, ok := v.in.Call.Args[name]
	if !ok {
		return nil, false
	}
	for i := range v.in.Action.Params {
		if p := &v.in.Action.Params[i]; p.Name == name {
			return set(p.Kind, p.Fields, value, inside)
		}
	}
	return nil, false
}

func (v *evaluation) fact(path string) (any, bool) {
	name, field, _ := strings.Cut(path, ".")
	field, inside, _ := strings.Cut(field, ".")
	value, ok := v.in.Facts[name][field]
	if !ok {
		return nil, false
	}
	for i := range v.in.Action.Facts {
		f := &v.in.Action.Facts[i]
		for j := range f.Fields {
			if f.Name == name && f.Fields[j].Name == field {
				return set(f.Fields[j].Kind, f.Fields[j].Fields, value, inside)
			}
		}
	}
	return nil, false
}

// set is a variable's value, or of an object the one inside it. One of another
// kind than was declared, or an amount without a currency, is missing: CEL would
// find it unequal to everything instead of failing.
func set(declared action.Kind, fields []action.Param, value action.Value, inside string) (any, bool) {
	if value.Kind != declared || value.Kind == action.Money && value.Text == "" {
		return nil, false
	}
	if inside == "" {
		return celValue(value), true
	}
	name, rest, _ := strings.Cut(inside, ".")
	for i := range fields {
		if field, ok := value.Fields[name]; ok && fields[i].Name == name {
			return set(fields[i].Kind, fields[i].Fields, field, rest)
		}
	}
	return nil, false
}

// partial is an evaluation for which something is not there yet.
type partial struct{ *evaluation }

// UnknownAttributePatterns are what is not there yet.
func (p partial) UnknownAttributePatterns() []*cel.AttributePatternType { return p.gaps }

// AsPartialActivation tells CEL so.
func (p partial) AsPartialActivation() (cel.PartialActivation, bool) { return p, true }

func celValue(value action.Value) any {
	switch value.Kind {
	case action.Integer:
		return value.Int
	case action.Bool:
		return value.Bool
	case action.Money:
		return moneyValue{money.Amount{Minor: value.Int, Currency: strings.ToUpper(value.Text)}}
	case action.Decimal:
		return decimal(value.Text)
	case action.Time:
		return instant(value.Text)
	case action.List:
		return listOf(value.List)
	default:
		return value.Text
	}
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
	return v.engine.permits(&v.in.Identity, role, effect != "deny"), nil
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
	index, err := strconv.Atoi(key)
	if err != nil || index < 0 || index >= len(v.engine.ordered) {
		return false, errArguments
	}
	return v.evaluate(index), nil
}

// matchesAction knows "*", "stripe.*" and exact names.
func matchesAction(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
