package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxAnswer bounds what is read of a server in answer to one frame, in bytes.
const MaxAnswer = 1 << 20

// Message is one JSON-RPC message of a server. Raw is all of it.
type Message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
	Raw    []byte          `json:"-"`
}

// Asks says that the server wants an answer.
func (m Message) Asks() bool { return m.Method != "" && isRequestID(m.ID) }

// Error is a JSON-RPC error. Its text is the server's.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Error names the code alone: the text may be personal or meant for a model.
func (e *Error) Error() string { return fmt.Sprintf("the server answered with error %d", e.Code) }

// Errors of reading an answer: it proves nothing.
var (
	ErrTooLarge  = errors.New("the server's answer is larger than 1 MiB")
	ErrEnded     = errors.New("the server's answer ended before it was complete")
	ErrMalformed = errors.New("the server's answer is no JSON-RPC message")
	ErrMediaType = errors.New("the server's answer is neither JSON nor an event stream")
	ErrOtherID   = errors.New("the server's answer speaks of another request")
)

// ReadAnswer reads the answer to the request with an id, from JSON or from an
// event stream, of which it reads no further. Other messages go to other.
func ReadAnswer(mediaType string, body io.Reader, id string, other func(Message)) (Message, error) {
	limited := &limit{r: body, left: MaxAnswer}
	name, _, _ := strings.Cut(mediaType, ";")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "application/json":
		data, err := io.ReadAll(limited)
		if err != nil {
			return Message{}, err
		}
		return readOne(data, id)
	case "text/event-stream":
		return readStream(limited, id, other)
	default:
		return Message{}, ErrMediaType
	}
}

func readOne(data []byte, id string) (Message, error) {
	m, err := parse(data)
	if err != nil {
		return Message{}, err
	}
	if !m.answers(id) {
		return Message{}, ErrOtherID
	}
	return m, nil
}

func readStream(r io.Reader, id string, other func(Message)) (Message, error) {
	events := newEvents(r)
	for {
		data, err := events.next()
		if err != nil {
			return Message{}, err
		}
		if len(data) == 0 {
			continue // an event that only names a place to go on from
		}
		m, err := parse(data)
		switch {
		case err != nil:
			return Message{}, err
		case m.answers(id):
			return m, nil
		case m.Method == "":
			return Message{}, ErrOtherID
		}
		other(m)
	}
}

func parse(data []byte) (Message, error) {
	data = bytes.TrimSpace(data)
	var m Message
	if len(data) == 0 || data[0] != '{' || json.Unmarshal(data, &m) != nil {
		return Message{}, ErrMalformed
	}
	m.Raw = data
	return m, nil
}

// answers says whether a message is the one answer to a request of ours.
func (m Message) answers(id string) bool {
	got, ok := quoted(m.ID)
	return ok && got == id && m.Method == "" && (m.Error != nil) != (m.Result != nil)
}

// limit is a reader that fails when there is more than it may read.
type limit struct {
	r    io.Reader
	left int
}

func (l *limit) Read(p []byte) (int, error) {
	if len(p) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// WantsInput says that a result is no end of its call: the server wants to be
// given something first.
func (m Message) WantsInput() bool {
	var result struct {
		Type string `json:"resultType"`
	}
	return json.Unmarshal(m.Result, &result) == nil && result.Type != "" && result.Type != "complete"
}
