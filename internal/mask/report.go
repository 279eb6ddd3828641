package mask

import (
	"strconv"

	"github.com/sallyport/sallyport/internal/pii"
)

// Report counts what was masked, by type. It holds nothing of the values.
type Report [pii.Types]int

// Add adds the counts of another report.
func (r *Report) Add(other Report) {
	for t, n := range other {
		r[t] += n
	}
}

// AppendJSON appends the counts that are not zero, {} for none:
// {"email":2,"name":1}.
func (r Report) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for t, n := range r {
		if n == 0 {
			continue
		}
		dst = append(appendItem(dst, pii.Type(t).String()), ':')
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	return append(dst, '}')
}
