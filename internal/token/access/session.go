package access

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// Bounds of a session's reads: a token endpoint answers a program that waits.
const maxReads = 4

var (
	varPattern  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	pathPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}(\.[a-zA-Z0-9_-]{1,64}){0,7}$`)
)

func (p *parser) session(doc document, a *Access) {
	if doc.Session == nil {
		for i, c := range a.Clients {
			if slices.Contains(c.Grants, TokenExchange) {
				p.add(fmt.Sprintf("clients[%d].grants", i), "must not have token_exchange as long as there is no session: it says how the customer of a ticket is found", nil)
			}
		}
		return
	}
	s := &Session{Customer: doc.Session.Customer}
	known := map[string]bool{Ticket: true}
	if n := len(doc.Session.Reads); n == 0 || n > maxReads {
		p.add("session.reads", "must be 1 to 4 reads", n)
	}
	for i, r := range doc.Session.Reads {
		s.Reads = append(s.Reads, Read{Action: r.Action, Args: r.Args, Take: r.Take})
		p.read(fmt.Sprintf("session.reads[%d]", i), s.Reads[i], known)
	}
	if !known[s.Customer] || s.Customer == Ticket {
		p.add("session.customer", "must be a name that a read takes", s.Customer)
	}
	a.Session = s
}

// read checks one read and makes known what it takes.
func (p *parser) read(at string, r Read, known map[string]bool) {
	for _, arg := range slices.Sorted(maps.Keys(r.Args)) {
		if !known[r.Args[arg]] {
			p.add(at+".args."+arg, "must be ticket or a name that an earlier read takes", r.Args[arg])
		}
	}
	if len(r.Take) == 0 {
		p.add(at+".take", "must take at least one name from the answer", nil)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Take)) {
		if !varPattern.MatchString(name) || known[name] {
			p.add(at+".take", "must be new names of a-z, 0-9 and _", name)
		}
		if !pathPattern.MatchString(r.Take[name]) {
			p.add(at+".take."+name, "must be keys with dots between, as user.external_id", r.Take[name])
		}
		known[name] = true
	}
}
