package corpus_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/test/pii/corpus"
)

func TestDocumentsAreWhatTheySay(t *testing.T) {
	for _, set := range []corpus.Set{corpus.Open, corpus.Held} {
		values, chinese, forms := 0, 0, map[string]int{}
		for _, d := range corpus.Make(7, set, 4000) {
			forms[d.Form]++
			if d.Media == "application/json" && !json.Valid([]byte(d.Body)) {
				t.Fatalf("%s (%s) is not valid JSON: %s", d.ID, d.Form, d.Body)
			}
			if !utf8.ValidString(d.Body) {
				t.Fatalf("%s (%s) is not UTF-8", d.ID, d.Form)
			}
			end := 0
			for _, v := range d.Values {
				if v.Start < end || v.End <= v.Start || v.End > len(d.Body) {
					t.Fatalf("%s: wrong place %+v", d.ID, v)
				}
				end = v.End
				if _, ok := pii.ParseType(v.Type); !ok {
					t.Errorf("%s: no type %q", d.ID, v.Type)
				}
				if d.Form == "plain" && d.Media != "application/json" && d.Body[v.Start:v.End] != v.Text {
					t.Errorf("%s: %q stands where %q is said to", d.ID, d.Body[v.Start:v.End], v.Text)
				}
				values++
				if v.Chinese {
					chinese++
				}
			}
		}
		if chinese*5 < values {
			t.Errorf("set %d: %d of %d values are Chinese, want a fifth", set, chinese, values)
		}
		if len(forms) < 12 {
			t.Errorf("set %d has the forms %v only", set, forms)
		}
	}
}

func TestSeedGivesTheSameDocuments(t *testing.T) {
	a, b, c := corpus.Make(1, corpus.Open, 300), corpus.Make(1, corpus.Open, 300), corpus.Make(2, corpus.Open, 300)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(a, c) {
		t.Error("another seed gives the same documents")
	}
}
