package lint

import (
	"fmt"
	"strconv"
	"strings"
)

// few are as many rules as a line names.
const few = 3

// String says the amounts in one line: "billing: stripe.refund.create: up to 50
// USD at once, 50 to 500 USD waits for billing_leads, above refused".
func (a Amounts) String() string {
	var said []string
	bands := a.merged()
	for i, b := range bands.Bands {
		span := bands.span(i)
		if i > 0 && b.To == "" {
			span = "above" // the amount was said just before
		}
		said = append(said, span+" "+b.words())
	}
	text := a.Who + ": " + a.Action + ": " + strings.Join(said, ", ")
	if len(a.Except) > 0 {
		text += "; refused when " + strings.Join(a.Except, ", or when ")
	}
	if len(a.Untried) > 0 {
		some, more := a.Untried, ""
		if len(some) > few {
			some, more = some[:few], " or another rule"
		}
		text += "; under which circumstances " + strings.Join(some, " or ") + more + " allows was not found"
	}
	return text
}

// merged joins neighbours that read the same.
func (a Amounts) merged() Amounts {
	out := Amounts{Who: a.Who, Action: a.Action, Currency: a.Currency}
	for _, b := range a.Bands {
		if n := len(out.Bands); n > 0 && out.Bands[n-1].words() == b.words() {
			out.Bands[n-1].To, out.Bands[n-1].to = b.To, b.to
			continue
		}
		out.Bands = append(out.Bands, b)
	}
	return out
}

func (b Band) words() string {
	text := b.Outcome
	if b.Outcome == "waits" {
		text += " for " + b.Group
		if b.Votes > 1 {
			text = fmt.Sprintf("waits for %d of %s", b.Votes, b.Group)
		}
	}
	if len(b.If) > 0 {
		text += " if " + strings.Join(b.If, " and ")
	}
	return text
}

// span is a band as people say it: each begins where the one before it ends.
func (a Amounts) span(i int) string {
	b := a.Bands[i]
	switch {
	case i == 0 && b.To == "":
		return "any amount"
	case i == 0:
		return "up to " + b.To
	case b.To == "":
		return "above " + a.Bands[i-1].To
	}
	from, _, _ := strings.Cut(a.Bands[i-1].To, " ")
	return from + " to " + b.To
}

func lineOf(place string) int {
	_, text, _ := strings.Cut(place, ":")
	n, _ := strconv.Atoi(text) // "" is no rule, and no line
	return n
}
