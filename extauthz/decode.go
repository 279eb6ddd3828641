package extauthz

import (
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/wire"
)

// Numbers of the fields of a CheckRequest that the gateway reads.
const (
	requestAttributes = 1 // of CheckRequest

	attributesSource     = 1 // of AttributeContext
	attributesRequest    = 4
	attributesExtensions = 10

	entryKey   = 1 // of an entry of a map
	entryValue = 2

	requestHTTP = 2 // of AttributeContext.Request

	httpMethod    = 2 // of AttributeContext.HttpRequest
	httpPath      = 4
	httpHost      = 5
	httpBody      = 11
	httpRawBody   = 12
	httpHeaderMap = 13

	mapHeaders = 1 // of HeaderMap

	headerKey   = 1 // of HeaderValue
	headerValue = 2
	headerRaw   = 3
)

// usualHeaders is how many headers a request has at most, usually.
const usualHeaders = 24

// checks are used again, with their room for headers.
var checks = sync.Pool{New: func() any {
	return &check{request: action.Request{Header: make([]action.Header, 0, usualHeaders)}}
}}

// release gives a check back when its answer is made, with nothing of the call.
func (c *check) release() {
	headers := c.request.Header[:cap(c.request.Header)]
	clear(headers)
	*c = check{request: action.Request{Header: headers[:0]}}
	checks.Put(c)
}

var errMalformed = errors.New("the bytes are no CheckRequest")

// decode reads a Check out of its bytes, as protobuf would, without making the
// messages that it consists of: those cost more than a decision. It keeps data.
// What the gateway does not look at is skipped, and may be anything.
//
// Envoy was told to send raw headers, so that duplicates stay apart and bytes
// stay bytes.
func (c *check) decode(data string) error {
	*c = check{request: action.Request{Header: c.request.Header[:0]}}
	err := fields(data, func(number protowire.Number, attributes string) error {
		if number != requestAttributes {
			return nil
		}
		return fields(attributes, c.attributes)
	})
	if err != nil {
		return err
	}
	c.request.Path, c.request.RawQuery, _ = strings.Cut(c.target, "?")
	c.requestID, _ = c.header(wire.RequestID)
	c.fault = c.whole()
	return nil
}

func (c *check) attributes(number protowire.Number, value string) error {
	switch number { //nolint:exhaustive // protowire's constants are bounds, not fields
	case attributesSource:
		c.source += value // parts of one message, which is what joined messages are
	case attributesRequest:
		return fields(value, func(number protowire.Number, http string) error {
			if number != requestHTTP {
				return nil
			}
			return fields(http, c.http)
		})
	case attributesExtensions:
		return c.extension(value)
	}
	return nil
}

// extension reads what a route says to the check.
func (c *check) extension(entry string) error {
	var key, said string
	err := fields(entry, func(number protowire.Number, value string) error {
		switch number { //nolint:exhaustive // protowire's constants are bounds, not fields
		case entryKey:
			return text(&key, value)
		case entryValue:
			return text(&said, value)
		}
		return nil
	})
	if key == wire.ContextBody {
		c.unread = said == wire.BodyUnread
	}
	return err
}

func (c *check) http(number protowire.Number, value string) error {
	switch number { //nolint:exhaustive // protowire's constants are bounds, not fields
	case httpMethod:
		return text(&c.request.Method, value)
	case httpPath:
		return text(&c.target, value)
	case httpHost:
		return text(&c.authority, value)
	case httpBody:
		return text(&c.textBody, value)
	case httpRawBody:
		c.request.Body = []byte(value)
	case httpHeaderMap:
		return fields(value, c.headers)
	}
	return nil
}

func (c *check) headers(number protowire.Number, value string) error {
	if number != mapHeaders {
		return nil
	}
	var name, clean, raw string
	err := fields(value, func(number protowire.Number, value string) error {
		switch number { //nolint:exhaustive // protowire's constants are bounds, not fields
		case headerKey:
			return text(&name, value)
		case headerValue:
			return text(&clean, value)
		case headerRaw:
			raw = value
		}
		return nil
	})
	if raw == "" {
		raw = clean
	}
	c.request.Header = append(c.request.Header, action.Header{Name: strings.ToLower(name), Value: raw})
	return err
}

// text takes a text, of which several of one number leave the last.
func text(to *string, value string) error {
	if !utf8.ValidString(value) {
		return errMalformed
	}
	*to = value
	return nil
}

// fields calls each for every field of a message that has bytes, and skips the
// others: the gateway reads no numbers.
func fields(message string, each func(protowire.Number, string) error) error {
	for len(message) > 0 {
		tag, n := varint(message)
		number, kind := protowire.DecodeTag(tag)
		if n == 0 || number < protowire.MinValidNumber || number > protowire.MaxValidNumber {
			return errMalformed
		}
		message = message[n:]
		if kind != protowire.BytesType {
			n, ok := skip(number, kind, message)
			if !ok {
				return errMalformed
			}
			message = message[n:]
			continue
		}
		length, n := varint(message)
		if n == 0 || length > uint64(len(message)-n) {
			return errMalformed
		}
		end := n + int(length)
		if err := each(number, message[n:end]); err != nil {
			return err
		}
		message = message[end:]
	}
	return nil
}

// skip finds the end of a field that has no bytes.
func skip(number protowire.Number, kind protowire.Type, message string) (n int, ok bool) {
	switch kind {
	case protowire.VarintType:
		_, n = varint(message)
		return n, n > 0
	case protowire.Fixed32Type:
		return 4, len(message) >= 4
	case protowire.Fixed64Type:
		return 8, len(message) >= 8
	default: // a group, which Envoy never sends
		n = protowire.ConsumeFieldValue(number, kind, []byte(message))
		return n, n >= 0
	}
}

// varint reads a number and how many bytes it has, 0 for none.
func varint(text string) (value uint64, n int) {
	for n < len(text) && n < 10 {
		b := text[n]
		if n == 9 && b > 1 {
			return 0, 0
		}
		value |= uint64(b&0x7f) << (7 * n)
		n++
		if b < 0x80 {
			return value, n
		}
	}
	return 0, 0
}
