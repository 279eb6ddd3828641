package unary

import (
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// prefix is what stands before a message: whether it is compressed, and its
// length.
const prefix = 5

var (
	errUnimplemented = status.Error(codes.Unimplemented, "there is one method here, and no other")
	errCompressed    = status.Error(codes.Unimplemented, "compressed messages are not read")
	errTooLarge      = status.Error(codes.ResourceExhausted, "the message is too large")
	errNoMessage     = status.Error(codes.Internal, "a call has one message")
	errDeadline      = status.Error(codes.DeadlineExceeded, "the answer came after the call's own deadline")
)

// message is the one message of a call with who answers it, or why nobody does.
func (c *connection) message(s *stream) (Handler, []byte, error) {
	handle := c.server.handle
	switch {
	case s.method != "POST" || !strings.HasPrefix(s.media, "application/grpc"):
		return nil, nil, errUnimplemented
	case s.path == c.server.method:
	case s.path == healthMethod:
		handle = c.server.health
	default:
		return nil, nil, errUnimplemented
	}
	message, err := unwrap(s.body)
	return handle, message, err
}

// unwrap is the one message of a body.
func unwrap(body []byte) ([]byte, error) {
	switch {
	case len(body) < prefix:
		return nil, errNoMessage
	case body[0] != 0:
		return nil, errCompressed
	case uint64(binary.BigEndian.Uint32(body[1:])) != uint64(len(body)-prefix):
		return nil, errNoMessage
	}
	return body[prefix:], nil
}

// tooLarge says so of a message as soon as its length is known.
func tooLarge(body []byte) bool {
	return len(body) >= prefix && binary.BigEndian.Uint32(body[1:]) > maxMessage
}

// sized writes the length of a message into the prefix that it has.
func sized(message []byte) []byte {
	message[0] = 0
	binary.BigEndian.PutUint32(message[1:], uint32(len(message)-prefix))
	return message
}

// units are those of grpc-timeout.
var units = map[byte]time.Duration{
	'H': time.Hour, 'M': time.Minute, 'S': time.Second, 'm': time.Millisecond, 'u': time.Microsecond, 'n': time.Nanosecond,
}

// expired says that a slow handler took longer than its call had time. What cannot be
// read is no deadline: the caller keeps its own.
func (s *stream) expired() bool {
	if len(s.timeout) < 2 || len(s.timeout) > 9 {
		return false
	}
	last := len(s.timeout) - 1
	n, err := strconv.ParseUint(s.timeout[:last], 10, 32)
	unit, known := units[s.timeout[last]]
	return err == nil && known && time.Since(s.begun) > time.Duration(n)*unit
}
