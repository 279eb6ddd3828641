package money

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/quick"
)

func TestArithmetic(t *testing.T) {
	const most, least = math.MaxInt64, math.MinInt64
	usd := func(minor int64) Amount { return Amount{Minor: minor, Currency: "USD"} }
	for name, tc := range map[string]struct {
		a, b             Amount
		sum, difference  Amount
		addErr, subError error
	}{
		"small":             {a: usd(4000), b: usd(999), sum: usd(4999), difference: usd(3001)},
		"below zero":        {a: usd(1), b: usd(2), sum: usd(3), difference: usd(-1)},
		"two currencies":    {a: usd(1), b: Amount{1, "EUR"}, addErr: ErrCurrency, subError: ErrCurrency},
		"no currency":       {a: usd(1), b: Amount{}, addErr: ErrCurrency, subError: ErrCurrency},
		"too large":         {a: usd(most), b: usd(1), addErr: ErrOverflow, difference: usd(most - 1)},
		"too small":         {a: usd(least), b: usd(1), sum: usd(least + 1), subError: ErrOverflow},
		"minus the least":   {a: usd(0), b: usd(least), sum: usd(least), subError: ErrOverflow},
		"least minus least": {a: usd(least), b: usd(least), addErr: ErrOverflow, difference: usd(0)},
		"-1 minus least":    {a: usd(-1), b: usd(least), addErr: ErrOverflow, difference: usd(most)},
	} {
		t.Run(name, func(t *testing.T) {
			if sum, err := tc.a.Add(tc.b); sum != tc.sum || !errors.Is(err, tc.addErr) {
				t.Errorf("Add = %v, %v; want %v, %v", sum, err, tc.sum, tc.addErr)
			}
			if difference, err := tc.a.Sub(tc.b); difference != tc.difference || !errors.Is(err, tc.subError) {
				t.Errorf("Sub = %v, %v; want %v, %v", difference, err, tc.difference, tc.subError)
			}
		})
	}
}

func TestCmp(t *testing.T) {
	a, b := Amount{4999, "USD"}, Amount{5000, "USD"}
	for name, tc := range map[string]struct {
		a, b Amount
		want int
	}{"less": {a, b, -1}, "equal": {a, a, 0}, "more": {b, a, 1}} {
		if got, err := tc.a.Cmp(tc.b); got != tc.want || err != nil {
			t.Errorf("%s: Cmp = %d, %v; want %d", name, got, err, tc.want)
		}
	}
	if _, err := a.Cmp(Amount{4999, "EUR"}); !errors.Is(err, ErrCurrency) {
		t.Errorf("two currencies compare: %v", err)
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]Amount{
		"50 USD": {5000, "USD"}, "49.99 USD": {4999, "USD"}, "49.9 USD": {4990, "USD"}, "0.05 USD": {5, "USD"},
		"4000 JPY": {4000, "JPY"}, "1.234 KWD": {1234, "KWD"}, "0 EUR": {0, "EUR"}, "1.0001 CLF": {10001, "CLF"},
		"92233720368547758.07 USD": {math.MaxInt64, "USD"},
	} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "50", "USD", "50USD", "50  USD", "50 usd", "50 XAU", "50 XXX", "50 SD ", "-5 USD", "+5 USD", "050 USD",
		"00 USD", "49.999 USD", "1.5 JPY", "1. USD", ".5 USD", "1,000 USD", "1e3 USD", "١ USD", "50 USD ", "0x1 USD",
		"92233720368547758.08 USD", strings.Repeat("9", 40) + " USD",
	} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", text, got)
		}
	}
	for want, amount := range map[string]Amount{
		"50.00 USD": {5000, "USD"}, "0.05 USD": {5, "USD"}, "-0.50 USD": {-50, "USD"}, "4000 JPY": {4000, "JPY"},
		"1.234 KWD": {1234, "KWD"}, "7 minor units": {7, ""}, "7 minor units of XAU": {7, "XAU"},
		"-92233720368547758.08 USD": {math.MinInt64, "USD"},
	} {
		if got := amount.String(); got != want {
			t.Errorf("%#v prints %q, want %q", amount, got, want)
		}
	}
}

// What is printed is read back as the same amount.
func TestPrintedAmountsAreReadBack(t *testing.T) {
	currencies := []string{"USD", "JPY", "KWD", "CLF"}
	law := func(minor int64, pick uint8) bool {
		want := Amount{Minor: minor & math.MaxInt64, Currency: currencies[int(pick)%len(currencies)]}
		got, err := Parse(want.String())
		return err == nil && got == want
	}
	if err := quick.Check(law, nil); err != nil {
		t.Error(err)
	}
}

func TestExponent(t *testing.T) {
	for currency, want := range map[string]int{"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "UYW": 4, "ZWG": 2, "XCG": 2} {
		if got, ok := Exponent(currency); got != want || !ok {
			t.Errorf("Exponent(%s) = %d, %t; want %d", currency, got, ok, want)
		}
	}
	for _, code := range []string{"", "usd", "US", "USDX", "XAU", "XXX", "HRK", "D A", "ED ", " AF"} {
		if got, ok := Exponent(code); ok {
			t.Errorf("Exponent(%q) = %d, want none", code, got)
		}
	}
	// One code in two lists would have two exponents.
	all := strings.Fields(zeroDecimals + " " + twoDecimals + " " + threeDecimals + " " + fourDecimals)
	seen := map[string]bool{}
	for _, code := range all {
		if seen[code] || len(code) != 3 {
			t.Errorf("%q is listed twice or is no code", code)
		}
		seen[code] = true
	}
}
