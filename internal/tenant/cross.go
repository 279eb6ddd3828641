package tenant

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/limit"
)

// What rules mention, wherever it stands in the file.
var (
	mentionedGroup = regexp.MustCompile(`hold:([a-z][a-z0-9_-]*)`)
	mentionedSum   = regexp.MustCompile(`sums\.([a-z][a-z0-9_]*)`)
)

// mentions are the names that rules mention. They stand for those of a file
// that could not be read: that file has its own problems, and to report each
// rule that uses it would send the reader to the wrong place.
func mentions(pattern *regexp.Regexp, rules []byte) []string {
	var out []string
	for _, found := range pattern.FindAllSubmatch(rules, -1) {
		out = append(out, string(found[1]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// follows says that a problem of the policy only follows from a catalog that
// could not be read.
func (l *loader) follows(p config.Problem) bool {
	return strings.HasPrefix(p.What, "matches no action") && !l.knows(p.Got)
}

// knows says whether a pattern's catalog could be read; as long as all could, a
// pattern of another one is a mistake.
func (l *loader) knows(pattern string) bool {
	if !l.unread {
		return true
	}
	catalog, _, _ := strings.Cut(pattern, ".")
	return slices.ContainsFunc(l.tenant.Tools, func(t *Tool) bool { return t.Catalog.Name() == catalog })
}

// counted refuses limits and sums that count nothing, or by something that
// their actions do not have: the first would never limit, and the second would
// refuse every call.
func (l *loader) counted() {
	if l.tenant.Limits == nil {
		return
	}
	patterns := l.tenant.Limits.Patterns()
	for _, at := range slices.Sorted(maps.Keys(patterns)) {
		one := limit.Sum{Actions: []string{patterns[at]}}
		if !slices.ContainsFunc(l.actions(), func(a *action.Action) bool { return one.Applies(a.Name) }) && l.knows(patterns[at]) {
			l.problems.Add(fileLimits+": "+at, "matches no action of the tenant's tools", patterns[at])
		}
	}
	for _, sum := range l.tenant.Limits.Sums() {
		l.bounds(sum)
		for _, act := range l.actions() {
			if (act.MoneyArg != "" || sum.Calls > 0) && act.Effect && sum.Applies(act.Name) {
				l.countedBy(sum, act)
			}
		}
	}
}

// bounds refuses a budget that nothing is spent of: an amount without an action
// that moves money, or a number without an effect.
func (l *loader) bounds(sum limit.Sum) {
	spends := func(a *action.Action) bool {
		return sum.Applies(a.Name) && a.Effect && (a.MoneyArg != "" || sum.Max.Currency == "")
	}
	if (sum.Max.Currency != "" || sum.Calls > 0) && !l.unread && !slices.ContainsFunc(l.actions(), spends) {
		l.problems.Add(fileLimits+": "+sum.Place()+".actions", "name nothing that spends it: max needs an effect that moves money, calls an effect", nil)
	}
}

func (l *loader) countedBy(sum limit.Sum, act *action.Action) {
	for _, by := range sum.By {
		if !declares(act, by) {
			l.problems.Add(fileLimits+": "+sum.Place()+".by", "is nothing that "+act.Name+" has", by)
		}
	}
}

// declares finds "args.charge" and "facts.charge.customer".
func declares(act *action.Action, path string) bool {
	if !strings.Contains(path, ".") {
		return true // of the caller
	}
	if name, ok := strings.CutPrefix(path, "args."); ok {
		_, found := act.Param(name)
		return found
	}
	fact, field, _ := strings.Cut(strings.TrimPrefix(path, "facts."), ".")
	return slices.ContainsFunc(act.Facts, func(f action.Fact) bool {
		return f.Name == fact && slices.ContainsFunc(f.Fields, func(g action.Field) bool { return g.Name == field })
	})
}

// maskTools refuses rules for a tool that the tenant does not have: a misspelt
// name would leave the real one with fewer rules than its owner believes.
func (l *loader) maskTools() {
	if len(l.named) == 0 {
		return // tools.yaml has problems of its own
	}
	for _, tool := range l.tenant.Mask.Tools() {
		if !slices.Contains(l.named, tool) {
			l.problems.Add(fileMask+": tools."+tool, "is no tool of tools.yaml; it has "+strings.Join(l.named, ", "), nil)
		}
	}
}

// maskRoles refuses what a role sees that nobody has: by a misspelt name agents
// would see less than its owner believes, and a later role of that name more.
func (l *loader) maskRoles() {
	if l.tenant.Policy == nil {
		return // policy.csv has problems of its own
	}
	granted := l.tenant.Policy.Granted()
	known := "none"
	if len(granted) > 0 {
		known = strings.Join(granted, ", ")
	}
	for i, role := range l.tenant.Mask.Roles() {
		if role != "" && !slices.Contains(granted, role) {
			l.problems.Add(fmt.Sprintf("%s: roles[%d].role", fileMask, i), "is no role that a g line of policy.csv gives to anybody; those are "+known, role)
		}
	}
}

// toolNames refuses two actions of two catalogs that are one tool over MCP.
func (l *loader) toolNames() {
	taken := map[string]string{}
	for _, act := range l.actions() {
		if other, ok := taken[act.ToolName()]; ok {
			l.problems.Add(fileTools, "two actions are the same MCP tool, "+act.ToolName()+"; rename a catalog", other+" and "+act.Name)
		}
		taken[act.ToolName()] = act.Name
	}
}
