package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// events reads the data of server-sent events. Their other fields mean nothing
// here: an answer that broke off is not continued.
type events struct{ lines *bufio.Reader }

func newEvents(r io.Reader) *events { return &events{bufio.NewReader(r)} }

// next is the data of the next event, with its lines joined; it may be empty.
func (e *events) next() ([]byte, error) {
	var data []byte
	seen := false
	for {
		line, err := e.line()
		if err != nil {
			return nil, err // an event without its empty line is not complete
		}
		if len(line) == 0 {
			if seen {
				return data, nil
			}
			continue
		}
		field, value, _ := bytes.Cut(line, []byte{':'})
		if string(field) != "data" {
			seen = seen || len(field) > 0
			continue
		}
		if data != nil {
			data = append(data, '\n')
		}
		data, seen = append(data, bytes.TrimPrefix(value, []byte{' '})...), true
	}
}

// line is the next line without its end, which is LF or CR LF.
func (e *events) line() ([]byte, error) {
	line, err := e.lines.ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF):
		return nil, ErrEnded
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'}), nil
}
