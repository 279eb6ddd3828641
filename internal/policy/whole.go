package policy

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/sallyport/sallyport/internal/action"
)

// whole is a model of the tenant's own with the default's request and policy
// definitions. Its matcher may look at anything, so rules cannot be found by role
// and action: Casbin evaluates it over the whole file.
type whole struct{ enforcer *casbin.Enforcer }

// usual says whether a model asks what the default one asks, in whatever order and
// spelling: then rules are found by role and action, without Casbin.
func usual(modelText string) bool {
	return modelText == defaultModel || slices.Equal(shape(modelText), defaultShape())
}

var defaultShape = sync.OnceValue(func() []string { return shape(defaultModel) })

// shape is every definition of a model, sorted; the matcher as the parts that &&
// joins.
func shape(modelText string) []string {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil
	}
	var out []string
	for section, definitions := range m {
		for key, definition := range definitions {
			value := strings.Join(strings.Fields(definition.Value), "")
			parts := []string{value}
			if section == "m" && !strings.ContainsAny(value, `|?'"`) {
				parts = strings.Split(value, "&&")
			}
			for _, part := range parts {
				out = append(out, section+" "+key+" "+part)
			}
		}
	}
	slices.Sort(out)
	return out
}

// newWhole loads all rules into Casbin, each condition as the place of its rule,
// and tries the model.
func newWhole(e *Engine, modelText string, grants []grant, actions []*action.Action) (*whole, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, err
	}
	if m["e"]["e"] != nil {
		m["e"]["e"].Value = effectAsked
	}
	out, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	out.EnableAutoSave(false)
	out.AddFunction("permits", permitsFunction)
	out.AddFunction("matches", matchesFunction)
	out.AddFunction("condition", conditionFunction)
	for i, r := range e.ordered {
		effect, key := "deny", strconv.Itoa(i)
		if r.Allow {
			effect = "allow"
		}
		if _, err := out.AddPolicy(r.Role, r.Action, key, effect, key); err != nil {
			return nil, err
		}
	}
	for _, g := range grants {
		if _, err := out.AddGroupingPolicy(g.member, g.role); err != nil {
			return nil, err
		}
	}
	w := &whole{out}
	for _, act := range actions {
		if err := w.try(e, act); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// try asks the model once for every role with all conditions true. Casbin finds
// an unknown function, name or effect only when it evaluates; on a live call
// that would be a refusal nobody can explain.
func (w *whole) try(e *Engine, act *action.Action) error {
	tried := map[string]bool{}
	for _, r := range e.ordered {
		if tried[r.Role] || !matchesAction(r.Action, act.Name) {
			continue
		}
		tried[r.Role] = true
		v := newEvaluation(e, e.about(act.Name), Input{Action: act})
		v.probe = true
		if _, err := w.enforcer.Enforce(r.Role, act.Name, v); err != nil {
			return err
		}
	}
	return nil
}

// rowKey is where a rule's key stands in a row of Casbin.
const rowKey = 2

// decide asks Casbin, and returns the rule that it gives for an allow, nil for
// none.
func (w *whole) decide(v *evaluation) (*Rule, error) {
	allowed, row, err := w.enforcer.EnforceEx(v.in.Identity.Agent, v.in.Action.Name, v)
	if err != nil || !allowed || len(row) <= rowKey {
		return nil, err
	}
	index, err := strconv.Atoi(row[rowKey])
	if err != nil {
		return nil, err
	}
	return &v.engine.ordered[index], nil
}
