package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/test/pii/corpus"
	"github.com/sallyport/sallyport/test/pii/score"
)

// few is how many values a set has here; `make pii` takes more.
const few = 2500

// floors are recall and precision that no change may fall below.
var floors = map[string][2]float64{
	"email": {1, .99}, "card": {1, .99}, "ssn": {1, .99}, "iban": {1, .99}, "ip": {1, .99}, "phone": {.95, .95},
	"aadhaar": {1, .99}, "pan": {1, .99}, "nhs_number": {1, .99}, "nino": {1, .99}, "resident_id": {1, .99}, "secret": {1, .99},
	"birthdate": {.98, .99}, "passport": {.98, .99}, "licence": {.98, .99}, "medical_record": {.98, .99}, "bank_account": {.98, .99}, "wechat": {.98, .99}, "name": {.98, .99},
}

func TestFindsWhatTheTemplatesSay(t *testing.T) {
	for _, seed := range []uint64{openSeed, heldSeed} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			board, err := measure(own{mask.Default()}, generated("open", seed, corpus.Open, few), nil)
			if err != nil {
				t.Fatal(err)
			}
			for typ, floor := range floors {
				c := board.Of(typ)
				if c.Labels < 10 {
					t.Errorf("%s: only %d values: the corpus is broken", typ, c.Labels)
				}
				if c.Recall() < floor[0] || c.Precision() < floor[1] {
					t.Errorf("%s: recall %.4f, precision %.4f; want %v", typ, c.Recall(), c.Precision(), floor)
				}
			}
			for _, typ := range []string{"name", "address"} {
				if c := board.Groups["keyed"][typ]; c.Recall() < .98 {
					t.Errorf("%s under a key: recall %.4f", typ, c.Recall())
				}
			}
			if c := board.Groups["prose"]["name"]; c.Labels < 100 || c.Recall() < .95 {
				t.Errorf("name in running text: recall %.4f of %d", c.Recall(), c.Labels)
			}
			if c := board.Groups["again"]["name"]; c.Recall() < .98 {
				t.Errorf("name told again: recall %.4f", c.Recall())
			}
		})
	}
}

// Held templates were not looked at while the finder was made: the floors are
// what must not leak.
func TestLeavesNothingInClear(t *testing.T) {
	for name, set := range map[string]dataset{
		"open": generated("open", openSeed, corpus.Open, few), "held": generated("held", heldSeed, corpus.Held, few),
	} {
		board, err := measure(own{mask.Default()}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		for typ, c := range board.Types {
			if typ != "name" && typ != "phone" && c.Left > 0 {
				t.Errorf("%s: %d bytes of %s stay in clear", name, c.Left, typ)
			}
		}
		for _, typ := range []string{"name", "phone"} {
			for _, group := range []string{"keyed", "again"} {
				if c := board.Groups[group][typ]; c != nil && c.Left > 0 {
					t.Errorf("%s: %d bytes of %s (%s) stay in clear", name, c.Left, typ, group)
				}
			}
		}
	}
}

// What comes out of a stream does not depend on how it was cut, at any byte.
func TestEverySplitMasksTheSame(t *testing.T) {
	streams := 0
	for _, d := range corpus.Make(openSeed, corpus.Open, few) {
		if d.Form != "events" || streams == 12 {
			continue
		}
		streams++
		body := []byte(d.Body)
		want, _, err := mask.Body(nil, body, d.Media, mask.Default(), surrogate.Mark{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range d.Values {
			if v.Place == corpus.Keyed && bytes.Contains(want, []byte(v.Text)) {
				t.Errorf("%s: %q stays in clear", d.ID, v.Text)
			}
		}
		for cut := range body {
			if got := streamed(t, body[:cut], body[cut:]); !bytes.Equal(got, want) {
				t.Fatalf("%s cut at %d: %s\nwant %s", d.ID, cut, got, want)
			}
		}
		bytewise := make([][]byte, len(body))
		for i := range body {
			bytewise[i] = body[i : i+1]
		}
		if got := streamed(t, bytewise...); !bytes.Equal(got, want) {
			t.Fatalf("%s byte by byte: %s\nwant %s", d.ID, got, want)
		}
	}
	if streams < 5 {
		t.Errorf("only %d streams: the corpus is broken", streams)
	}
}

func streamed(t *testing.T, chunks ...[]byte) []byte {
	t.Helper()
	s := mask.NewStream(mask.Default(), surrogate.Mark{})
	var out []byte
	var err error
	for _, c := range chunks {
		if out, err = s.Write(out, c); err != nil {
			t.Fatal(err)
		}
	}
	if out, err = s.Close(out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Masking what is masked changes nothing, whatever the document.
func TestMaskedStaysMasked(t *testing.T) {
	for _, set := range []corpus.Set{corpus.Open, corpus.Held} {
		for _, d := range corpus.Make(heldSeed, set, few) {
			once, _, err := mask.Body(nil, []byte(d.Body), d.Media, mask.Default(), surrogate.Mark{})
			if err != nil {
				t.Fatal(err)
			}
			twice, _, err := mask.Body(nil, once, d.Media, mask.Default(), surrogate.Mark{})
			if err != nil || !bytes.Equal(once, twice) {
				t.Fatalf("%s (%s): %v\n%s\nbecame\n%s\nand then\n%s", d.ID, d.Form, err, d.Body, once, twice)
			}
		}
	}
}

// Dates of birth are told from other dates, which presidio-research labels alike.
func TestResearchHasDatesOfBirth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dataset.json")
	const docs = `[{"full_text":"She was born on 2/8/1935. É, 2024","spans":[{"entity_type":"DATE_TIME","start_position":16,"end_position":24},{"entity_type":"DATE_TIME","start_position":29,"end_position":33}]},
		{"full_text":"Please tell me your date of birth. It's 6/24/1991","spans":[{"entity_type":"DATE_TIME","start_position":40,"end_position":49}]}]`
	if err := os.WriteFile(path, []byte(docs), 0o600); err != nil {
		t.Fatal(err)
	}
	set, ok, err := research(path)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var got []score.Span
	for _, d := range set.docs {
		for _, l := range d.labels {
			got = append(got, l.Span)
		}
	}
	if want := []score.Span{{Type: "birthdate", Start: 16, End: 24}, {Type: "birthdate", Start: 40, End: 49}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestScore(t *testing.T) {
	b := score.New()
	b.Add("call 555 or 666", []score.Label{{Span: score.Span{Type: "phone", Start: 5, End: 8}}, {Span: score.Span{Type: "phone", Start: 12, End: 15}}},
		[]score.Span{{Type: "phone", Start: 7, End: 9}, {Type: "card", Start: 12, End: 15}})
	if got, want := *b.Of("phone"), (score.Count{Labels: 2, Hits: 1, Right: 1, Left: 2}); got != want {
		t.Errorf("phone %+v, want %+v", got, want)
	}
	if got, want := *b.Of("card"), (score.Count{False: 1}); got != want {
		t.Errorf("card %+v, want %+v", got, want)
	}
	if p, r, f := b.Of("phone").Precision(), b.Of("phone").Recall(), b.Of("phone").F2(); p != 1 || r != .5 || f < .555 || f > .556 {
		t.Errorf("precision %v, recall %v, F2 %v", p, r, f)
	}
}
