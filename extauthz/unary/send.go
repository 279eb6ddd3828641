package unary

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/status"
)

// What HTTP/2 lets everybody send before anything was said.
const (
	firstWindow = 65_535
	firstFrame  = 16_384

	maxSaid = 4 << 10 // bytes of an error's text; escaped they are three times as many
)

// began is how every answer begins.
var began = [...]hpack.HeaderField{{Name: ":status", Value: "200"}, {Name: "content-type", Value: "application/grpc"}}

// sender writes frames, as many bytes of messages as the peer has room for.
type sender struct {
	out     []byte // not written yet
	encoder *hpack.Encoder
	block   *bytes.Buffer // what encoder writes into
	waiting []answer      // for room
	window  int64         // of the connection
	initial int64         // of a stream that begins
	largest int           // frame the peer takes
}

// answer is what is left of one.
type answer struct {
	id     uint32
	data   []byte
	window int64
}

func newSender() sender {
	block := &bytes.Buffer{}
	return sender{block: block, encoder: hpack.NewEncoder(block), window: firstWindow, initial: firstWindow, largest: firstFrame}
}

// frame appends the head of one.
func (s *sender) frame(kind http2.FrameType, flags http2.Flags, id uint32, length int) {
	s.out = append(s.out, byte(length>>16), byte(length>>8), byte(length), byte(kind), byte(flags))
	s.out = binary.BigEndian.AppendUint32(s.out, id)
}

func (s *sender) settings(all ...http2.Setting) {
	s.frame(http2.FrameSettings, 0, 0, 6*len(all))
	for _, one := range all {
		s.out = binary.BigEndian.AppendUint16(s.out, uint16(one.ID))
		s.out = binary.BigEndian.AppendUint32(s.out, one.Val)
	}
}

// allow gives the peer more room on a stream, or with 0 on the connection.
func (s *sender) allow(id, more uint32) {
	s.frame(http2.FrameWindowUpdate, 0, id, 4)
	s.out = binary.BigEndian.AppendUint32(s.out, more)
}

func (s *sender) ping(flags http2.Flags, data [8]byte) {
	s.frame(http2.FramePing, flags, 0, len(data))
	s.out = append(s.out, data[:]...)
}

func (s *sender) goAway(last uint32, code http2.ErrCode) {
	s.frame(http2.FrameGoAway, 0, 0, 8)
	s.out = binary.BigEndian.AppendUint32(s.out, last)
	s.out = binary.BigEndian.AppendUint32(s.out, uint32(code))
}

// send answers a call with a message that has its prefix.
func (s *sender) send(id uint32, window int64, data []byte) {
	s.fields(http2.FlagHeadersEndHeaders, id, began[:]...)
	if a := (answer{id, data, window}); !s.push(&a) {
		a.data = bytes.Clone(a.data) // the caller uses it again
		s.waiting = append(s.waiting, a)
	}
}

// fail answers a call with an error.
func (s *sender) fail(id uint32, err error) {
	said := status.Convert(err)
	all := append(began[:2:2],
		hpack.HeaderField{Name: "grpc-status", Value: strconv.Itoa(int(said.Code()))},
		hpack.HeaderField{Name: "grpc-message", Value: plain(said.Message())})
	if errors.Is(err, errCompressed) {
		all = append(all, hpack.HeaderField{Name: "grpc-accept-encoding", Value: "identity"})
	}
	s.fields(http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, id, all...)
}

// plain is a text as gRPC escapes it, as much of it as one frame has room for.
func plain(text string) string {
	var out strings.Builder
	for _, c := range []byte(text[:min(len(text), maxSaid)]) {
		if c < ' ' || c > '~' || c == '%' {
			out.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// fields writes headers. All that are written fit into the smallest frame that a peer
// may ask for: the one long value is a text, which is cut.
func (s *sender) fields(flags http2.Flags, id uint32, all ...hpack.HeaderField) {
	s.block.Reset()
	for _, one := range all {
		_ = s.encoder.WriteField(one) // a buffer takes all
	}
	s.frame(http2.FrameHeaders, flags, id, s.block.Len())
	s.out = append(s.out, s.block.Bytes()...)
}

// push sends what there is room for, and reports whether that was all.
func (s *sender) push(a *answer) bool {
	for len(a.data) > 0 {
		n := int(min(int64(len(a.data)), int64(s.largest), s.window, a.window))
		if n <= 0 {
			return false
		}
		s.frame(http2.FrameData, 0, a.id, n)
		s.out = append(s.out, a.data[:n]...)
		a.data = a.data[n:]
		s.window, a.window = s.window-int64(n), a.window-int64(n)
	}
	s.fields(http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, a.id, hpack.HeaderField{Name: "grpc-status", Value: "0"})
	return true
}

// resume sends what waits and has room now.
func (s *sender) resume() {
	left := s.waiting[:0]
	for i := range s.waiting {
		if a := s.waiting[i]; !s.push(&a) {
			left = append(left, a)
		}
	}
	clear(s.waiting[len(left):])
	s.waiting = left
}

// drop forgets what waits for a stream.
func (s *sender) drop(id uint32) {
	s.waiting = slices.DeleteFunc(s.waiting, func(a answer) bool { return a.id == id })
}
