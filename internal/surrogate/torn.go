package surrogate

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// Torn reports that a text holds what is left of a surrogate: one that lost a bracket
// when it was copied, or whose middle was left out, as in [name:bm2w…]. Nobody can turn it
// back, and whoever reads the text could make nothing of it.
func Torn(text []byte) bool {
	whole, at := Find(nil, text), 0
	for i, c := range text {
		for at < len(whole) && i >= whole[at].End {
			at++
		}
		if c == ':' && (at == len(whole) || i < whole[at].Start) && tornAt(text, i) {
			return true
		}
	}
	return false
}

// fewestTorn is how much of a seal stands before what was left out, at least.
const fewestTorn = 4

// tornAt reports that the colon at text[i] is one behind the type of such a surrogate.
func tornAt(text []byte, i int) bool {
	from := i
	for from > 0 && i-from < longestName && (lower(text[from-1])-'a' < 26 || text[from-1] == '_') {
		from--
	}
	if t, ok := pii.ParseType(string(lowered(text[from:i]))); !ok || t == pii.Secret || t == pii.Text {
		return false
	}
	end := i + 1
	for end < len(text) && value(text[end]) < 32 {
		end++
	}
	size := end - i - 1
	if size >= 1+shortestBody {
		return true
	}
	opened := from > 0 && text[from-1] == '['
	return opened && size >= fewestTorn && (bytes.HasPrefix(text[end:], []byte("...")) || bytes.HasPrefix(text[end:], []byte("…")))
}
