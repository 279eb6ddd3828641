package decision

import (
	"fmt"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Numbers that nobody looks at are none that the mask would find something in.
func TestSmallNumbersTellNothing(t *testing.T) {
	const apart = 9973 // a prime: every last digit comes up
	for n := 0; n < leastTelling; n += apart {
		found, err := mask.Scan(fmt.Appendf(nil, `{"value":%d}`, n), "application/json", mask.Default(), surrogate.Mark{})
		if err != nil || len(found) > 0 {
			t.Fatalf("%d: %v, %v", n, found, err)
		}
	}
}
