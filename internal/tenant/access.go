package tenant

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/token/access"
)

func (l *loader) access() {
	var problems config.Problems
	l.tenant.Access, problems = access.Parse(fileClients, l.bundle.Files[fileClients])
	l.problems = append(l.problems, problems...)
	if s := l.tenant.Access.Session; s != nil && !l.unread && len(l.tenant.Tools) > 0 {
		for i, read := range s.Reads {
			l.sessionRead(fmt.Sprintf("%s: session.reads[%d]", fileClients, i), read)
		}
	}
}

// sessionRead holds a read against the catalog of its tool.
func (l *loader) sessionRead(at string, read access.Read) {
	_, act, ok := l.tenant.Action(read.Action)
	if !ok || act.Effect {
		l.problems.Add(at+".action", "must be a read of the tenant's tools", read.Action)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(read.Args)) {
		if p, known := act.Param(name); !known || !action.Spells(p.Kind) {
			l.problems.Add(at+".args", "must be arguments of "+act.Name+" that are an id, a text, an enum, an integer or a bool", name)
		}
	}
	for _, p := range act.Params {
		if _, given := read.Args[p.Name]; p.Required && !given {
			l.problems.Add(at+".args", "must give "+p.Name+" of "+act.Name, nil)
		}
	}
}

// Action finds an action of any of the tenant's tools.
func (t *Tenant) Action(name string) (*Tool, *action.Action, bool) {
	for _, tool := range t.Tools {
		if act, ok := tool.Catalog.Action(name); ok {
			return tool, act, true
		}
	}
	return nil, nil, false
}
