package surrogate

import "github.com/sallyport/sallyport/internal/pii"

// Value is a piece of personal data that was found.
type Value struct {
	Type  pii.Type
	Field []byte // the key it stands under, folded by pii.FoldKey; empty for none, and for a type that is not Bound
	Text  []byte // free of any escaping
	Show  bool   // Visible may stand beside the surrogate
}

// Minter makes stand-ins.
type Minter interface {
	// Mint appends the stand-in for a value to dst. It MUST append the same bytes
	// for the same input, and only its own bytes when the value is a stand-in it made.
	Mint(dst []byte, v Value) []byte
	// Own is how many bytes of text, from its beginning, are a surrogate that this
	// minter made: 0 for none. Such a one is not searched for personal data.
	Own(text []byte) int
}

// Mark mints one-way marks: [email], [card], [ssn], [phone], [name], [text].
type Mark struct{}

// Mint appends the mark of the type.
func (Mark) Mint(dst []byte, v Value) []byte {
	return append(dst, marks[v.Type]...)
}

// marks are made once.
var marks = func() (out [pii.Types]string) {
	for t := range out {
		out[t] = "[" + pii.Type(t).String() + "]"
	}
	return out
}()

// Own is 0: a mark is not found as personal data.
func (Mark) Own([]byte) int { return 0 }

// isMark reports a text that is the mark of some type.
func isMark(text []byte) bool {
	return len(text) > 0 && pii.Mark(text) == len(text)
}
