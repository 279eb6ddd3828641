package surrogate_test

import (
	"encoding/json"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

func TestMark(t *testing.T) {
	var finder pii.Finder
	for typ := pii.Email; typ < pii.Type(pii.Types); typ++ {
		mark := surrogate.Mark{}.Mint([]byte("kept "), surrogate.Value{Type: typ, Text: []byte("value")})
		if !json.Valid([]byte(`"`+string(mark)+`"`)) || len(finder.Find(nil, mark, pii.All)) != 0 {
			t.Errorf("%q needs escaping or is personal data itself", mark)
		}
		if want := "kept [" + typ.String() + "]"; string(mark) != want {
			t.Errorf("%q, want %q", mark, want)
		}
	}
}
