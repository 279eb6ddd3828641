package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/surrogate"
)

// Stream masks server-sent events as they come. Each event is held until the
// empty line that ends it, so the bytes that come out do not depend on how
// those that went in were cut. Personal data that is cut into two events is not
// seen.
type Stream struct {
	m      *Masker
	policy Policy
	held   []byte // the event so far
	seen   int    // how much of held was looked at
	line   bool   // the line under seen is not empty
	cr     bool   // the byte before seen is a carriage return
	report Report
	err    error
}

// NewStream starts a stream.
func NewStream(p Policy, m surrogate.Minter) *Stream {
	return &Stream{m: New(m), policy: p}
}

// Write appends to dst the masked events that chunk completes. After an error,
// which is ErrTooLarge, ErrUTF8, ErrJSON or ErrDepth, nothing more comes out of
// the stream: the error stays.
func (s *Stream) Write(dst, chunk []byte) ([]byte, error) {
	if s.err != nil {
		return dst, s.err
	}
	s.held = append(s.held, chunk...)
	done := 0
	for end := s.next(done); end > 0; end = s.next(done) {
		if dst, s.err = s.emit(dst, s.held[done:end]); s.err != nil {
			s.held = nil
			return dst, s.err
		}
		done = end
	}
	if done > 0 { // what is held stays where it is, however small the chunks are
		rest := s.held[done:]
		if cap(s.held) <= mostKept {
			rest = append(s.held[:0], rest...)
		} else {
			rest = bytes.Clone(rest) // or a large event would be kept for ever
		}
		s.held, s.seen = rest, s.seen-done
	}
	if len(s.held) > s.policy.MaxBody {
		s.err, s.held = ErrTooLarge, nil
	}
	return dst, s.err
}

// Close appends what was held back; the stream is over.
func (s *Stream) Close(dst []byte) ([]byte, error) {
	if s.err == nil && len(s.held) > 0 {
		dst, s.err = s.emit(dst, s.held)
	}
	s.held = nil
	return dst, s.err
}

// Holds is how much memory the beginning of an event takes that is not complete, and
// what the ones before left for it.
func (s *Stream) Holds() int { return cap(s.held) }

// Within reports that an event has begun and is not complete.
func (s *Stream) Within() bool { return len(bytes.Trim(s.held, "\r\n")) > 0 }

// Report counts what was masked so far.
func (s *Stream) Report() Report { return s.report }

// next is the end of the event at from, 0 when it is not complete. A line feed behind
// the carriage return that completed the event before is one of its own: a client
// that waits for it does not wait for another event.
func (s *Stream) next(from int) int {
	for s.seen < len(s.held) {
		c := s.held[s.seen]
		s.seen++
		switch {
		case c == '\n' && s.cr:
			if s.cr = false; s.seen-1 == from {
				return s.seen
			}
		case c == '\n' || c == '\r':
			s.cr = c == '\r'
			if !s.line {
				return s.seen
			}
			s.line = false
		default:
			s.cr, s.line = false, true
		}
	}
	return 0
}

// Hide makes s hide a credential.
func (s *Stream) Hide(c *Credential) { s.m.Hide(c) }

// emit appends one masked event.
func (s *Stream) emit(dst, event []byte) ([]byte, error) {
	event = s.m.discreet(event, &s.report)
	if err := s.read(event); err != nil {
		return dst, err
	}
	return s.m.splice(dst, event, &s.report), nil
}

// read finds what is to be masked in one event.
func (s *Stream) read(event []byte) error {
	if len(event) > s.policy.MaxBody {
		return ErrTooLarge
	}
	if !readable(event, Events) {
		return ErrUTF8
	}
	s.m.begin(s.policy)
	return s.m.event(event)
}

// events masks a whole body of events.
func (m *Masker) events(dst, src []byte, p Policy) ([]byte, Report, error) {
	s := Stream{m: m, policy: p}
	out, err := s.Write(dst, src)
	if err == nil {
		out, err = s.Close(out)
	}
	if err != nil {
		return dst, Report{}, err
	}
	return out, s.report, nil
}
