package money

import "errors"

// ErrCurrency is returned when two currencies meet.
var ErrCurrency = errors.New("two currencies do not add or compare")

// Amount is Minor units of Currency: {4000, "USD"} is 40.00 USD and
// {4000, "JPY"} is 4000 JPY. The zero Amount has no currency and is not money.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // upper case ISO 4217
}
