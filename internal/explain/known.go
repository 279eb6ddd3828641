package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// facts reads the given facts as the gateway reads a tool's answer. It is false
// when the action has facts that were not given.
func (a Ask) facts(act *action.Action, args action.Args) (facts action.Facts, whole bool, err error) {
	facts, whole = action.Facts{}, true
	for _, f := range act.Facts {
		fields, ok := a.Facts[f.Name]
		if !ok && !f.Needed(args) {
			facts[f.Name] = action.Record{}
			continue
		}
		if !ok {
			whole = false
			continue
		}
		body, err := answer(f, fields)
		if err != nil {
			return nil, false, err
		}
		body = act.AsAnswer(body)
		if facts[f.Name], err = act.ReadFact(f.Name, 200, "application/json", body); err != nil {
			return nil, false, fmt.Errorf("amounts are given in the unit of the tool's answers, other values as the tool has them: %w", err)
		}
	}
	return facts, whole, nil
}

// answer is what the tool would answer: each field where the catalog finds it.
func answer(f action.Fact, fields map[string]Value) ([]byte, error) {
	raw := map[string][]byte{}
	for name, value := range fields {
		i := slices.IndexFunc(f.Fields, func(field action.Field) bool { return field.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("facts.%s has no field %q; it has %s", f.Name, name, fieldNames(f))
		}
		raw[name] = value.fact(f.Fields[i])
	}
	var missing []string
	for _, field := range f.Fields {
		if _, given := fields[field.Name]; !given && !field.Optional {
			missing = append(missing, field.Name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("facts.%s needs %s as well: what the tool always answers must be given", f.Name, strings.Join(missing, ", "))
	}
	body, ok := f.Answer(raw)
	if !ok {
		return nil, fmt.Errorf("facts.%s: two of these fields are one place of the tool's answer", f.Name)
	}
	return body, nil
}

func fieldNames(f action.Fact) string {
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	return strings.Join(names, ", ")
}

// fits refuses facts and sums that the call does not have: a misspelt one would
// leave the question another than its author believes.
func (a Ask) fits(t *tenant.Tenant, act *action.Action) error {
	for _, name := range slices.Sorted(maps.Keys(a.Facts)) {
		if !slices.ContainsFunc(act.Facts, func(f action.Fact) bool { return f.Name == name }) {
			return fmt.Errorf("%s has no fact %q; it has %s", act.Name, name, list(factNames(act)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Sums)) {
		if names := sumNames(t, act); !slices.Contains(names, name) {
			return fmt.Errorf("no sum %q counts %s; these do: %s", name, act.Name, list(names))
		}
	}
	return nil
}

func factNames(act *action.Action) (names []string) {
	for _, f := range act.Facts {
		names = append(names, f.Name)
	}
	return names
}

func sumNames(t *tenant.Tenant, act *action.Action) (names []string) {
	for _, sum := range t.Limits.Sums() {
		if (act.MoneyArg != "" || sum.Calls > 0) && sum.Applies(act.Name) {
			names = append(names, sum.Name)
		}
	}
	return names
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
