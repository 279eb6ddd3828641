package grant

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// texts are plain ones and those that need an escape.
var texts = []string{"", "acme", "dec-1", "a b", "~!@#$%^*()", "<", ">", "&", "\"", "\\", "\n", "\x7f", "é", "\u2028", "'"}

// fill sets every member of an admission; one that is new and is not written is
// found so.
func fill(r *rand.Rand, all []string) Admission {
	var a Admission
	v := reflect.ValueOf(&a).Elem()
	for i := range v.NumField() {
		text := all[r.IntN(len(all))]
		switch f := v.Field(i); f.Interface().(type) {
		case string:
			f.SetString(text)
		case int64:
			f.SetInt([]int64{0, 1, -1, 1 << 40}[r.IntN(4)])
		case bool:
			f.SetBool(r.IntN(2) == 0)
		case []string:
			f.Set(reflect.ValueOf([][]string{nil, {}, {text}, {"a", text, "b"}}[r.IntN(4)]))
		case time.Time:
			zone := time.FixedZone("", []int{0, 3600, -5 * 3600, 90}[r.IntN(4)])
			f.Set(reflect.ValueOf(time.Unix(r.Int64N(1<<33), []int64{0, 1, 120_000_000}[r.IntN(3)]).In(zone)))
		default:
			f.Set(reflect.ValueOf(map[string]any{"unknown": 1})) // panics: teach encode the new kind
		}
	}
	return a
}

func TestEncodeEqualsMarshal(t *testing.T) {
	r, plain := rand.New(rand.NewPCG(1, 2)), 0
	for i := range 5000 {
		all := texts
		if i%2 == 0 {
			all = texts[:5]
		}
		a := fill(r, all)
		want, err := json.Marshal(a)
		if err != nil {
			if a.plain() {
				t.Errorf("%+v is plain, and %v", a, err)
			}
			continue
		}
		got, err := encode(nil, a)
		if err != nil || string(got) != string(want) {
			t.Fatalf("got  %s %v\nwant %s", got, err, want)
		}
		if a.plain() {
			plain++
			if string(a.appendJSON(nil)) != string(want) {
				t.Fatalf("got  %s\nwant %s", a.appendJSON(nil), want)
			}
		}
	}
	if plain < 1000 {
		t.Errorf("%d were plain", plain)
	}
}
