package answer

import (
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
)

// Sentence is what the model should read: what happened, why, what would be
// accepted, when to come back, and the id to quote. Words of the rule or the
// person come first, because they are written for this tenant.
func Sentence(t Thing) string {
	var b strings.Builder
	say(&b, t.Say)
	say(&b, lookup(t.Code).text)
	if t.Field != "" {
		say(&b, "It is about: "+t.Field)
	}
	say(&b, upperFirst(t.Hint))
	if t.Group != "" {
		say(&b, "Asked are: "+t.Group)
	}
	if t.Limit != "" {
		say(&b, "The limit is "+t.Limit)
	}
	if !t.RetryAt.IsZero() {
		say(&b, "Try again after "+t.RetryAt.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	if t.Intent != "" {
		say(&b, "Approval: "+t.Intent)
	}
	b.WriteString("(" + string(code(t)) + ", " + t.Decision + ")")
	return b.String()
}

// say adds a sentence with its full stop.
func say(b *strings.Builder, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	b.WriteString(text)
	if last := text[len(text)-1]; last != '.' && last != '!' && last != '?' {
		b.WriteByte('.')
	}
	b.WriteByte(' ')
}

func upperFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// code never answers with an empty or an allowing code.
func code(t Thing) reason.Code {
	if t.Code == "" || t.Code == reason.Allowed {
		return reason.Internal
	}
	return t.Code
}
