package action

import (
	"strings"

	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
)

// An amount in major units, as "12.50", is minor units like every other one as soon as
// it is read: nothing behind Match knows how its tool spells it. How many decimals it
// has is its currency's to say, and nothing is ever rounded.

// byCurrency stands for the decimals of an amount whose currency the call or the
// answer says beside it. Its text is kept until that is known.
const byCurrency = -1

// mostDecimals is the most that a currency of ISO 4217 has.
const mostDecimals = 4

// fromMajor reads an amount in major units.
func (p *param) fromMajor(text string) (Value, bool) {
	v := Value{Kind: Money, Text: text}
	if p.decimals == byCurrency {
		return v, true
	}
	return p.settled(v, p.decimals)
}

// settled is an amount whose text was kept, in minor units.
func (p *param) settled(v Value, decimals int) (Value, bool) {
	text := v.Text
	if p.lenient {
		text = withoutZeros(text, decimals)
	}
	minor, err := money.ParseNumber(text, decimals)
	return Value{Kind: Money, Int: minor}, err == nil && p.inRange(minor)
}

// withoutZeros leaves out zeros behind the last decimal that a currency has: a tool may
// keep 12.5000, which is the same amount.
func withoutZeros(text string, decimals int) string {
	point := strings.IndexByte(text, '.')
	if point < 0 || strings.Trim(text[min(point+1+decimals, len(text)):], "0") != "" || point == len(text)-1 {
		return text
	}
	return strings.TrimSuffix(text[:min(point+1+decimals, len(text))], ".")
}

// major spells an amount as its tool does.
func (p *param) major(v Value) (string, bool) {
	decimals, known := p.decimals, true
	if decimals == byCurrency {
		decimals, known = money.Exponent(v.Text)
	}
	if !known {
		return "", false // rather nothing than another amount
	}
	return money.Number(v.Int, decimals), true
}

// fitsDecimals says that a currency has as many decimals as the catalog says the amount
// has. Of one that the call says itself the catalog need not say it.
func (p *param) fitsDecimals(code string) bool {
	decimals, known := money.Exponent(code)
	return !p.Major || p.decimals == byCurrency || known && p.decimals == decimals
}

// settle reads the amount whose decimals another argument says.
func (m *matcher) settle() *Mismatch {
	p := m.op.unread
	if p == nil {
		return nil
	}
	v, given := m.args[p.Name]
	if !given {
		return nil
	}
	code := strings.ToUpper(m.args[m.op.currency.name].Text)
	decimals, _ := money.Exponent(code) // the catalog lists only those that have one
	v, ok := p.settled(v, decimals)
	if !ok {
		return &Mismatch{Reason: reason.InputInvalid, Field: p.Name, Hint: p.amountHint(code, decimals)}
	}
	m.args[p.Name] = v
	return nil
}

// Written reads the action's amount as its tool spells it. args has the other
// arguments, of which one may say the currency. The hint says what would be one.
func (a *Action) Written(text string, args Args) (v Value, hint string, ok bool) {
	p := &a.op.params[a.op.index(a.MoneyArg)]
	v, ok = p.fromText(text)
	if p != a.op.unread {
		return v, p.hint(), ok
	}
	says := &a.op.params[a.op.index(a.op.currency.name)]
	currency, given := args[says.Name]
	if !given && says.constant != nil {
		currency = *says.constant
	}
	code := strings.ToUpper(currency.Text)
	decimals, known := money.Exponent(code)
	if !known {
		return Value{}, "an amount beside its currency, which " + says.Name + " says", false
	}
	v, ok = p.settled(v, decimals)
	return v, p.amountHint(code, decimals), ok
}
