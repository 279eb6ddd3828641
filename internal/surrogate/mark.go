package surrogate

import "github.com/sallyport/sallyport/internal/pii"

// Minter makes stand-ins.
type Minter interface {
	// Mint appends the stand-in for value, which is of the type and free of any
	// escaping, to dst. It MUST append the same bytes for the same input, and
	// only its own bytes when value is a stand-in it made.
	Mint(dst []byte, typ pii.Type, value []byte) []byte
}

// Mark mints one-way marks: [email], [card], [ssn], [phone], [name], [text].
type Mark struct{}

// Mint appends the mark of the type.
func (Mark) Mint(dst []byte, typ pii.Type, _ []byte) []byte {
	dst = append(dst, '[')
	dst = append(dst, typ.String()...)
	return append(dst, ']')
}
