package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

type piiScan struct {
	piiSource
	Format string `enum:"auto,jsonl" default:"auto" help:"auto: text or JSON as a whole; jsonl: a document a line, with id and text."`
}

// piiSpan is one finding; places are counted in characters.
type piiSpan struct {
	Type     string `json:"type"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Detector string `json:"detector"`
	Reason   string `json:"reason"`
}

// Run prints a line a finding, or with jsonl a line a document.
func (c *piiScan) Run(s *surroundings) error {
	data, err := c.read(s)
	if err != nil {
		return err
	}
	out := json.NewEncoder(s.stdout)
	out.SetEscapeHTML(false)
	if c.Format == "jsonl" {
		return c.documents(data, out)
	}
	spans, err := c.spans(data)
	if err != nil {
		return err
	}
	for _, span := range spans {
		if err := out.Encode(span); err != nil {
			return err
		}
	}
	return nil
}

// documents answers line by line, so that a line which is none is named.
func (c *piiScan) documents(data []byte, out *json.Encoder) error {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxScan)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var in struct {
			ID   json.RawMessage `json:"id"`
			Text *string         `json:"text"`
		}
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil || in.Text == nil {
			return fmt.Errorf("%s: line %d must be like {\"id\": \"a\", \"text\": \"what to scan\"}", c.name(), n)
		}
		spans, err := c.spans([]byte(*in.Text))
		if err != nil {
			return err
		}
		if err := out.Encode(struct {
			ID    json.RawMessage `json:"id,omitempty"`
			Spans []piiSpan       `json:"spans"`
		}{in.ID, spans}); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (c *piiScan) spans(text []byte) ([]piiSpan, error) {
	findings, err := c.found(text)
	if err != nil {
		return nil, err
	}
	out := make([]piiSpan, 0, len(findings))
	bytesDone, characters := 0, 0
	at := func(place int) int { // findings are in order
		characters += utf8.RuneCount(text[bytesDone:place])
		bytesDone = place
		return characters
	}
	for _, f := range findings {
		out = append(out, piiSpan{Type: f.Type.String(), Start: at(f.Start), End: at(f.End), Detector: "sallyport", Reason: reason(f)})
	}
	return out, nil
}
