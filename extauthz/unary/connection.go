package unary

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Bounds of one connection.
const (
	maxStreams    = 1 << 16
	maxMessage    = 16 << 20
	streamWindow  = maxMessage + prefix // a whole message: no stream is given more
	connWindow    = 32 << 20
	giveBack      = connWindow / 4 // of what was read, before the peer is told
	maxFields     = 64 << 10       // of the headers of one stream, in bytes as HPACK reckons
	headerTable   = 4096
	frameHead     = 9
	prefaceWithin = 20 * time.Second
	writeAt       = 64 << 10 // of what was answered, though there is more to read
)

// connection is one proxy's. One goroutine owns it.
type connection struct {
	server *Server
	conn   net.Conn
	in     *bufio.Reader
	frames *http2.Framer
	fields *hpack.Decoder

	streams map[uint32]*stream // whose message is not whole yet
	last    uint32             // the latest stream
	opening *stream            // whose headers are being read
	seen    int                // bytes of those headers
	owed    uint32             // bytes read that the peer was not told of

	sender
	reply []byte // being made
}

// stream is one call.
type stream struct {
	id     uint32
	method string // ":method", ":path" and "content-type"
	path   string
	media  string
	ends   bool // with its headers
	body   []byte
	window int64 // what may be sent on it
}

func newConnection(s *Server, conn net.Conn) *connection {
	c := &connection{server: s, conn: conn, in: bufio.NewReaderSize(conn, 32<<10), streams: map[uint32]*stream{}}
	c.sender = newSender()
	c.frames = http2.NewFramer(io.Discard, c.in)
	c.frames.SetReuseFrames()
	c.frames.SetMaxReadFrameSize(firstFrame)
	c.fields = hpack.NewDecoder(headerTable, c.field)
	c.fields.SetMaxStringLength(maxFields)
	return c
}

// serve answers until the connection ends or breaks the protocol.
func (c *connection) serve() {
	if !c.preface() {
		return
	}
	for {
		if !c.whole() || len(c.out) >= writeAt {
			if c.flush() != nil {
				return
			}
		}
		frame, err := c.frames.ReadFrame()
		var of http2.StreamError
		if errors.As(err, &of) { // its headers were not decoded, so none that follow can be
			err = http2.ConnectionError(of.Code)
		} else if err == nil {
			err = c.take(frame)
		}
		if err != nil && !c.survives(err) {
			return
		}
	}
}

// whole says that the next frame has come: reading it waits for nobody.
func (c *connection) whole() bool {
	n := c.in.Buffered()
	if n < frameHead {
		return false
	}
	head, _ := c.in.Peek(frameHead) // it is there
	return n >= frameHead+int(head[0])<<16+int(head[1])<<8+int(head[2])
}

// survives says to the peer what it did wrong. False: the connection ends.
func (c *connection) survives(err error) bool {
	var of http2.StreamError
	if errors.As(err, &of) {
		c.reset(of.StreamID, of.Code)
		return true
	}
	var code http2.ConnectionError
	switch {
	case errors.As(err, &code):
		c.goAway(c.last, http2.ErrCode(code))
	case errors.Is(err, http2.ErrFrameTooLarge):
		c.goAway(c.last, http2.ErrCodeFrameSize)
	}
	_ = c.flush()
	return false
}

// preface reads what every connection begins with, and says what we take.
func (c *connection) preface() bool {
	_ = c.conn.SetReadDeadline(time.Now().Add(prefaceWithin))
	var said [len(http2.ClientPreface)]byte
	if _, err := io.ReadFull(c.in, said[:]); err != nil || string(said[:]) != http2.ClientPreface {
		return false
	}
	_ = c.conn.SetReadDeadline(time.Time{})
	c.settings(
		http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: maxStreams},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: maxFields},
	)
	c.allow(connWindow - firstWindow)
	return true
}

func (c *connection) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.conn.Write(c.out)
	c.out = c.out[:0]
	return err
}

// take is one frame. Its error is what breaks a stream, or the connection.
func (c *connection) take(frame http2.Frame) error {
	switch f := frame.(type) {
	case *http2.HeadersFrame:
		return c.headers(f)
	case *http2.ContinuationFrame:
		return c.block(f.HeaderBlockFragment(), f.HeadersEnded())
	case *http2.DataFrame:
		return c.data(f)
	case *http2.SettingsFrame:
		return c.told(f)
	case *http2.WindowUpdateFrame:
		return c.widened(f)
	case *http2.PingFrame:
		if !f.IsAck() {
			c.pong(f.Data)
		}
	case *http2.RSTStreamFrame:
		if f.StreamID > c.last {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		delete(c.streams, f.StreamID)
		c.drop(f.StreamID)
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	default: // what says nothing to a server, or is not known
	}
	return nil
}

// headers begin a stream, or end one as trailers.
func (c *connection) headers(f *http2.HeadersFrame) error {
	id := f.StreamID
	if s, open := c.streams[id]; open && f.StreamEnded() {
		c.opening, c.seen = s, 0
		s.ends = true
		return c.block(f.HeaderBlockFragment(), f.HeadersEnded())
	}
	if id%2 == 0 || id <= c.last {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	c.last = id
	c.opening, c.seen = &stream{id: id, ends: f.StreamEnded(), window: c.initial}, 0
	return c.block(f.HeaderBlockFragment(), f.HeadersEnded())
}

// block reads a part of a stream's headers; they are read whoever they are of,
// because those that follow refer to them.
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
	switch {
	case s.ends:
		delete(c.streams, s.id)
		c.answer(s, s.body)
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
	}
}

// data is a part of a message; the usual message has one.
func (c *connection) data(f *http2.DataFrame) error {
	if c.owed += f.Length; c.owed >= giveBack {
		c.allow(c.owed)
		c.owed = 0
	}
	s, open := c.streams[f.StreamID]
	switch {
	case !open && f.StreamID > c.last:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	case !open: // it was reset
		return nil
	case len(s.body)+len(f.Data()) > streamWindow:
		return http2.StreamError{StreamID: f.StreamID, Code: http2.ErrCodeFlowControl}
	case !f.StreamEnded():
		s.body = append(s.body, f.Data()...)
		c.bound(s)
		return nil
	}
	delete(c.streams, f.StreamID)
	body := f.Data()
	if len(s.body) > 0 {
		body = append(s.body, body...)
	}
	c.answer(s, body)
	return nil
}

// bound refuses a message that will be too large: its stream has no room for it,
// and nobody would read on.
func (c *connection) bound(s *stream) {
	if !tooLarge(s.body) {
		return
	}
	delete(c.streams, s.id)
	c.fail(s.id, errTooLarge)
	c.reset(s.id, http2.ErrCodeNo)
}

// answer calls the handler and sends what it says.
func (c *connection) answer(s *stream, body []byte) {
	message, err := c.message(s, body)
	if err == nil {
		c.reply, err = c.server.handle(append(c.reply[:0], make([]byte, prefix)...), message)
	}
	if err != nil {
		c.fail(s.id, err)
		return
	}
	c.send(s.id, s.window, sized(c.reply))
	if cap(c.reply) > writeAt {
		c.reply = nil
	}
}

// message is the one message of a call, or why there is none.
func (c *connection) message(s *stream, body []byte) ([]byte, error) {
	if s.method != "POST" || s.path != c.server.method || !strings.HasPrefix(s.media, "application/grpc") {
		return nil, errUnimplemented
	}
	return unwrap(body)
}
