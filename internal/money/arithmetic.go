package money

import (
	"cmp"
	"errors"
	"math"
)

// ErrOverflow is returned when a sum does not fit into 64 bits.
var ErrOverflow = errors.New("the amount is too large")

// Add returns a + b. It is ErrCurrency for two currencies, ErrOverflow when the
// sum does not fit.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrCurrency
	}
	if (b.Minor > 0 && a.Minor > math.MaxInt64-b.Minor) || (b.Minor < 0 && a.Minor < math.MinInt64-b.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: a.Minor + b.Minor, Currency: a.Currency}, nil
}

// Sub returns a - b, with the errors of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrCurrency
	}
	if (b.Minor < 0 && a.Minor > math.MaxInt64+b.Minor) || (b.Minor > 0 && a.Minor < math.MinInt64+b.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: a.Minor - b.Minor, Currency: a.Currency}, nil
}

// Cmp is -1, 0 or 1 as a is less than, equal to or more than b; ErrCurrency for
// two currencies.
func (a Amount) Cmp(b Amount) (int, error) {
	if a.Currency != b.Currency {
		return 0, ErrCurrency
	}
	return cmp.Compare(a.Minor, b.Minor), nil
}
