package action

import "fmt"

// Subject is whom a call is about, and whom what it writes is read by: a customer,
// or the one whose ticket it is. Restored personal data goes to nobody else.
type Subject struct {
	ID     string
	Ticket bool // ID is a ticket's, else a customer's
}

// Subject is that of a call; false when the catalog names none, or while a fact
// that it needs is not there.
func (a *Action) Subject(args Args, facts Facts) (Subject, bool) {
	if a.op.subject.source == refNone {
		return Subject{}, false
	}
	v, ok := a.op.subject.find(args, facts)
	text, scalar := v.Spell()
	return Subject{ID: text, Ticket: a.op.byTicket}, ok && scalar && text != ""
}

// subject reads whom an action is about.
func (b *actionCompiler) subject() {
	src := b.src.Subject
	if src == nil {
		for i, p := range b.src.Params {
			if p.Restorable {
				b.add(fmt.Sprintf(".params[%d].restorable", i), "needs the action's subject: personal data goes back to whom it is about alone", true)
			}
		}
		return
	}
	text := src.Customer
	if b.action.op.byTicket = src.Ticket != ""; b.action.op.byTicket {
		text = src.Ticket
	}
	r, ok := parseRef(text)
	kind := b.action.kindOf(r)
	if !ok || (src.Customer == "") == (src.Ticket == "") || kind != ID && kind != String && kind != Integer {
		b.add(".subject", "must be customer or ticket, and name args.name or facts.fact.field: an id, a string or an integer", quoted(text))
	}
	b.action.op.subject = r
}
