package tenant

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
)

// registration is what names the tenant of another issuer's token.
type registration struct{ issuer, audience string }

func (t *Tenant) registrations() map[registration]bool {
	out := map[registration]bool{}
	for _, i := range t.Access.Issuers {
		out[registration{i.Issuer, i.Audience}] = true
	}
	return out
}

// registry says whose each registration is.
type registry map[registration]string

// keep drops what its owner has given up: an owner that is not there any more,
// and one that has other registrations now. Of a tenant whose files cannot be
// compiled nobody knows; it keeps what it had.
func (r registry) keep(live, compiled map[string]*Tenant, named map[string]bool) {
	maps.DeleteFunc(r, func(reg registration, name string) bool {
		current, next := live[name], compiled[name]
		switch {
		case !named[name]:
			return true
		case current != nil: // also when next is refused, current stays
			return !current.registrations()[reg]
		default:
			return next != nil && !next.registrations()[reg]
		}
	})
}

// add puts a tenant's registrations in place of those it had.
func (r registry) add(t *Tenant) {
	maps.DeleteFunc(r, func(_ registration, name string) bool { return name == t.Name })
	for reg := range t.registrations() {
		r[reg] = t.Name
	}
}

// admit gives each tenant its registrations and returns what stands against the
// others. A token of a pair that two have registered would be of two tenants,
// and its claims must not say of which: whoever owns the pair keeps it, and of
// two that come at once nobody gets it.
func (r registry) admit(compiled map[string]*Tenant) map[string]config.Problems {
	waiting := maps.Clone(compiled)
	maps.DeleteFunc(waiting, func(_ string, t *Tenant) bool { return t == nil })
	for again := true; again; { // one that is admitted may have given way to another
		again = false
		for _, name := range slices.Sorted(maps.Keys(waiting)) {
			if t := waiting[name]; len(r.against(t, waiting)) == 0 {
				r.add(t)
				delete(waiting, name)
				again = true
			}
		}
	}
	refused := map[string]config.Problems{}
	for name, t := range waiting {
		refused[name] = r.against(t, waiting)
	}
	return refused
}

// against names the tenants that stand against a tenant's registrations.
func (r registry) against(t *Tenant, waiting map[string]*Tenant) config.Problems {
	var problems config.Problems
	for i, mine := range t.Access.Issuers {
		reg := registration{mine.Issuer, mine.Audience}
		at := fmt.Sprintf("%s: issuers[%d]", fileClients, i)
		if by, owned := r[reg]; owned && by != t.Name {
			problems.Add(at, "is registered with this audience by tenant "+by+", which was first; give tenant "+t.Name+" an audience of its own", mine.Audience)
		} else if others := rivals(reg, t.Name, waiting); !owned && len(others) > 1 {
			problems.Add(at, "is registered with this audience by the tenants "+strings.Join(others, ", ")+", and none was first: no token of it is taken until it stands in one of them alone; give the others an audience of their own", mine.Audience)
		}
	}
	return problems
}

// rivals are all that want a registration, by name.
func rivals(reg registration, name string, waiting map[string]*Tenant) []string {
	out := []string{name}
	for other, t := range waiting {
		if other != name && t.registrations()[reg] {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return out
}

// Clashes are the problems that tenants have with each other, by name, as a
// gateway would find them that has seen none of them before.
func Clashes(all map[string]*Tenant) map[string]config.Problems { return registry{}.admit(all) }
