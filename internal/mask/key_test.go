package mask_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// A key that is personal data is masked also where it takes the place of the key that
// was expected there: a few of these do.
func TestKeyInThePlaceOfAnother(t *testing.T) {
	for n := range 400 {
		body := fmt.Appendf(nil, `[{"x":1,"k":1},{"x":1,"k":1},{"x":1,"k":1},{"x":1,"k":1},{"y":1,"a%d@b.co":1},{"x":1,"a%[1]d@b.co":1},"and something more behind it"]`, n)
		got, _, err := mask.Body(nil, body, "application/json", mask.Default(), surrogate.Mark{})
		if err != nil || bytes.IndexByte(got, '@') >= 0 {
			t.Fatalf("%s became %s, %v", body, got, err)
		}
	}
}
