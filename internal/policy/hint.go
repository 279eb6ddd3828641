package policy

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// binding is a part of a condition that compares with the session:
// args.customer == session.customer, or the same about a fact.
type binding struct {
	arg     string // "" when a fact is compared
	session string // ticket, customer or id
	equal   bool   // an argument that must be the session's
}

// bindingsOf are the bindings that a condition has beside its other parts.
func bindingsOf(tree *ast.AST, e ast.Expr) []binding {
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
		return nil
	}
	left, right := e.AsCall().Args()[0], e.AsCall().Args()[1]
	switch e.AsCall().FunctionName() {
	case operators.LogicalAnd:
		return append(bindingsOf(tree, left), bindingsOf(tree, right)...)
	case operators.Equals, operators.NotEquals:
		a, b := namedBy(tree, left), namedBy(tree, right)
		if b.root != "session" {
			a, b = b, a
		}
		switch {
		case b.root != "session":
		case a.root == "args":
			return []binding{{a.rest, b.rest, e.AsCall().FunctionName() == operators.Equals}}
		case a.root == "facts":
			return []binding{{"", b.rest, false}}
		}
	}
	return nil
}

// part is a name of a condition, cut after its first part.
type part struct{ root, rest string }

func namedBy(tree *ast.AST, e ast.Expr) part {
	reference := tree.ReferenceMap()[e.ID()]
	if reference == nil {
		return part{}
	}
	root, rest, _ := strings.Cut(reference.Name, ".")
	return part{root, rest}
}

// hint says what a refused call lacks to be tied to its session, "" for nothing:
// which argument, and the session's own value for it, never another's.
func (v *evaluation) hint(code reason.Code) string {
	if code != reason.PolicyNoRule && code != reason.PolicyUnevaluable {
		return ""
	}
	for _, s := range v.spoken() {
		if s.condition == nil {
			continue
		}
		for _, b := range s.condition.bindings {
			if text := b.hint(v.in, s.rule.Allow); text != "" {
				return text
			}
		}
	}
	return ""
}

// spoken are the rules about the call: those of the agent's roles, or those that
// a model of the tenant's own matched.
func (v *evaluation) spoken() []seen {
	if v.engine.named != nil {
		return v.seen
	}
	var out []seen
	for _, e := range v.about.candidates(nil, v) {
		out = append(out, seen{rule: &v.engine.ordered[e.rule], condition: e.condition})
	}
	return out
}

func (b binding) hint(in Input, allow bool) string {
	bound := sessionValue(in.Identity.Session, b.session)
	switch given, ok := in.Call.Args[b.arg]; {
	case bound == "":
		return fmt.Sprintf("this token is bound to no %s; ask for a token that is", b.session)
	case !allow || !b.equal || ok && given.Kind != action.Money && given.Text == bound:
		return ""
	case !ok:
		return fmt.Sprintf("add %s: this session may ask only about its own %s", b.spelled(in.Action, bound), b.session)
	default:
		return fmt.Sprintf("%s must be this session's own: %s", b.arg, b.spelled(in.Action, bound))
	}
}

// spelled is the argument with the session's value, if such values may be shown.
func (b binding) spelled(act *action.Action, bound string) string {
	if p, ok := act.Param(b.arg); ok && p.Safe {
		return b.arg + "=" + bound
	}
	return b.arg
}

func sessionValue(s token.Session, name string) string {
	switch name {
	case "ticket":
		return s.Ticket
	case "customer":
		return s.Customer
	default:
		return s.ID
	}
}

// unbound: a condition that only compares with a session's value cannot be
// evaluated without it, whatever the facts will say.
func (c *condition) unbound(s token.Session) bool {
	return c.alone && sessionValue(s, c.bindings[0].session) == ""
}
