package money

import (
	"errors"
	"math"
	"testing"
)

func TestConvert(t *testing.T) {
	rates := Rates{}
	for from, text := range map[string]string{"EUR": "1.0850 USD", "JPY": "0.0067 USD", "KWD": "3.25 USD", "GBP": "1.25 EUR"} {
		rate, err := ParseRate(text)
		if err != nil {
			t.Fatal(err)
		}
		rates[from] = rate
	}
	for name, tc := range map[string]struct {
		a    Amount
		to   string
		want Amount
		err  error
	}{
		"itself":             {Amount{4000, "USD"}, "USD", Amount{4000, "USD"}, nil},
		"exactly":            {Amount{10000, "EUR"}, "USD", Amount{10850, "USD"}, nil},
		"rounded up":         {Amount{1, "EUR"}, "USD", Amount{2, "USD"}, nil},
		"nothing is nothing": {Amount{0, "EUR"}, "USD", Amount{0, "USD"}, nil},
		"no decimals":        {Amount{1000, "JPY"}, "USD", Amount{670, "USD"}, nil},
		"three decimals":     {Amount{1001, "KWD"}, "USD", Amount{326, "USD"}, nil},
		"not through two":    {Amount{100, "GBP"}, "USD", Amount{}, ErrCurrency},
		"not backwards":      {Amount{100, "USD"}, "EUR", Amount{}, ErrCurrency},
		"too large":          {Amount{math.MaxInt64, "EUR"}, "USD", Amount{}, ErrOverflow},
	} {
		if got, err := rates.Convert(tc.a, tc.to); got != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%s: %v, %v; want %v, %v", name, got, err, tc.want, tc.err)
		}
	}
	for _, text := range []string{"", "1.1", "USD", "0 USD", "0.0 USD", "-1 USD", "1/2 USD", "1e3 USD", "1. USD", ".5 USD", "1.123456789 USD", "1 usd", "1 XXX", "1  USD"} {
		if rate, err := ParseRate(text); err == nil {
			t.Errorf("ParseRate(%q) = %v, want an error", text, rate)
		}
	}
}
