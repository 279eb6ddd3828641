package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Session is a conversation with a server. Of the newer era there is none: then
// it is only the protocol.
type Session struct {
	Protocol Protocol
	ID       string // "" when the server gave none
	Version  string // that the server agreed to, "" before
}

// Header is what every request of the session carries.
func (s Session) Header() (out [][2]string) {
	switch {
	case s.Protocol == Stateless:
		out = append(out, [2]string{HeaderVersion, string(Stateless)})
	case s.Version != "":
		out = append(out, [2]string{HeaderVersion, s.Version})
	}
	if s.ID != "" {
		out = append(out, [2]string{HeaderSession, s.ID})
	}
	return out
}

// Sender carries frames to one server. The caller closes the reply's body.
type Sender interface {
	Send(ctx context.Context, f Frame) (Reply, error)
	NewID() string // unique in the session
	// Other gets a message that is no answer: a notification, or what the server asks.
	Other(ctx context.Context, s Session, m Message)
}

// Reply is what a server answered a frame.
type Reply struct {
	Status    int
	MediaType string
	SessionID string
	Body      io.ReadCloser
}

// maxPages bounds tools/list of a server that never ends.
const (
	maxPages = 50
	maxTools = 2000
)

// StatusError is a server that refused a frame over HTTP.
type StatusError struct{ Status int }

// Error names the status.
func (e *StatusError) Error() string { return fmt.Sprintf("the server answered %d", e.Status) }

// Open begins a session whose server may ask what its client can answer. Of the
// newer era it sends nothing.
func Open(ctx context.Context, to Sender, p Protocol, can Asks) (Session, error) {
	s := Session{Protocol: p}
	if p != Sessions {
		return s, nil
	}
	f := s.initialize(to.NewID(), can)
	reply, err := to.Send(ctx, f)
	if err != nil {
		return Session{}, fmt.Errorf("initialize: %w", err)
	}
	m, err := s.answer(ctx, to, f, reply)
	if err != nil {
		return Session{}, fmt.Errorf("initialize: %w", err)
	}
	var result struct {
		Version string `json:"protocolVersion"`
	}
	switch err := json.Unmarshal(m.Result, &result); {
	case err != nil:
		return Session{}, errors.New("initialize: the result is not to be read")
	case !p.IsVersion(result.Version):
		return Session{}, fmt.Errorf("initialize: the server wants version %.20q, which the gateway does not speak", result.Version)
	case reply.SessionID != "" && !IsSessionID(reply.SessionID):
		return Session{}, errors.New("initialize: the session's id is malformed")
	}
	s.ID, s.Version = reply.SessionID, result.Version
	told, err := to.Send(ctx, s.initialized())
	if err != nil {
		return Session{}, fmt.Errorf("initialized: %w", err)
	}
	_ = told.Body.Close()
	if told.Status < 200 || told.Status > 299 {
		return Session{}, fmt.Errorf("initialized: %w", &StatusError{told.Status})
	}
	return s, nil
}

// Tools reads all tools of a server.
func (s Session) Tools(ctx context.Context, to Sender) ([]Tool, error) {
	var all []Tool
	cursor := ""
	for range maxPages {
		f := s.list(to.NewID(), cursor)
		reply, err := to.Send(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("tools/list: %w", err)
		}
		m, err := s.answer(ctx, to, f, reply)
		if err != nil {
			return nil, fmt.Errorf("tools/list: %w", err)
		}
		var page struct {
			Tools      []json.RawMessage `json:"tools"`
			NextCursor string            `json:"nextCursor"`
		}
		if err := json.Unmarshal(m.Result, &page); err != nil {
			return nil, errors.New("tools/list: the result is not to be read")
		}
		for _, raw := range page.Tools {
			tool, err := ReadTool(raw)
			if err != nil {
				return nil, fmt.Errorf("tools/list: %w", err)
			}
			all = append(all, tool)
		}
		if cursor = page.NextCursor; cursor == "" {
			return all, unique(all)
		}
		if len(all) > maxTools {
			break
		}
	}
	return nil, fmt.Errorf("tools/list: more than %d tools or %d pages", maxTools, maxPages)
}

// unique refuses two tools of one name: which of them was reviewed?
func unique(tools []Tool) error {
	seen := map[string]bool{}
	for _, t := range tools {
		if seen[t.Name] {
			return fmt.Errorf("tools/list: the tool %.64q stands there twice", t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

// answer finds the answer to a frame, which must be a result.
func (s Session) answer(ctx context.Context, to Sender, f Frame, r Reply) (Message, error) {
	defer func() { _ = r.Body.Close() }()
	if r.Status != 200 {
		return Message{}, &StatusError{r.Status}
	}
	m, err := ReadAnswer(r.MediaType, r.Body, f.ID, func(m Message) { to.Other(ctx, s, m) })
	switch {
	case err != nil:
		return Message{}, err
	case m.Error != nil:
		return Message{}, m.Error
	}
	return m, nil
}
