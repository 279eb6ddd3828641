package unary_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// A peer's settings count from when it says them, for answers under way too.
func TestSettings(t *testing.T) {
	t.Run("larger frames", func(t *testing.T) {
		p := newPeer(t, echo)
		_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 20_000})
		p.call(1, strings.Repeat("x", 50_000))
		whole := string(wrapped("said " + strings.Repeat("x", 50_000)))
		compare(t, []seen{{http2.FrameHeaders, 1, false, ""}, {http2.FrameData, 1, false, whole[:16_384]}, {http2.FrameData, 1, false, whole[16_384:20_000]}}, p.next(3))
		_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 25_000}, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20})
		p.frames.SetMaxReadFrameSize(25_000)
		compare(t, []seen{{http2.FrameData, 1, false, whole[20_000:45_000]}, {http2.FrameData, 1, false, whole[45_000:]}, {http2.FrameHeaders, 1, true, "0"}}, p.next(3))
	})
	t.Run("no table of headers", func(t *testing.T) {
		p := newPeer(t, echo)
		p.call(1, "x") // whose headers are in the table from here on
		compare(t, said(1, "x"), p.next(3))
		_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0})
		p.call(3, "x")
		compare(t, said(3, "x"), p.next(3))
		p.fields = hpack.NewDecoder(0, nil) // knows nothing of what was before
		p.call(5, "x")
		compare(t, said(5, "x"), p.next(3))
	})
	t.Run("less room than was used", func(t *testing.T) {
		p := newPeer(t, echo)
		_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 5})
		p.call(1, "x")
		compare(t, []seen{{http2.FrameHeaders, 1, false, ""}, {http2.FrameData, 1, false, string(wrapped("said x")[:5])}}, p.next(2))
		_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}) // the stream has -5 now
		_ = p.frames.WriteWindowUpdate(1, 6)
		compare(t, []seen{{http2.FrameData, 1, false, "s"}}, p.next(1))
		_ = p.frames.WriteWindowUpdate(1, 100)
		compare(t, []seen{{http2.FrameData, 1, false, "aid x"}, {http2.FrameHeaders, 1, true, "0"}}, p.next(2))
	})
}

// What only pads or orders says nothing, and takes no room from a message.
func TestPaddingAndPriority(t *testing.T) {
	p := newPeer(t, echo)
	_ = p.frames.WritePriority(7, http2.PriorityParam{StreamDep: 5, Weight: 3})
	_ = p.frames.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 1, BlockFragment: head(method), EndHeaders: true, PadLength: 200, Priority: http2.PriorityParam{StreamDep: 3, Exclusive: true, Weight: 1},
	})
	body := wrapped("hello")
	_ = p.frames.WriteDataPadded(1, false, body[:4], make([]byte, 200))
	given := uint32(0)
	for given == 0 {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := frame.(*http2.WindowUpdateFrame); ok && f.StreamID == 1 {
			given = f.Increment
		}
	}
	if given != 201 { // with the byte that says how long it is
		t.Errorf("%d bytes of room are given back", given)
	}
	_ = p.frames.WritePriority(1, http2.PriorityParam{StreamDep: 5})
	_ = p.frames.WriteRawFrame(0x99, 0xff, 1, []byte("of a kind that nobody knows"))
	_ = p.frames.WriteDataPadded(1, true, body[4:], make([]byte, 50))
	compare(t, said(1, "hello"), p.next(3))
}

// More streams than there may be at once are refused by themselves, as not looked at.
func TestMoreStreamsThanThereMayBe(t *testing.T) {
	const most = 1 << 16
	p := newPeer(t, echo)
	var out bytes.Buffer
	frames := http2.NewFramer(&out, nil)
	block := head(method) // after the first, by its numbers in the table
	for i := range uint32(most + 1) {
		_ = frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: block, EndHeaders: true})
		block = []byte{0x83, 0x86, 0xbf, 0xbe}
	}
	_, _ = p.conn.Write(out.Bytes())
	compare(t, []seen{{http2.FrameRSTStream, 2*most + 1, false, "REFUSED_STREAM"}}, p.next(1))
	_ = p.frames.WriteData(1, true, wrapped("x"))
	compare(t, said(1, "x"), p.next(3))
	p.call(2*most+3, "y")
	compare(t, said(2*most+3, "y"), p.next(3))
}

// A failure is one frame of headers, however long its text is and however little the
// peer takes at once, and says what it must.
func TestFailureIsOneFrame(t *testing.T) {
	p := newPeer(t, func([]byte, []byte) ([]byte, error) {
		return nil, status.Error(codes.PermissionDenied, strings.Repeat("ä\x00%", 100_000))
	})
	_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0})
	p.call(1, "x")
	compare(t, []seen{{http2.FrameHeaders, 1, true, "7"}}, p.next(1)) // or the framer refuses it as too large

	p = newPeer(t, echo)
	_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head(method, [2]string{"grpc-encoding", "gzip"}), EndHeaders: true})
	_ = p.frames.WriteData(1, true, append(binary.BigEndian.AppendUint32([]byte{1}, 1), 'x'))
	for {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		f, ok := frame.(*http2.HeadersFrame)
		if !ok {
			continue
		}
		fields, err := p.fields.DecodeFull(f.HeaderBlockFragment())
		got := map[string]string{}
		for _, field := range fields {
			got[field.Name] = field.Value
		}
		if err != nil || got["grpc-status"] != "12" || got["grpc-accept-encoding"] != "identity" || !f.StreamEnded() {
			t.Errorf("%v %v", got, err)
		}
		return
	}
}

// Proxies that look whether their servers are there are told so of this one.
func TestHealth(t *testing.T) {
	address, _ := start(t, echo)
	client := healthv1.NewHealthClient(dialUsual(t, address))
	for name, want := range map[string]codes.Code{"": codes.OK, "test.Echo": codes.OK, "test": codes.NotFound, "test.Echo/Say": codes.NotFound, "other": codes.NotFound} {
		out, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: name})
		if status.Code(err) != want || want == codes.OK && out.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v %v", name, out, err)
		}
	}
	watch, err := client.Watch(t.Context(), &healthv1.HealthCheckRequest{})
	if err == nil {
		_, err = watch.Recv()
	}
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("watching: %v", err)
	}
}
