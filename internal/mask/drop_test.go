package mask_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

func TestDrop(t *testing.T) {
	p := mask.Default()
	p.Drop = map[string]bool{"internalnote": true}
	for name, c := range map[string]struct{ media, in, want string }{
		"string":      {"application/json", `{"internal_note":"a@b.co","x":1}`, `{"internal_note":null,"x":1}`},
		"object":      {"application/json", `{"Internal-Note":{"name":"Ann Lee"},"x":"by Ann Lee"}`, `{"Internal-Note":null,"x":"by Ann Lee"}`},
		"list":        {"application/json", `{"internalNote" : [1, {"a":[]}] }`, `{"internalNote" : null }`},
		"in a string": {"application/json", `{"text":"{\"internal_note\":\"secret\"}"}`, `{"text":"{\"internal_note\":null}"}`},
		"escaped key": {"application/json", `{"internal\u005fnote":7}`, `{"internal\u005fnote":null}`},
		"table":       {"text/csv", "id,internal_note\n1,x y\n", "id,internal_note\n1,[text]\n"},
		"null":        {"application/json", `{"internal_note":null}`, `{"internal_note":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := mask.Body(nil, []byte(c.in), c.media, p, surrogate.Mark{})
			if err != nil || string(out) != c.want {
				t.Errorf("got  %s, %v\nwant %s", out, err, c.want)
			}
			again, counts, err := mask.Body(nil, out, c.media, p, surrogate.Mark{})
			if err != nil || string(again) != string(out) || counts != (mask.Report{}) {
				t.Errorf("masked again: %s, %v, %v", again, counts, err)
			}
		})
	}
	if _, _, err := mask.Body(nil, []byte(`{"internal_note":{]}`), "application/json", p, surrogate.Mark{}); err == nil {
		t.Error("what is dropped may be anything")
	}
}

func TestRegionsCount(t *testing.T) {
	p := mask.Default()
	p.Regions = regions(t, "GB")
	const body = `{"note":"try 07700 900123"}`
	if out, _, err := mask.Body(nil, []byte(body), "application/json", p, surrogate.Mark{}); err != nil || string(out) != `{"note":"try [phone]"}` {
		t.Errorf("%s, %v", out, err)
	}
	if got := masked(t, "application/json", body); got != body {
		t.Errorf("without the region: %s", got)
	}
}
