package unary

import (
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// receiving is a stream whose message is not whole yet.
func (c *connection) receiving(id uint32) (*stream, bool) {
	s, open := c.streams[id]
	return s, open && s.begun.IsZero()
}

// forget ends a stream that nothing more is sent on.
func (c *connection) forget(id uint32) {
	if s, open := c.receiving(id); open {
		c.held -= len(s.body)
	}
	delete(c.streams, id)
	c.drop(id)
}

// headers begin a stream, or end one as trailers. Of one that is over they are read
// too, because those that follow refer to them.
func (c *connection) headers(f *http2.HeadersFrame) error {
	id := f.StreamID
	s, open := c.receiving(id)
	switch {
	case open && f.StreamEnded():
		s.ends = true
	case id%2 == 0 || open:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	default:
		s = &stream{id: id, ends: f.StreamEnded(), window: c.initial}
	}
	c.opening, c.seen = s, 0
	return c.block(f.HeaderBlockFragment(), f.HeadersEnded())
}

// block reads a part of a stream's headers.
func (c *connection) block(part []byte, whole bool) error {
	if _, err := c.fields.Write(part); err != nil {
		return http2.ConnectionError(http2.ErrCodeCompression)
	}
	if c.seen > maxFields {
		return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
	}
	if !whole {
		return nil
	}
	if c.fields.Close() != nil {
		return http2.ConnectionError(http2.ErrCodeCompression)
	}
	s := c.opening
	c.opening = nil
	_, trailers := c.receiving(s.id)
	switch {
	case trailers:
		c.forget(s.id)
		c.ready = s
	case s.id <= c.last:
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeStreamClosed}
	default:
		c.last = s.id
		return c.opened(s)
	}
	return nil
}

// opened is a stream whose headers have come.
func (c *connection) opened(s *stream) error {
	switch {
	case s.ends:
		c.ready = s
	case len(c.streams)+len(c.waiting) >= maxStreams:
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeRefusedStream}
	default:
		c.streams[s.id] = s
	}
	return nil
}

// field is one header of the stream that is opening.
func (c *connection) field(f hpack.HeaderField) {
	c.seen += int(f.Size())
	switch f.Name {
	case ":method":
		c.opening.method = f.Value
	case ":path":
		c.opening.path = f.Value
	case "content-type":
		c.opening.media = f.Value
	case "grpc-timeout":
		c.opening.timeout = f.Value
	}
}

// data is a part of a message; the usual message has one.
func (c *connection) data(f *http2.DataFrame) error {
	if c.owed += f.Length; c.owed >= giveBack {
		c.allow(0, c.owed)
		c.owed = 0
	}
	s, open := c.receiving(f.StreamID)
	switch {
	case !open && f.StreamID > c.last:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	case !open: // it was reset
		return nil
	case len(s.body)+len(f.Data()) > streamWindow:
		return http2.StreamError{StreamID: f.StreamID, Code: http2.ErrCodeFlowControl}
	case !f.StreamEnded():
		return c.part(s, f)
	}
	delete(c.streams, s.id)
	if kept := s.body; len(kept) > 0 {
		c.held -= len(kept)
		s.body = append(kept, f.Data()...)
	} else {
		s.body = f.Data()
	}
	c.ready = s
	return nil
}

// part keeps a part of a message. A message that will be too large is refused: its
// stream has no room for it, and nobody would read on.
func (c *connection) part(s *stream, f *http2.DataFrame) error {
	if padding := f.Length - uint32(len(f.Data())); padding > 0 {
		c.allow(s.id, padding)
	}
	if c.held+len(f.Data()) > maxHeld {
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeRefusedStream}
	}
	s.body = append(s.body, f.Data()...)
	c.held += len(f.Data())
	if tooLarge(s.body) {
		c.fail(s.id, errTooLarge)
		c.reset(s.id, http2.ErrCodeNo)
	}
	return nil
}
