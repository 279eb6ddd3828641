package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxText bounds the texts that Parse reads: 19 digits, a point and a currency
// fit well.
const maxText = 32

// Parse reads an amount in major units as people write it: "50 USD",
// "49.99 USD", "4000 JPY". The number is not negative, has no leading zeros, no
// separators and no more decimals than the currency has; one space and an
// active ISO 4217 currency in upper case follow.
func Parse(text string) (Amount, error) {
	number, currency, ok := strings.Cut(text, " ")
	if !ok || len(text) > maxText {
		return Amount{}, fmt.Errorf("an amount is written as 49.99 USD (got %.*q)", maxText, text)
	}
	exponent, ok := Exponent(currency)
	if !ok {
		return Amount{}, fmt.Errorf("the currency must be an upper case ISO 4217 code (got %q)", currency)
	}
	minor, err := ParseNumber(number, exponent)
	if err != nil {
		return Amount{}, fmt.Errorf("%w, written as 49.99 USD (got %q)", err, text)
	}
	return Amount{Minor: minor, Currency: currency}, nil
}

// ParseNumber reads the number of an amount in major units as its minor units, of a
// currency with so many decimals: "12.5" of two is 1250. Nothing is rounded: more
// decimals are an error, which holds nothing of the number.
func ParseNumber(number string, exponent int) (int64, error) {
	whole, decimals, point := strings.Cut(number, ".")
	switch {
	case !digits(whole) || (point && !digits(decimals)):
		return 0, errors.New("an amount is digits with one point at most")
	case len(whole) > 1 && whole[0] == '0':
		return 0, errors.New("an amount has no leading zeros")
	case len(decimals) > exponent:
		return 0, fmt.Errorf("an amount in this currency has at most %d decimals", exponent)
	}
	minor, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", exponent-len(decimals)), 10, 64)
	if err != nil {
		return 0, ErrOverflow
	}
	return minor, nil
}

// String prints the amount in major units, "100.00 USD" or "4000 JPY". A
// currency without a known exponent is printed in minor units, and says so.
func (a Amount) String() string {
	exponent, ok := Exponent(a.Currency)
	switch {
	case a.Currency == "":
		return strconv.FormatInt(a.Minor, 10) + " minor units"
	case !ok:
		return strconv.FormatInt(a.Minor, 10) + " minor units of " + a.Currency
	}
	return Number(a.Minor, exponent) + " " + a.Currency
}

// Number writes minor units in major ones, with all decimals of the currency: 1250 of
// two is "12.50".
func Number(minor int64, exponent int) string {
	text := strconv.FormatInt(minor, 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	if exponent == 0 {
		return sign + text
	}
	if missing := exponent + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	point := len(text) - exponent
	return sign + text[:point] + "." + text[point:]
}

// digits reports whether a text is one or more ASCII digits.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
