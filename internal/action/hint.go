package action

import (
	"strconv"
	"strings"
)

// hint says what the argument accepts.
func (p *param) hint() string {
	switch p.Kind {
	case ID:
		if len(p.prefixes) > 0 {
			return "an id that begins with " + strings.Join(p.prefixes, " or ")
		}
		if p.chars == digitChars {
			return "an id of digits without leading zeros"
		}
		return "an id of letters, digits and _"
	case Enum:
		return "one of " + strings.Join(p.Values, ", ")
	case Integer, Money:
		return p.numberHint()
	case Bool:
		return "true or false"
	case List:
		return "a list of 1 to " + strconv.Itoa(maxItems) + " texts"
	default:
		return "a text of 1 to " + strconv.FormatInt(p.most(), 10) + " bytes in UTF-8"
	}
}

func (p *param) numberHint() string {
	text := "an integer"
	if p.Kind == Money {
		text = "an amount in the currency's smallest unit"
	}
	text += " from " + strconv.FormatInt(p.Min, 10)
	if p.Max != 0 {
		text += " to " + strconv.FormatInt(p.Max, 10)
	}
	return text + ", written plainly"
}
