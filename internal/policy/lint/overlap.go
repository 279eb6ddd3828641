package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
)

// overlaps finds amounts that a rule says it is about, and another one decides:
// an allow before it that asks fewer people, or a deny. Where a hold names no
// smallest amount, an allow of small amounts above it is how both are meant.
func (l *linter) overlaps(r policy.Rule, i int, all []policy.Rule) {
	for j, other := range all {
		if l.covers(other, r) || !l.hasRole(other, r) || !l.hasActions(other, r) {
			continue
		}
		switch span, found := l.overlap(other, r); {
		case !found:
		case !other.Allow && span.most < unbounded:
			l.add(r.Line, false, span.String()+" is denied by "+place(other)+", and a deny always wins",
				"let this rule end where the deny begins, or narrow the deny")
		case other.Allow && j < i && r.Obligations.Hold != nil && weaker(other, r) && l.begins(r, span.of):
			l.add(r.Line, true, fmt.Sprintf("%s needs less than it says: %s allows that before it", span, place(other)),
				"let one of the two begin where the other one ends")
		}
	}
}

// span are the amounts that two rules speak about.
type span struct {
	of          string
	least, most int64
	currency    string
}

// String is the span as people say it.
func (s span) String() string {
	if s.most >= unbounded {
		return "from " + spell(s.least, s.currency) + " on"
	}
	return "from " + spell(s.least, s.currency) + " to " + spell(s.most, s.currency)
}

// overlap are the amounts for which a is true whenever b is: all of a but bounds
// of one amount, which b bounds as well, follows from b.
func (l *linter) overlap(a, b policy.Rule) (span, bool) {
	for _, one := range l.read[a.Line] {
		if !one.bounded {
			continue
		}
		is := func(p part) bool { return p.bounded && p.bound.of == one.bound.of }
		rest := slices.DeleteFunc(slices.Clone(l.read[a.Line]), is)
		if !slices.ContainsFunc(l.read[b.Line], is) || !implies(l.read[b.Line], rest) {
			continue
		}
		s := span{one.bound.of, -unbounded, unbounded, one.bound.amount.Currency}
		for _, p := range slices.Concat(l.read[a.Line], l.read[b.Line]) {
			if !is(p) {
				continue
			}
			if p.bound.amount.Currency != s.currency {
				return span{}, false
			}
			least, most := p.bound.span()
			s.least, s.most = max(s.least, least), min(s.most, most)
		}
		return s, s.least > 0 && s.least <= s.most
	}
	return span{}, false
}

// begins says that a rule names the smallest amount that it is about.
func (l *linter) begins(r policy.Rule, of string) bool {
	return slices.ContainsFunc(l.read[r.Line], func(p part) bool {
		least, _ := p.bound.span()
		return p.bounded && p.bound.of == of && least > -unbounded
	})
}

// spell is an amount without decimals that say nothing.
func spell(minor int64, currency string) string {
	text := money.Amount{Minor: minor, Currency: currency}.String()
	number, currency, _ := strings.Cut(text, " ")
	if whole, cents, ok := strings.Cut(number, "."); ok && strings.Trim(cents, "0") == "" {
		number = whole
	}
	return number + " " + currency
}
