package decision

import (
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Leak is what the arguments of a call would give away; the zero Leak is nothing.
type Leak struct {
	Reason reason.Code // "" with Hold
	Field  string      // the argument
	Hint   string      // what it holds, and no value
	Hold   bool        // it may go out when a person agrees
}

// never are what no argument may hold unless its catalog says so. Dates of birth are
// so few that whoever wrote all of them would find one by its surrogate.
var never = pii.Set(0).With(pii.Card).With(pii.SSN).With(pii.Secret).With(pii.Birthdate)

// Outgoing looks at what a call would write or ask for.
func Outgoing(act *action.Action, args action.Args) Leak {
	var held Leak
	for i := range act.Params {
		p := &act.Params[i]
		v, given := args[p.Name]
		if !given {
			continue
		}
		switch leak := leakOf(act, p, v); {
		case leak.Reason != "":
			return leak
		case leak.Hold:
			held = leak
		}
	}
	return held
}

func leakOf(act *action.Action, p *action.Param, v action.Value) Leak {
	if p.Recipient && !isSurrogate(v.Text) {
		return Leak{Reason: reason.RecipientUnknown, Field: p.Name}
	}
	types := never
	switch p.Personal {
	case action.PersonalPass:
		return Leak{}
	case action.PersonalRefuse, action.PersonalHold:
		types = pii.All
	case "":
		if !act.IsText(p.Name) { // the place in a list is often in base64, as some keys are
			types &^= pii.Set(0).With(pii.Secret)
		}
	}
	found := personal(v, types)
	switch {
	case found == "":
		return Leak{}
	case p.Personal == action.PersonalHold:
		return Leak{Field: p.Name, Hint: "it holds: " + found, Hold: true}
	}
	return Leak{Reason: reason.PersonalData, Field: p.Name, Hint: "it holds: " + found}
}

// isSurrogate says that a text is one surrogate and nothing else.
func isSurrogate(text string) bool {
	tokens := surrogate.Find(nil, []byte(text))
	return len(tokens) == 1 && tokens[0].End-tokens[0].Start == len(text)
}

// personal names the first type that is found in a value, "" for none.
func personal(v action.Value, types pii.Set) string {
	switch v.Kind {
	case action.String:
		return inText(v.Text, "text/plain", types)
	case action.Integer, action.Decimal:
		if v.Kind == action.Integer && v.Int >= 0 && v.Int < leastTelling {
			return ""
		}
		text, _ := v.Spell()
		return inText(`{"value":`+text+`}`, "application/json", types) // a card is told by its digits
	case action.List:
		for _, item := range v.List {
			if found := personal(item, types); found != "" {
				return found
			}
		}
	case action.Object:
		for _, field := range v.Fields {
			if found := personal(field, types); found != "" {
				return found
			}
		}
	default: // an id, an enum, a time or an amount
	}
	return ""
}

// leastTelling is the least number that can be a personal value by its digits
// alone: nine of them are a social security number.
const leastTelling = 100_000_000

// inText looks at a text as the mask looks at a tool's: it reads JSON, forms and
// escapes in it. What it cannot read is refused as what it might be.
func inText(text, media string, types pii.Set) string {
	if text == "" {
		return ""
	}
	found, err := mask.Scan([]byte(withoutSeals(text)), media, mask.Default(), surrogate.Mark{})
	if err != nil {
		return "what cannot be read"
	}
	for _, f := range found {
		if types.Has(f.Type) {
			return f.Type.String()
		}
	}
	if len(found) > mostInClear {
		return "too many values at once"
	}
	return ""
}

// mostInClear is how many personal values a text may hold where they pass: who
// writes many guesses could compare their surrogates with those of the true ones.
const mostInClear = 10

// withoutSeals leaves of each surrogate what anybody can read.
func withoutSeals(text string) string {
	tokens := surrogate.Find(nil, []byte(text))
	if len(tokens) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for _, t := range tokens {
		b.WriteString(text[done:t.Start])
		b.WriteString("[" + t.Visible() + "]")
		done = t.End
	}
	b.WriteString(text[done:])
	return b.String()
}
