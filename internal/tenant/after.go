package tenant

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sallyport/sallyport/internal/action"
)

// How an effect ends that something follows on.
const (
	afterSucceeded = "succeeded"
	afterDenied    = "denied"
)

// afterDoc is one entry of after.yaml.
type afterDoc struct {
	Effect string            `yaml:"effect"`
	State  string            `yaml:"state"`
	Action string            `yaml:"action"`
	Args   map[string]string `yaml:"args"`
}

// ending is how an effect ended.
type ending struct{ effect, state string }

// After is what the gateway does itself once an effect has ended in a state; nil
// for nothing.
func (t *Tenant) After(effect, state string) *action.After {
	return t.after[ending{effect, state}]
}

// Afters are the actions that follow on effects, by name.
func (t *Tenant) Afters() []string { return t.afters }

// after reads what follows on effects. One thing follows on one ending: that it
// is done once is known by the ending's name.
func (l *loader) after() {
	var doc struct {
		After []afterDoc `yaml:"after"`
	}
	l.decode(fileAfter, &doc)
	l.tenant.after = map[ending]*action.After{}
	for i, entry := range doc.After {
		at, end := fmt.Sprintf("%s: after[%d]", fileAfter, i), ending{entry.Effect, entry.State}
		if entry.State != afterSucceeded && entry.State != afterDenied {
			l.problems.Add(at+".state", "must be succeeded or denied", entry.State)
		}
		if _, taken := l.tenant.after[end]; taken {
			l.problems.Add(at, "follows on the same ending as another entry; only one can", entry.Effect+" "+entry.State)
		}
		l.tenant.after[end] = l.follower(at, entry)
		l.tenant.afters = append(l.tenant.afters, entry.Action)
	}
	slices.Sort(l.tenant.afters)
	l.tenant.afters = slices.Compact(l.tenant.afters)
}

// follower holds an entry against the catalogs of the tenant's tools.
func (l *loader) follower(at string, entry afterDoc) *action.After {
	first, known := l.effect(at+".effect", entry.Effect)
	to, both := l.effect(at+".action", entry.Action)
	if !known || !both {
		return nil
	}
	after, wrong := action.NewAfter(first, to, entry.Args)
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		l.problems.Add(at+".args."+name, wrong[name], entry.Args[name])
	}
	return after
}

func (l *loader) effect(at, name string) (*action.Action, bool) {
	_, act, ok := l.tenant.Action(name)
	if (!ok || !act.Effect) && l.knows(name) {
		l.problems.Add(at, "must be an effect of the tenant's tools", name)
	}
	return act, ok && act.Effect
}
