package abi

import (
	"encoding/binary"
	"math"
	"slices"
	"unsafe"
)

type status int32

const ok status = 0

// Kinds of maps and buffers.
const (
	responseHeaders  int32 = 2
	responseTrailers int32 = 3
	responseBody     int32 = 1
	levelWarn        int32 = 3
)

//go:wasmimport env proxy_log
func proxyLog(level int32, text *byte, size int32) status

//go:wasmimport env proxy_send_local_response
func proxySendLocalResponse(code uint32, details *byte, detailsSize int32, body *byte, bodySize int32, headers *byte, headersSize, grpc int32) status

//go:wasmimport env proxy_get_header_map_pairs
func proxyGetPairs(kind int32, data, size unsafe.Pointer) status

//go:wasmimport env proxy_add_header_map_value
func proxyAdd(kind int32, name *byte, nameSize int32, value *byte, valueSize int32) status

//go:wasmimport env proxy_replace_header_map_value
func proxyReplace(kind int32, name *byte, nameSize int32, value *byte, valueSize int32) status

//go:wasmimport env proxy_remove_header_map_value
func proxyRemove(kind int32, name *byte, nameSize int32) status

//go:wasmimport env proxy_get_buffer_bytes
func proxyGetBuffer(kind, start, most int32, data, size unsafe.Pointer) status

//go:wasmimport env proxy_set_buffer_bytes
func proxySetBuffer(kind, start, most int32, data *byte, size int32) status

//go:wasmimport env proxy_get_property
func proxyGetProperty(path *byte, pathSize int32, data, size unsafe.Pointer) status

//go:wasmimport env proxy_set_property
func proxySetProperty(path *byte, pathSize int32, data *byte, size int32) status

// given is where the host says what it filled. The pointer is twice as wide here
// as it is for the host, so it is cleared before each call.
var given struct {
	data *byte
	size int32
}

// Rooms of what the host gives, each used again by the next question of its kind.
// A worker asks for a few things a thousand times a second: new memory for each
// would push its other work out of the processor's caches.
var headRoom, bodyRoom, wordRoom []byte

// take calls the host and returns what it put into a room.
func take(room *[]byte, call func(data, size unsafe.Pointer) status) ([]byte, bool) {
	given.data, given.size, asking = nil, 0, room
	if call(unsafe.Pointer(&given.data), unsafe.Pointer(&given.size)) != ok {
		return nil, false
	}
	out := unsafe.Slice(given.data, given.size)
	given.data = nil
	return out, true
}

// Headers are the answer's, until headers are asked for again; false when Envoy does
// not give them.
func Headers() ([][2]string, bool) { return pairs(responseHeaders) }

// Trailers are the answer's, as long as Headers are good.
func Trailers() ([][2]string, bool) { return pairs(responseTrailers) }

// found are the pairs that were read last.
var found [][2]string

func pairs(kind int32) ([][2]string, bool) {
	data, good := take(&headRoom, func(data, size unsafe.Pointer) status { return proxyGetPairs(kind, data, size) })
	if !good || len(data) < 4 {
		return nil, false
	}
	count := int(binary.LittleEndian.Uint32(data))
	found = slices.Grow(found[:0], count)[:count]
	out, sizes, rest := found, data[4:], data[4+8*count:]
	for i := range out {
		for j := range out[i] {
			n := binary.LittleEndian.Uint32(sizes)
			out[i][j], rest, sizes = unsafe.String(unsafe.SliceData(rest), n), rest[n+1:], sizes[4:]
		}
	}
	return out, true
}

// AddHeader adds a header beside those of its name.
func AddHeader(name, value string) bool {
	return proxyAdd(responseHeaders, first(name), size(name), first(value), size(value)) == ok
}

// ReplaceHeader puts a value in place of those of a name.
func ReplaceHeader(name string, value []byte) bool {
	return proxyReplace(responseHeaders, first(name), size(name), unsafe.SliceData(value), int32(len(value))) == ok
}

// RemoveHeader removes all headers of a name.
func RemoveHeader(name string) bool {
	return proxyRemove(responseHeaders, first(name), size(name)) == ok
}

// RemoveTrailer removes all trailers of a name.
func RemoveTrailer(name string) bool {
	return proxyRemove(responseTrailers, first(name), size(name)) == ok
}

// Body is what has come and was not passed on yet, until it is asked for again.
func Body() ([]byte, bool) {
	return take(&bodyRoom, func(data, size unsafe.Pointer) status {
		return proxyGetBuffer(responseBody, 0, math.MaxInt32, data, size)
	})
}

// SetBody puts other bytes in place of Body's.
func SetBody(body []byte) bool {
	return proxySetBuffer(responseBody, 0, math.MaxInt32, unsafe.SliceData(body), int32(len(body))) == ok
}

// Property is one of Envoy's attributes, until the next word is asked for; the parts
// of its path are joined by NUL.
func Property(path string) ([]byte, bool) {
	return take(&wordRoom, func(data, n unsafe.Pointer) status { return proxyGetProperty(first(path), size(path), data, n) })
}

// SetProperty leaves a value as filter state.
func SetProperty(path string, value []byte) bool {
	return proxySetProperty(first(path), size(path), unsafe.SliceData(value), int32(len(value))) == ok
}

// Answer answers in place of the tool.
func Answer(code uint32, headers [][2]string, body string) bool {
	packed := pack(headers)
	return proxySendLocalResponse(code, nil, 0, first(body), size(body), unsafe.SliceData(packed), int32(len(packed)), -1) == ok
}

// pack spells headers as pairs reads them.
func pack(headers [][2]string) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(headers)))
	for _, h := range headers {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(h[0])))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(h[1])))
	}
	for _, h := range headers {
		out = append(append(out, h[0]...), 0)
		out = append(append(out, h[1]...), 0)
	}
	return out
}

// Warn writes a line to Envoy's log.
func Warn(text string) { proxyLog(levelWarn, first(text), size(text)) }

func first(text string) *byte { return unsafe.StringData(text) }
func size(text string) int32  { return int32(len(text)) }
