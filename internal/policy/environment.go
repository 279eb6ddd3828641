package policy

import (
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/shared"
)

// environment is what conditions about an action can speak about. Actions that
// declare the same names share one, and its conditions, across all tenants.
type environment struct {
	cel        *cel.Env
	gaps       map[string]*cel.AttributePatternType // of every name that may be not there yet
	sizes      sizes
	conditions shared.Things[string, condition] // by text
}

var environments shared.Things[string, environment]

// variable is one declared name.
type variable struct {
	name string // its full path, so that a name an action does not have is found when the file is read
	kind *cel.Type
	size size
	gap  bool // may be not there yet
}

// everywhere are the names that every action has.
var everywhere = []variable{
	{name: "session.id", kind: cel.StringType, size: size{most: maxText}},
	{name: "session.ticket", kind: cel.StringType, size: size{most: maxText}},
	{name: "session.customer", kind: cel.StringType, size: size{most: maxText}},
	{name: "agent.id", kind: cel.StringType, size: size{most: maxText}},
	{name: "agent.roles", kind: cel.ListType(cel.StringType), size: size{likely: likelyRoles, each: maxText}},
	{name: "tenant", kind: cel.StringType, size: size{most: maxText}},
	{name: "now", kind: cel.TimestampType},
}

// declared are the names that an action has beside them.
func declared(act *action.Action, sums []string) []variable {
	var out []variable
	for _, p := range act.Params {
		out = appendDeclared(out, "args."+p.Name, p, argSize)
	}
	for _, f := range act.Facts {
		if f.When != "" {
			continue // it only finds what another fact is about, and is gone once that is known
		}
		for _, field := range f.Fields {
			out = appendDeclared(out, "facts."+f.Name+"."+field.Name, field.Type(), factSize)
		}
	}
	if hasSums(act) {
		for _, sum := range sums {
			out = append(out, variable{"sums." + sum, moneyType, size{}, true})
		}
	}
	return out
}

// hasSums: sums count what effects moved; a read moves nothing.
func hasSums(act *action.Action) bool { return act.Effect && act.MoneyArg != "" }

// base declares what all environments have; the rest of one is cheap.
var base = sync.OnceValues(func() (*cel.Env, error) {
	options := append(moneyFunctions(), decimalFunctions()...)
	for _, v := range everywhere {
		options = append(options, cel.Variable(v.name, v.kind))
	}
	return cel.NewEnv(options...)
})

// environmentOf finds the environment of an action.
func environmentOf(act *action.Action, sums []string) (*environment, error) {
	names := declared(act, sums)
	var key strings.Builder
	for _, v := range names {
		_, _ = fmt.Fprintf(&key, "%s %s %v\n", v.name, v.kind, v.size)
	}
	return environments.Get(key.String(), func() (*environment, error) { return newEnvironment(names) })
}

func newEnvironment(names []variable) (*environment, error) {
	root, err := base()
	if err != nil {
		return nil, err
	}
	e := &environment{gaps: map[string]*cel.AttributePatternType{}, sizes: sizes{}}
	var options []cel.EnvOption
	for _, v := range names {
		options = append(options, cel.Variable(v.name, v.kind))
		e.gaps[v.name] = cel.AttributePattern(v.name)
		e.sizes[v.name] = v.size
	}
	for _, v := range everywhere {
		e.sizes[v.name] = v.size
	}
	e.cel, err = root.Extend(options...)
	return e, err
}
