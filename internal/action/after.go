package action

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// After is the effect that the gateway makes itself once another one has ended,
// perhaps one of another catalog: a note on the ticket, say.
type After struct {
	Action string // "zendesk.comment.create"
	first  *Action
	args   map[string]written // by its arguments
}

// written is what stands in an argument: a value as it is, or words.
type written struct {
	value  ref // refNone for words
	pieces []piece
}

// Ended is an effect that has ended, as After sees it.
type Ended struct {
	Args             Args
	Facts            Facts
	Ticket, Customer string // of its session
	Intent           string // its id
	Say              string // the words of whoever ended it; there may be none
}

// refEnded is a ref to a text of Ended.
const refEnded = refFacts + 1

const intentSay = "intent.say"

// endedTexts are the names of those texts.
var endedTexts = map[string]func(Ended) string{
	"session.ticket":   func(e Ended) string { return e.Ticket },
	"session.customer": func(e Ended) string { return e.Customer },
	"intent.id":        func(e Ended) string { return e.Intent },
	intentSay:          func(e Ended) string { return e.Say },
}

func parseEnded(text string) (ref, bool) {
	if _, ok := endedTexts[text]; ok {
		return ref{source: refEnded, name: text}, true
	}
	return parseRef(text)
}

// NewAfter reads what follows on an effect: another one, and where its arguments
// come from. Each is a ref (args.charge, facts.charge.customer, session.ticket),
// or a text with refs in braces. What is wrong comes by the argument; with any
// mistake there is no After. Both are effects.
func NewAfter(first, to *Action, args map[string]string) (*After, map[string]string) {
	a, wrong := &After{Action: to.Name, first: first, args: make(map[string]written, len(args))}, map[string]string{}
	for name, text := range args {
		at := to.op.index(name)
		if at < 0 {
			wrong[name] = "is no argument of " + to.Name
			continue
		}
		found, what := a.read(text, &to.op.params[at])
		if a.args[name] = found; what != "" {
			wrong[name] = what
		}
	}
	for _, p := range to.Params {
		if _, given := args[p.Name]; p.Required && !given {
			wrong[p.Name] = "must be given: " + to.Name + " needs it"
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return a, nil
}

// read is what is written into an argument, and what is wrong with it.
func (a *After) read(text string, p *param) (written, string) {
	r, ok := parseEnded(text)
	switch {
	case p.Kind == Money:
		return written{}, "is money, which is never carried from one effect into another"
	case !ok && Spells(p.Kind):
		return a.words(text, p)
	case !ok, r.source == refEnded && !Spells(p.Kind), r.source != refEnded && a.first.kindOf(r) != p.Kind:
		return written{}, "must be an argument or a fact of " + a.first.Name + " of the same kind"
	}
	return written{value: r}, ""
}

func (a *After) words(text string, p *param) (written, string) {
	pieces, wrong := cutPieces(text, func(name string) (ref, bool) {
		r, ok := parseEnded(name)
		return r, ok && (r.source == refEnded || a.first.showable(r))
	})
	if wrong != "" {
		return written{}, "has {" + wrong + "}, which is none of a safe argument, a fact that is no free text, session.ticket, session.customer, intent.id and intent.say"
	}
	constant := !slices.ContainsFunc(pieces, func(p piece) bool { return p.ref.source != refNone })
	if constant && !p.acceptsText(text) {
		return written{}, "must be " + p.hint()
	}
	return written{pieces: pieces}, ""
}

// Call is the call that follows on an effect, of the catalog that has its action.
// The error says what is not known of the first.
func (a *After) Call(c *Catalog, e Ended) (Call, *Action, error) {
	to, ok := c.Action(a.Action)
	if !ok {
		return Call{}, nil, fmt.Errorf("the catalog has no %s", a.Action)
	}
	out := make(Args, len(a.args))
	for _, name := range slices.Sorted(maps.Keys(a.args)) {
		v, err := a.value(to, name, e)
		if err != nil {
			return Call{}, nil, fmt.Errorf("after %s: %w", a.first.Name, err)
		}
		out[name] = v
	}
	return c.named(a.Action, out)
}

// value is what stands in an argument.
func (a *After) value(to *Action, name string, e Ended) (Value, error) {
	w := a.args[name]
	if w.value.source == refArgs || w.value.source == refFacts {
		v, ok := a.first.op.find(w.value, e.Args, e.Facts)
		if !ok {
			return Value{}, fmt.Errorf("%s is not known", w.value)
		}
		return v, nil
	}
	pieces := w.pieces
	if w.value.source == refEnded {
		pieces = []piece{{ref: w.value}}
	}
	var text strings.Builder
	for _, p := range pieces {
		word, known := a.word(p.ref, e)
		if !known {
			return Value{}, fmt.Errorf("%s is not known", p.ref)
		}
		text.WriteString(p.text + word)
	}
	v, ok := to.Spelled(name, text.String())
	if !ok {
		return Value{}, fmt.Errorf("%s does not take what is written there", name)
	}
	return v, nil
}

func (a *After) word(r ref, e Ended) (_ string, known bool) {
	switch r.source {
	case refNone:
		return "", true
	case refEnded:
		text := endedTexts[r.name](e)
		return printable(text), text != "" || r.name == intentSay
	default:
		return a.first.word(r, e.Args, e.Facts), true
	}
}
