package action

import (
	"fmt"
	"maps"

	"github.com/sallyport/sallyport/internal/money"
)

// Resolve fills in what absence means, what is named by a stand-in and the
// currency of the amount, from facts; args is not changed. It is an error when a needed fact is missing, and
// when what facts say is no value of the argument, such as nothing being left
// to refund.
func (a *Action) Resolve(args Args, facts Facts) (Args, error) {
	out := maps.Clone(args)
	if out == nil {
		out = Args{}
	}
	if err := a.op.settle(out, facts); err != nil {
		return nil, fmt.Errorf("resolve %s of %w", a.Name, err)
	}
	for i := range a.op.params {
		p := &a.op.params[i]
		if _, given := out[p.Name]; given {
			continue
		}
		switch {
		case p.constant != nil:
			out[p.Name] = *p.constant
		case p.rest != nil:
			v, err := p.resolve(args, facts)
			if err != nil {
				return nil, fmt.Errorf("resolve %s of %s: %w", p.Name, a.Name, err)
			}
			out[p.Name] = v
		}
	}
	v, given := out[a.MoneyArg]
	if !given || a.MoneyArg == "" {
		return out, nil
	}
	code, known, err := a.currency(v, out, facts)
	switch {
	case err != nil:
		return nil, fmt.Errorf("resolve %s of %s: %w", a.MoneyArg, a.Name, err)
	case !known:
		return nil, fmt.Errorf("resolve %s of %s: %s is not known", a.MoneyArg, a.Name, a.op.currency)
	}
	v.Text = code
	out[a.MoneyArg] = v
	return out, nil
}

// resolve computes an absent argument: one fact's field, or the difference of
// two.
func (p *param) resolve(args Args, facts Facts) (Value, error) {
	var terms [2]Value
	for i, r := range p.rest {
		v, ok := r.find(args, facts)
		if !ok {
			return Value{}, fmt.Errorf("%s is not known", r)
		}
		terms[i] = v
	}
	v := terms[0]
	if len(p.rest) == 2 {
		left, err := amountOf(terms[0]).Sub(amountOf(terms[1]))
		if err != nil {
			return Value{}, fmt.Errorf("%s - %s: %w", p.rest[0], p.rest[1], err)
		}
		v.Int = left.Minor
	}
	if !p.check(v) {
		if p.Kind == Money && v.Int < p.Min {
			return Value{}, fmt.Errorf("nothing is left: %d, and at least %d is needed", v.Int, p.Min)
		}
		return Value{}, fmt.Errorf("what the facts say is not %s", p.hint())
	}
	return v, nil
}

func amountOf(v Value) money.Amount { return money.Amount{Minor: v.Int, Currency: v.Text} }

// currency finds the currency of an amount. It is not known while it is a
// fact's and the fact was not given; a currency that contradicts the one the
// value already has is an error.
func (a *Action) currency(v Value, args Args, facts Facts) (code string, known bool, err error) {
	switch a.op.currency.source {
	case refConst, refArgs:
		filled := Args{a.MoneyArg: v}
		if a.op.currency.source == refArgs {
			filled[a.op.currency.name] = args[a.op.currency.name]
		}
		a.op.nameCurrency(filled)
		code = filled[a.MoneyArg].Text
	default:
		field, ok := a.op.currency.find(args, facts)
		if !ok {
			return v.Text, v.Text != "", nil
		}
		code = field.Text
	}
	if v.Text != "" && v.Text != code {
		return "", false, money.ErrCurrency
	}
	if _, ok := money.Exponent(code); !ok {
		return "", false, fmt.Errorf("%s is no ISO 4217 currency", a.op.currency)
	}
	if !a.op.params[a.op.index(a.MoneyArg)].fitsDecimals(code) {
		return "", false, fmt.Errorf("%s is %s, whose amounts have other decimals than the catalog says", a.op.currency, code)
	}
	return code, true, nil
}

// Amount is the money a call moves. It is false when the action moves none and
// while it is not known: an amount that is absent, or a currency whose fact was
// not given. An error means that facts and arguments contradict each other.
func (a *Action) Amount(args Args, facts Facts) (money.Amount, bool, error) {
	v, given := args[a.MoneyArg]
	if a.MoneyArg == "" || !given {
		return money.Amount{}, false, nil
	}
	code, known, err := a.currency(v, args, facts)
	if err != nil || !known {
		return money.Amount{}, false, err
	}
	return money.Amount{Minor: v.Int, Currency: code}, true, nil
}
