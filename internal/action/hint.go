package action

import (
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

// hint says what the argument accepts.
func (p *param) hint() string {
	switch p.Kind {
	case ID:
		if p.pattern != nil {
			return "an id of the pattern that the catalog declares"
		}
		if len(p.prefixes) > 0 {
			return "an id that begins with " + strings.Join(p.prefixes, " or ")
		}
		if p.chars == digitChars {
			return "an id of digits without leading zeros"
		}
		return "an id of letters, digits and _"
	case Enum:
		return "one of " + strings.Join(p.Values, ", ")
	case Integer, Money, Decimal:
		return p.numberHint()
	case Time:
		if p.unix {
			return "a time in whole seconds since 1970"
		}
		return "a time as 2026-01-02T03:04:05Z"
	case Object:
		return "an object of " + p.fieldNames()
	case Bool:
		return "true or false"
	case List:
		return "a list of 1 to " + strconv.Itoa(maxItems) + ", each " + p.item.hint()
	default:
		return "a text of 1 to " + strconv.FormatInt(p.most(), 10) + " bytes in UTF-8"
	}
}

func (p *param) numberHint() string {
	text := "an integer"
	switch {
	case p.Major && p.decimals == byCurrency:
		return "an amount as 12.50, with no more decimals than its currency has, written plainly"
	case p.Major:
		return p.amountHint("", p.decimals)
	case p.Kind == Money:
		text = "an amount in the currency's smallest unit"
	}
	if p.Kind == Decimal {
		text = "a number of at most " + strconv.Itoa(p.Scale) + " digits behind the point"
	}
	text += " from " + strconv.FormatInt(p.Min, 10)
	if p.Max != 0 {
		text += " to " + strconv.FormatInt(p.Max, 10)
	}
	return text + ", written plainly"
}

// amountHint is the hint of an amount in major units; code is "" where a fact says the
// currency.
func (p *param) amountHint(code string, decimals int) string {
	text := "an amount"
	if code != "" {
		text += " in " + code
	}
	if decimals == 0 {
		text += " without decimals"
	} else {
		text += " with at most " + strconv.Itoa(decimals) + " decimals"
	}
	text += " as " + money.Number(1250, decimals) + ", from " + money.Number(p.Min, decimals)
	if p.Max != 0 {
		text += " to " + money.Number(p.Max, decimals)
	}
	return text + ", written plainly"
}

// fieldNames lists an object's fields as a request spells them.
func (p *param) fieldNames() string {
	names := make([]string, len(p.fields))
	for i := range p.fields {
		names[i] = p.fields[i].at
		if !p.fields[i].Required {
			names[i] += " (optional)"
		}
	}
	return strings.Join(names, ", ")
}
