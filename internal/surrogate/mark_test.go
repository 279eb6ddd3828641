package surrogate_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

func TestMark(t *testing.T) {
	var got []string
	var finder pii.Finder
	for typ := pii.Email; typ < pii.Type(pii.Types); typ++ {
		mark := surrogate.Mark{}.Mint([]byte("kept "), typ, []byte("value"))
		if !json.Valid([]byte(`"`+string(mark)+`"`)) || len(finder.Find(nil, mark, pii.All)) != 0 {
			t.Errorf("%q needs escaping or is personal data itself", mark)
		}
		got = append(got, string(mark))
	}
	want := []string{"kept [email]", "kept [card]", "kept [ssn]", "kept [phone]", "kept [name]", "kept [text]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
