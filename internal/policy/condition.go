package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
)

// condition is one rule's condition, compiled for one environment.
type condition struct {
	text    string
	program cel.Program
	always  outcome  // what a condition without names comes to; pending when it has to be asked
	cost    uint64   // at most, in CEL's units
	facts   []string // names of facts it speaks about
	fields  []string // of facts, as "charge.customer"
	sums    []string // names of sums
	args    []string
	// what compares with the session; alone: one such comparison is all of it
	bindings []binding
	alone    bool
	// its environment lives as long as the condition
	env *environment
}

// compiler compiles conditions of one tenant.
type compiler struct {
	sums     []string
	envs     map[string]*environment // by action
	compiled int                     // conditions, also those that were there already
}

func newCompiler(sums []string) *compiler {
	return &compiler{sums: sums, envs: map[string]*environment{}}
}

func (c *compiler) env(act *action.Action) (*environment, error) {
	if env, ok := c.envs[act.Name]; ok {
		return env, nil
	}
	env, err := environmentOf(act, c.sums)
	if err != nil {
		return nil, err
	}
	c.envs[act.Name] = env
	return env, nil
}

func (c *compiler) compile(text string, act *action.Action) (*condition, error) {
	c.compiled++
	env, err := c.env(act)
	if err != nil {
		return nil, err
	}
	return env.conditions.Get(text, func() (*condition, error) {
		checked, issues := env.cel.Compile(text)
		if issues != nil && issues.Err() != nil {
			return nil, c.explain(text, issues, act)
		}
		return env.condition(text, checked)
	})
}

// condition makes a checked text ready to be asked.
func (e *environment) condition(text string, checked *cel.Ast) (*condition, error) {
	if !checked.OutputType().IsExactType(cel.BoolType) {
		return nil, fmt.Errorf("the condition must be true or false, this is a %s", checked.OutputType())
	}
	out := &condition{text: text, always: pending, env: e}
	if err := out.collect(checked.NativeRep()); err != nil {
		return nil, err
	}
	if err := checkMoney(checked.NativeRep()); err != nil {
		return nil, err
	}
	cost, certain, err := e.estimate(checked)
	if err != nil {
		return nil, err
	}
	out.cost = cost
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize, cel.OptPartialEval)}
	if !certain {
		options = append(options, cel.CostLimit(maxCost))
	}
	if literal := checked.NativeRep().Expr(); literal.Kind() == ast.LiteralKind {
		out.always = answer(literal.AsLiteral())
	}
	out.program, err = e.cel.Program(checked, options...)
	return out, err
}

// explain turns CEL's report into one sentence that names the action and what
// it does have.
func (c *compiler) explain(text string, issues *cel.Issues, act *action.Action) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("the condition is missing; write true for a rule that asks for nothing")
	}
	first := issues.Errors()[0].Message
	if _, name, ok := strings.Cut(first, "undeclared reference to '"); ok {
		name, _, _ = strings.Cut(name, "'")
		return fmt.Errorf("%s has no %s; it has %s", act.Name, fullName(text, name), strings.Join(c.names(act), ", "))
	}
	switch {
	case strings.Contains(first, "no matching overload") && strings.Contains(first, "money"):
		first += "; write an amount as money('50 USD')"
	case strings.Contains(first, "no matching overload for '_"):
		first += "; compare what is of one kind: a text stands in '…', a number does not"
	case strings.HasPrefix(first, "Syntax error"):
		first += "; join with && and ||, compare with ==, and write texts with '…'"
	}
	return fmt.Errorf("for %s: %s", act.Name, first)
}

// fullName finds "facts.charge.x" in the text when CEL speaks of "facts".
func fullName(text, root string) string {
	i := strings.Index(text, root+".")
	if i < 0 {
		return root
	}
	end := i
	for end < len(text) && (text[end] == '.' || text[end] == '_' || text[end] >= '0' && text[end] <= '9' || text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z') {
		end++
	}
	return text[i:end]
}

func (c *compiler) names(act *action.Action) []string {
	var out []string
	for _, v := range declared(act, c.sums) {
		out = append(out, v.name)
	}
	return append(out, "session.id", "session.ticket", "session.customer", "agent.id", "agent.roles", "tenant", "now")
}

// collect notes what a condition speaks about and checks amounts in it: a wrong
// one would make every call unevaluable.
func (c *condition) collect(tree *ast.AST) error {
	for _, reference := range tree.ReferenceMap() {
		root, rest, _ := strings.Cut(reference.Name, ".")
		switch root {
		case "args":
			arg, _, _ := strings.Cut(rest, ".")
			c.args = append(c.args, arg)
		case "facts":
			fact, field, _ := strings.Cut(rest, ".")
			field, _, _ = strings.Cut(field, ".")
			c.facts, c.fields = append(c.facts, fact), append(c.fields, fact+"."+field)
		case "sums":
			c.sums = append(c.sums, rest)
		}
	}
	for _, list := range []*[]string{&c.args, &c.facts, &c.sums} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	c.bindings = bindingsOf(tree, tree.Expr())
	c.alone = len(c.bindings) == 1 && tree.Expr().AsCall().FunctionName() != operators.LogicalAnd
	var problems []error
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 1 {
			return
		}
		if literal := e.AsCall().Args()[0]; literal.Kind() == ast.LiteralKind {
			if text, ok := literal.AsLiteral().Value().(string); ok {
				problems = append(problems, checkLiteral(e.AsCall().FunctionName(), text))
			}
		}
	}))
	return errors.Join(problems...)
}

// checkLiteral finds an amount or a decimal that nobody can read.
func checkLiteral(function, text string) error {
	switch function {
	case "money":
		_, err := money.Parse(text)
		return err
	case "decimal":
		if err, ok := decimal(text).(*types.Err); ok {
			return err
		}
	}
	return nil
}
