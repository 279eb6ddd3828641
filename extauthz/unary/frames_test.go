package unary_test

import (
	"bytes"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/sallyport/sallyport/extauthz/unary"
)

// within ends a hang.
const within = 30 * time.Second

// peer speaks HTTP/2 by hand.
type peer struct {
	tb     testing.TB
	conn   net.Conn
	frames *http2.Framer
	fields *hpack.Decoder
}

func newPeer(tb testing.TB, handle unary.Handler) *peer {
	tb.Helper()
	p, _ := newPeerOf(tb, handle)
	return p
}

func newPeerOf(tb testing.TB, handle unary.Handler) (*peer, *unary.Server) {
	tb.Helper()
	address, server := start(tb, handle)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(within))
	_, _ = conn.Write([]byte(http2.ClientPreface))
	p := &peer{tb: tb, conn: conn, frames: http2.NewFramer(conn, conn), fields: hpack.NewDecoder(4096, nil)}
	p.frames.AllowIllegalWrites = true
	return p, server
}

// head is the block of a call's headers.
func head(path string, more ...[2]string) []byte {
	var out bytes.Buffer
	e := hpack.NewEncoder(&out)
	for _, f := range append([][2]string{{":method", "POST"}, {":scheme", "http"}, {":path", path}, {"content-type", "application/grpc"}}, more...) {
		_ = e.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]})
	}
	return out.Bytes()
}

func wrapped(text string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(text))), text...)
}

// open begins a call.
func (p *peer) open(id uint32) {
	_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: head(method), EndHeaders: true})
}

func (p *peer) call(id uint32, text string) {
	p.open(id)
	body := wrapped(text)
	for ; len(body) > 16_384; body = body[16_384:] {
		_ = p.frames.WriteData(id, false, body[:16_384])
	}
	_ = p.frames.WriteData(id, true, body)
}

// seen is a frame in short.
type seen struct {
	Kind http2.FrameType
	ID   uint32
	Ends bool
	Text string // of data; of headers the status of the call; of an error its code
}

// next are the next frames, but for those that are of no call.
func (p *peer) next(n int) (out []seen) {
	p.tb.Helper()
	for len(out) < n {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			return append(out, seen{Text: "closed"})
		}
		s := seen{Kind: frame.Header().Type, ID: frame.Header().StreamID, Ends: frame.Header().Flags&1 != 0}
		switch f := frame.(type) {
		case *http2.HeadersFrame:
			fields, err := p.fields.DecodeFull(f.HeaderBlockFragment())
			if err != nil {
				p.tb.Fatal(err)
			}
			for _, field := range fields {
				if field.Name == "grpc-status" {
					s.Text = field.Value
				}
			}
		case *http2.DataFrame:
			s.Text = string(f.Data())
		case *http2.RSTStreamFrame:
			s.Text = f.ErrCode.String()
		case *http2.GoAwayFrame:
			s.Text = f.ErrCode.String()
		case *http2.PingFrame:
			s.Text = string(f.Data[:])
		default:
			continue
		}
		out = append(out, s)
	}
	return out
}

// said is a whole answer of echo.
func said(id uint32, text string) []seen {
	return []seen{
		{http2.FrameHeaders, id, false, ""}, {http2.FrameData, id, false, string(wrapped("said " + text))},
		{http2.FrameHeaders, id, true, "0"},
	}
}

func compare(t *testing.T, want, got []seen) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Calls come in every shape that HTTP/2 allows.
func TestShapesOfACall(t *testing.T) {
	t.Run("in pieces, two at once", func(t *testing.T) {
		p := newPeer(t, echo)
		block, body := head(method), wrapped("hello")
		_ = p.frames.WriteSettings()
		_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block[:3]})
		_ = p.frames.WriteContinuation(1, false, block[3:9])
		_ = p.frames.WriteContinuation(1, true, block[9:])
		_ = p.frames.WriteDataPadded(1, false, body[:2], make([]byte, 100))
		p.call(3, "other")
		_ = p.frames.WriteData(1, false, body[2:])
		_ = p.frames.WriteData(1, true, nil)
		compare(t, append(said(3, "other"), said(1, "hello")...), p.next(6))
	})
	t.Run("with trailers", func(t *testing.T) {
		p := newPeer(t, echo)
		_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head(method), EndHeaders: true})
		_ = p.frames.WriteData(1, false, wrapped("x"))
		_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: nil, EndHeaders: true, EndStream: true})
		compare(t, said(1, "x"), p.next(3))
	})
	t.Run("no message", func(t *testing.T) {
		p := newPeer(t, echo)
		_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head(method), EndHeaders: true, EndStream: true})
		_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: head(method), EndHeaders: true})
		_ = p.frames.WriteData(3, true, append(wrapped("two"), wrapped("messages")...))
		compare(t, []seen{{http2.FrameHeaders, 1, true, "13"}, {http2.FrameHeaders, 3, true, "13"}}, p.next(2))
	})
	t.Run("a ping between", func(t *testing.T) {
		p := newPeer(t, echo)
		_ = p.frames.WritePing(false, [8]byte{'p', 'i', 'n', 'g', 'p', 'i', 'n', 'g'})
		p.call(1, "x")
		compare(t, append([]seen{{http2.FramePing, 0, true, "pingping"}}, said(1, "x")...), p.next(4))
	})
}

// Nothing is sent that the peer has no room for; what waits goes on when there is
// room, in pieces, and others do not wait with it.
func TestRoom(t *testing.T) {
	p := newPeer(t, echo)
	_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	p.call(1, "first")
	p.call(3, "second")
	compare(t, []seen{{http2.FrameHeaders, 1, false, ""}, {http2.FrameHeaders, 3, false, ""}}, p.next(2))
	_ = p.frames.WriteWindowUpdate(3, 100)
	compare(t, said(3, "second")[1:], p.next(2))
	_ = p.frames.WriteWindowUpdate(1, 3)
	compare(t, []seen{{http2.FrameData, 1, false, string(wrapped("said first")[:3])}}, p.next(1))
	_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1000})
	compare(t, []seen{{http2.FrameData, 1, false, string(wrapped("said first")[3:])}, {http2.FrameHeaders, 1, true, "0"}}, p.next(2))
}

// A call that was taken back is not answered any more.
func TestTakenBack(t *testing.T) {
	p := newPeer(t, echo)
	_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	p.call(1, "waits for room")
	_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: head(method), EndHeaders: true})
	_ = p.frames.WriteRSTStream(1, http2.ErrCodeCancel)
	_ = p.frames.WriteRSTStream(3, http2.ErrCodeCancel)
	_ = p.frames.WriteData(3, true, wrapped("late"))
	_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1000})
	p.call(5, "x")
	compare(t, append([]seen{{http2.FrameHeaders, 1, false, ""}}, said(5, "x")...), p.next(4))
}

// Who breaks the protocol is told so, and the connection ends.
func TestBrokenProtocol(t *testing.T) {
	goAway := func(code string) []seen { return []seen{{http2.FrameGoAway, 0, false, code}, {Text: "closed"}} }
	for name, c := range map[string]struct {
		write func(*peer)
		want  []seen
	}{
		"a stream of the server's": {func(p *peer) { p.call(2, "x") }, goAway("PROTOCOL_ERROR")},
		"a stream twice":           {func(p *peer) { p.call(1, "x"); p.call(1, "x") }, append(said(1, "x"), seen{http2.FrameRSTStream, 1, false, "STREAM_CLOSED"})},
		"data of no stream":        {func(p *peer) { _ = p.frames.WriteData(1, true, nil) }, goAway("PROTOCOL_ERROR")},
		"a reset of no stream":     {func(p *peer) { _ = p.frames.WriteRSTStream(1, 0) }, goAway("PROTOCOL_ERROR")},
		"room for no stream":       {func(p *peer) { _ = p.frames.WriteWindowUpdate(1, 1) }, goAway("PROTOCOL_ERROR")},
		"too much room":            {func(p *peer) { _ = p.frames.WriteWindowUpdate(0, 1<<31-1) }, goAway("FLOW_CONTROL_ERROR")},
		"too much room for a stream that began with little": {func(p *peer) {
			p.open(1)
			_ = p.frames.WriteWindowUpdate(1, 1<<31-70_000)
			_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20})
		}, goAway("FLOW_CONTROL_ERROR")},
		"trailers without end": {func(p *peer) { p.open(1); p.open(1) }, goAway("PROTOCOL_ERROR")},
		"a promise":            {func(p *peer) { _ = p.frames.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2}) }, goAway("PROTOCOL_ERROR")},
		"headers that are none": {func(p *peer) {
			_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0xff, 0xff, 0xff}, EndHeaders: true})
		}, goAway("COMPRESSION_ERROR")},
		"headers without end": {func(p *peer) {
			block := head(method)
			_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block})
			for range 3000 { // each repeats the path, by its number
				_ = p.frames.WriteContinuation(1, false, []byte{0xbf, 0xbf, 0xbf, 0xbf})
			}
		}, goAway("ENHANCE_YOUR_CALM")},
		"headers of more padding than there is": {func(p *peer) {
			_ = p.frames.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersPadded, 1, []byte{0xff})
			_ = p.frames.WriteRawFrame(http2.FrameContinuation, http2.FlagContinuationEndHeaders, 1, []byte{0x82})
		}, goAway("PROTOCOL_ERROR")},
		"a frame that is too large": {func(p *peer) {
			_ = p.frames.WriteRawFrame(http2.FrameData, 0, 1, make([]byte, 20_000))
		}, goAway("FRAME_SIZE_ERROR")},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t, echo)
			c.write(p)
			compare(t, c.want, p.next(len(c.want)))
		})
	}
}

// An answer waits for no frame of which only a part has come.
func TestAnswersBeforeHalfAFrame(t *testing.T) {
	p := newPeer(t, echo)
	var sent bytes.Buffer
	frames := http2.NewFramer(&sent, nil)
	for _, id := range []uint32{1, 3} {
		_ = frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: head(method), EndHeaders: true})
		_ = frames.WriteData(id, true, wrapped("x"))
	}
	for _, cut := range []int{1, 12} { // in the data of a frame, and in its head
		_, _ = p.conn.Write(sent.Bytes()[:sent.Len()-cut])
		compare(t, said(1, "x"), p.next(len(said(1, "x"))))
		_, _ = p.conn.Write(sent.Bytes()[sent.Len()-cut:])
		compare(t, said(3, "x"), p.next(len(said(3, "x"))))
		p = newPeer(t, echo)
	}
}

// Whatever comes, the connection ends without harm.
func FuzzConnection(f *testing.F) {
	var good bytes.Buffer
	frames := http2.NewFramer(&good, nil)
	_ = frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 3})
	_ = frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head(method), EndHeaders: true})
	_ = frames.WriteData(1, true, wrapped("x"))
	_ = frames.WriteWindowUpdate(1, 100)
	_ = frames.WriteRSTStream(1, http2.ErrCodeCancel)
	f.Add(good.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		address, _ := start(t, echo)
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(within))
		_, _ = conn.Write(append([]byte(http2.ClientPreface), data...))
		_ = conn.(*net.TCPConn).CloseWrite()
		var out bytes.Buffer
		if _, err := out.ReadFrom(conn); err != nil && out.Len() == 0 {
			t.Errorf("it hangs: %v", err)
		}
	})
}
