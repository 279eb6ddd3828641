package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mask"
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

// piiDocument is the answer to one line.
type piiDocument struct {
	ID    json.RawMessage `json:"id,omitempty"`
	Spans []piiSpan       `json:"spans"`
}

// Why a line has no answer.
var (
	errDocument = errors.New(`must be like {"id": "a", "text": "what to scan"}`)
	errLongLine = fmt.Errorf("must have at most %d MiB", maxScan>>20)
)

// Run prints a line a finding, or with jsonl a line a document.
func (c *piiScan) Run(s *surroundings) error {
	out := json.NewEncoder(s.stdout)
	out.SetEscapeHTML(false)
	if c.Format == "jsonl" {
		return c.documents(s, out)
	}
	data, findings, err := c.all(s)
	if err != nil {
		return err
	}
	for _, span := range spansOf(data, findings) {
		if err := out.Encode(span); err != nil {
			return err
		}
	}
	return nil
}

// documents answers line by line. A line that is none is named, and the next ones have
// their answers all the same.
func (c *piiScan) documents(s *surroundings, out *json.Encoder) error {
	p, err := c.policy()
	if err != nil {
		return err
	}
	from, err := c.open(s)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	lines, bad := bufio.NewReaderSize(from, 1<<16), 0
	for n := 1; ; n++ {
		line, err := readLine(lines)
		switch {
		case errors.Is(err, io.EOF) && bad > 0:
			return fmt.Errorf("%s: %d of its lines have no answer: mend them as it says above", c.name(), bad)
		case errors.Is(err, io.EOF):
			return nil
		case err == nil && n == 1:
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		case err != nil && !errors.Is(err, errLongLine):
			return err
		}
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var answer piiDocument
		if err == nil {
			answer, err = documentOf(line, p)
		}
		if err != nil {
			bad++
			_, _ = fmt.Fprintf(s.stderr, "sallyport: %s: line %d %s\n", c.name(), n, oneLine(err))
			continue
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
}

// documentOf is the answer to a line.
func documentOf(line []byte, p mask.Policy) (answer piiDocument, err error) {
	var in struct {
		ID   json.RawMessage `json:"id"`
		Text *string         `json:"text"`
	}
	if json.Unmarshal(line, &in) != nil || in.Text == nil {
		return answer, errDocument
	}
	text := []byte(*in.Text)
	findings, err := found(text, p)
	if err != nil {
		return answer, fmt.Errorf("has a text that cannot be read: %w%s", err, adviceOn(err))
	}
	return piiDocument{ID: in.ID, Spans: spansOf(text, findings)}, nil
}

// readLine is the next line; errLongLine for one that was passed over.
func readLine(from *bufio.Reader) (line []byte, err error) {
	long := false
	for {
		part, err := from.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxScan; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (long || len(line) > 0): // a last line without its end
		case err != nil:
			return nil, err
		}
		if long {
			return nil, errLongLine
		}
		return line, nil
	}
}

// spansOf are findings, which are in order, in characters.
func spansOf(text []byte, findings []mask.Finding) []piiSpan {
	out := make([]piiSpan, 0, len(findings))
	bytesDone, characters := 0, 0
	at := func(place int) int {
		characters += utf8.RuneCount(text[bytesDone:place])
		bytesDone = place
		return characters
	}
	for _, f := range findings {
		out = append(out, piiSpan{Type: f.Type.String(), Start: at(f.Start), End: at(f.End), Detector: "sallyport", Reason: reason(f)})
	}
	return out
}
