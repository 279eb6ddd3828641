package money

import (
	"fmt"
	"math/big"
	"strings"
)

// Rates are a fixed table of exchange, by the currency that is exchanged: one
// unit of it is worth so much in one other currency.
type Rates map[string]Rate

// Rate is what one major unit of a currency is worth: 1.0850 USD.
type Rate struct {
	To    string // upper case ISO 4217
	worth *big.Rat
}

// rateDecimals bounds how finely a rate is written.
const rateDecimals = 8

// ParseRate reads "1.0850 USD". It is more than nothing, and has at most 8 decimals.
func ParseRate(text string) (Rate, error) {
	number, currency, ok := strings.Cut(text, " ")
	if _, known := Exponent(currency); !ok || !known || len(text) > maxText {
		return Rate{}, fmt.Errorf("a rate is written as 1.0850 USD (got %.*q)", maxText, text)
	}
	whole, decimals, point := strings.Cut(number, ".")
	if !digits(whole) || point && !digits(decimals) || len(decimals) > rateDecimals {
		return Rate{}, fmt.Errorf("a rate is written as 1.0850 USD, with at most %d decimals (got %q)", rateDecimals, text)
	}
	worth, ok := new(big.Rat).SetString(number)
	if !ok || worth.Sign() <= 0 {
		return Rate{}, fmt.Errorf("a rate is more than 0 (got %q)", text)
	}
	return Rate{To: currency, worth: worth}, nil
}

// Convert gives an amount in another currency, rounded up to its minor unit, so
// that what is counted is never less than what is moved. It is ErrCurrency when
// the table does not say, ErrOverflow when it does not fit.
func (r Rates) Convert(a Amount, to string) (Amount, error) {
	if a.Currency == to {
		return a, nil
	}
	rate, ok := r[a.Currency]
	from, known := Exponent(a.Currency)
	if !ok || !known || rate.To != to {
		return Amount{}, ErrCurrency
	}
	into, _ := Exponent(to)
	worth := new(big.Rat).Mul(new(big.Rat).SetInt64(a.Minor), rate.worth)
	worth.Mul(worth, new(big.Rat).SetFrac(power(into), power(from)))
	minor, rest := new(big.Int).DivMod(worth.Num(), worth.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		minor.Add(minor, big.NewInt(1))
	}
	if !minor.IsInt64() {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: minor.Int64(), Currency: to}, nil
}

func power(exponent int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)
}
