package action

import (
	"strconv"

	"github.com/sallyport/sallyport/internal/reason"
)

// maxField bounds what a mismatch repeats of a request.
const maxField = 100

func unlisted(field string) *Mismatch {
	return &Mismatch{Reason: reason.InputUnlisted, Field: cutField(field), Hint: "leave it out: the catalog does not list it for this action"}
}

func duplicate(field string) *Mismatch {
	return &Mismatch{Reason: reason.InputDuplicate, Field: cutField(field), Hint: "give it once"}
}

func (p *param) invalid() *Mismatch {
	return &Mismatch{Reason: reason.InputInvalid, Field: p.Name, Hint: p.hint()}
}

// cutField makes a name from a request fit to be shown: at most maxField bytes
// of printable ASCII.
func cutField(name string) string {
	plain := len(name) <= maxField
	for i := 0; plain && i < len(name); i++ {
		plain = name[i] >= ' ' && name[i] < 0x7f
	}
	if plain {
		return name
	}
	out := []byte(name[:min(len(name), maxField)])
	for i, b := range out {
		if b < ' ' || b >= 0x7f {
			out[i] = '?'
		}
	}
	return string(out)
}

// Error words a mismatch for logs and for Build.
func (m *Mismatch) Error() string {
	text := string(m.Reason)
	if m.Field != "" {
		text += ": " + m.Field
	}
	return text + ": " + m.Hint
}

func itoa(n int) string { return strconv.Itoa(n) }
