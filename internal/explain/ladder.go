package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
)

// Ladder is the answer step by step, one a line, for people.
func (a Answer) Ladder() []string {
	lines := []string{"tool       " + a.tool(), "action     " + a.action()}
	if q := a.question; q.Action != nil {
		lines = append(lines, "arguments  "+spelled(q.Call.Args))
		if len(q.Facts) > 0 {
			lines = append(lines, "facts      "+spelledFacts(q.Facts))
		}
		if len(q.Sums) > 0 {
			var parts []string
			for _, name := range slices.Sorted(maps.Keys(q.Sums)) {
				parts = append(parts, name+"="+q.Sums[name].String())
			}
			lines = append(lines, "sums       "+strings.Join(parts, " "))
		}
		lines = append(lines, "roles      "+a.roles(), "limits     "+list(a.Limits))
		lines = append(lines, a.tried()...)
	}
	return append(lines, "result     "+a.Result())
}

func (a Answer) tool() string {
	if a.Tool == "" {
		return "none: the first part of the path names no tool of this tenant"
	}
	return a.Tool
}

func (a Answer) action() string {
	switch act := a.question.Action; {
	case act == nil && a.Action == "":
		return "none"
	case act == nil:
		return a.Action + ", but the request is not one"
	case act.Effect:
		return a.Action + " (an effect)"
	}
	return a.Action + " (a read)"
}

func (a Answer) roles() string {
	q := a.question
	text := q.Identity.Agent + " has " + list(q.Tenant.Policy.Roles(q.Identity.Agent))
	if q.Identity.Roles != nil {
		text += "; the token leaves " + list(q.Identity.Roles)
	}
	return text
}

func (a Answer) tried() []string {
	if len(a.Rules) == 0 {
		return []string{"rules      none speaks about this action for these roles"}
	}
	var lines []string
	for i, r := range a.Rules {
		title := "rules      "
		if i > 0 {
			title = "           "
		}
		what := r.Effect
		if r.Hold != nil {
			what += ", hold:" + r.Hold.Group
		}
		lines = append(lines, fmt.Sprintf("%s%-13s %-11s %s: %s", title, r.Rule, r.Outcome, what, r.Condition))
	}
	return lines
}

// Result is the answer in one line.
func (a Answer) Result() string {
	text := a.Effect + ", " + string(a.Reason)
	for _, part := range [][2]string{{" by ", a.Rule}, {", lane ", a.Lane}, {": ", a.Field}, {": ", a.Hint}, {": ", a.Say}} {
		if part[1] != "" {
			text += part[0] + part[1]
		}
	}
	if a.Hold != nil {
		text += fmt.Sprintf(", waits for %d of %s", a.Hold.Votes, a.Hold.Group)
	}
	if len(a.Needs) > 0 {
		text += ": rules wait for " + list(a.Needs)
	}
	if a.Reason == reason.PolicyUnevaluable && a.Rule != "" {
		text += ": its condition compares something that is not there, or two currencies"
	}
	return text
}

func spelled(values map[string]action.Value) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, name+"="+spell(values[name]))
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, " ")
}

func spelledFacts(facts action.Facts) string {
	var parts []string
	for _, fact := range slices.Sorted(maps.Keys(facts)) {
		for _, field := range slices.Sorted(maps.Keys(facts[fact])) {
			parts = append(parts, fact+"."+field+"="+spell(facts[fact][field]))
		}
	}
	return strings.Join(parts, " ")
}

func spell(v action.Value) string {
	switch v.Kind {
	case action.Money:
		return money.Amount{Minor: v.Int, Currency: v.Text}.String()
	case action.List:
		var items []string
		for _, item := range v.List {
			items = append(items, spell(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case action.Object:
		return "{" + spelled(v.Fields) + "}"
	case action.String:
		return fmt.Sprintf("%q", v.Text)
	default:
		text, _ := v.Spell()
		return text
	}
}
