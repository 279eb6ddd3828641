package unary

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Bounds of one connection.
const (
	maxStreams    = 1 << 16
	maxMessage    = 16 << 20
	maxHeld       = 256 << 20           // of messages that are not whole yet
	streamWindow  = maxMessage + prefix // a whole message: no stream is given more
	connWindow    = 32 << 20
	giveBack      = connWindow / 4 // of what was read, before the peer is told
	maxFields     = 64 << 10       // of the headers of one stream, in bytes as HPACK reckons
	headerTable   = 4096
	frameHead     = 9
	prefaceWithin = 20 * time.Second
	writeAt       = 64 << 10 // of what was answered, though there is more to read
)

// connection is one proxy's.
type connection struct {
	server *Server
	conn   net.Conn
	in     *bufio.Reader // the reader's
	watch  watch

	mu      sync.Mutex // held while a frame is taken or an answer is written, never while a handler runs
	fields  *hpack.Decoder
	streams map[uint32]*stream // whose message is not whole yet, or whose handler is slow
	last    uint32             // the latest stream
	opening *stream            // whose headers are being read
	ready   *stream            // to be answered by the reader, or being answered
	seen    int                // bytes of those headers
	owed    uint32             // bytes read that the peer was not told of
	held    int                // bytes of messages that are not whole yet
	slow    int                // handlers that were left behind
	ends    ending
	sender
}

// stream is one call.
type stream struct {
	id      uint32
	method  string // ":method", ":path", "content-type" and "grpc-timeout"
	path    string
	media   string
	timeout string
	ends    bool // with its headers
	body    []byte
	window  int64     // what may be sent on it
	begun   time.Time // its handler, once it is slow
}

func newConnection(s *Server, conn net.Conn) *connection {
	c := &connection{server: s, conn: conn, in: bufio.NewReaderSize(conn, 32<<10), streams: map[uint32]*stream{}}
	c.sender = newSender()
	c.fields = hpack.NewDecoder(headerTable, c.field)
	c.fields.SetMaxStringLength(maxFields)
	c.watch.timer = time.AfterFunc(time.Hour, c.look)
	c.watch.timer.Stop() // until the first call begins
	return c
}

// serve answers until the connection ends or breaks the protocol.
func (c *connection) serve() {
	if !c.preface() {
		c.close()
		c.server.running.Done()
		return
	}
	newReader(c).run()
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
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ends.asked {
		return false
	}
	c.ends.begun = true
	_ = c.conn.SetReadDeadline(time.Time{})
	c.settings(
		http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: maxStreams},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: maxFields},
	)
	c.allow(0, connWindow-firstWindow)
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
		c.pinged(f)
	case *http2.RSTStreamFrame:
		if f.StreamID > c.last {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		c.forget(f.StreamID)
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	default: // what says nothing to a server, or is not known
	}
	return nil
}
