package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/sallyport/sallyport/test/pii/corpus"
	"github.com/sallyport/sallyport/test/pii/score"
)

// dataset is documents with their labels.
type dataset struct {
	name string
	docs []document
}

// document is one body and what should be found in it.
type document struct {
	id, media, body string
	labels          []score.Label
}

// generated are the documents of one set of templates.
func generated(name string, seed uint64, set corpus.Set, values int) dataset {
	d := dataset{name: name}
	for _, doc := range corpus.Make(seed, set, values) {
		d.docs = append(d.docs, document{id: doc.ID, media: doc.Media, body: doc.Body, labels: labels(doc)})
	}
	return d
}

func labels(d corpus.Document) []score.Label {
	out := make([]score.Label, 0, len(d.Values))
	for _, v := range d.Values {
		l := score.Label{Span: score.Span{Type: v.Type, Start: v.Start, End: v.End}, Groups: []string{string(v.Place), "form " + d.Form}}
		if v.Chinese {
			l.Groups = append(l.Groups, "Chinese")
		}
		if d.Form != "plain" {
			l.Groups = append(l.Groups, "encoded")
		}
		out = append(out, l)
	}
	return out
}

// entities are the types of presidio-research that a type here answers to.
var entities = map[string]string{
	"CREDIT_CARD": "card", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "US_SSN": "ssn", "IP_ADDRESS": "ip",
	"US_DRIVER_LICENSE": "licence", "PERSON": "name", "STREET_ADDRESS": "address",
}

// research reads a dataset in the form of presidio-research. False says that
// there is no such file.
func research(path string) (dataset, bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return dataset{}, false, nil
	}
	if err != nil {
		return dataset{}, false, err
	}
	var docs []struct {
		Text  string `json:"full_text"`
		Spans []struct {
			Type  string `json:"entity_type"`
			Start int    `json:"start_position"`
			End   int    `json:"end_position"`
		} `json:"spans"`
	}
	if err := json.Unmarshal(data, &docs); err != nil {
		return dataset{}, false, fmt.Errorf("%s is no dataset of presidio-research: %w", path, err)
	}
	out := dataset{name: "presidio-research"}
	for i, d := range docs {
		at := places(d.Text)
		doc := document{id: fmt.Sprint(i), media: "text/plain", body: d.Text}
		for _, s := range d.Spans {
			if s.Start < 0 || s.End >= len(at) || s.Start >= s.End {
				continue
			}
			typ := entities[s.Type]
			if s.Type == "DATE_TIME" && ofBirth(d.Text[:at[s.Start]]) {
				typ = "birthdate"
			}
			if typ != "" {
				doc.labels = append(doc.labels, score.Label{Span: score.Span{Type: typ, Start: at[s.Start], End: at[s.End]}})
			}
		}
		out.docs = append(out.docs, doc)
	}
	return out, true, nil
}

// ofBirth reports the words of presidio-research's two templates before a date of birth,
// which it labels as it does any date.
func ofBirth(before string) bool {
	before = strings.ToLower(before)
	return strings.HasSuffix(before, "was born on ") || strings.HasSuffix(before, "your date of birth. it's ")
}

// places are where each character begins in bytes, and the end.
func places(text string) []int {
	out := make([]int, 0, utf8.RuneCountInString(text)+1)
	for i := range text {
		out = append(out, i)
	}
	return append(out, len(text))
}
