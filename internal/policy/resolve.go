package policy

import (
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
)

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

// Parent is there because CEL's Activation asks for it: there is none.
func (v *evaluation) Parent() cel.Activation { return nil }

// arg is the value of args.PATH.
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

// fact is the value of facts.PATH: a fact's name, a field, and what is inside it.
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

// set is the value of an argument or a fact's field for CEL, and false when it is
// missing; inside is the dotted path to a member of an object, "" for the whole
// value. A value of another kind than was declared, or an amount without a
// currency, counts as missing: CEL would find it unequal to everything instead of
// failing.
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

// celValue is a value in the type that its kind has in conditions (kinds.go).
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
