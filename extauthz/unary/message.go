package unary

import (
	"encoding/binary"

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
)

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
