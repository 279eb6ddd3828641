package action

import (
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

const (
	idempotencyKey = "idempotency-key"
	maxClientKey   = 255
	maxHeaders     = 32 // listed by one catalog
)

// Bits of headers that the gateway reads itself and that may stand once.
const (
	seenType uint64 = 1 << (maxHeaders + iota)
	seenEncoding
	seenKey
	seenPrefer
)

// headers refuses every header that could change what a call means.
func (m *matcher) headers(headers []Header) *Mismatch {
	var seen uint64
	for i := range headers {
		h := &headers[i]
		if isTransport(h.Name) {
			continue
		}
		bit, mismatch := m.header(h)
		switch {
		case mismatch != nil:
			return mismatch
		case seen&bit != 0:
			return duplicate("header " + h.Name)
		}
		seen |= bit
	}
	return nil
}

func (m *matcher) header(h *Header) (bit uint64, mismatch *Mismatch) {
	switch h.Name {
	case "content-type":
		m.mediaType = h.Value
		return seenType, nil
	case "content-encoding":
		if h.Value != "identity" {
			return 0, &Mismatch{Reason: reason.BodyEncoded, Field: "header content-encoding", Hint: "send it as it is, not compressed"}
		}
		return seenEncoding, nil
	case "prefer":
		if h.Value != "respond-async" {
			return 0, &Mismatch{Reason: reason.InputInvalid, Field: "header prefer", Hint: "respond-async"}
		}
		return seenPrefer, nil
	}
	if h.Name == idempotencyKey || (m.op.clientKey != "" && h.Name == m.op.clientKey) {
		if !isClientKey(h.Value) {
			return 0, &Mismatch{Reason: reason.InputInvalid, Field: cutField("header " + h.Name), Hint: "1 to 255 visible ASCII characters"}
		}
		m.clientKey = h.Value
		return seenKey, nil
	}
	if m.op.mcp != nil && isMCPHeader(h.Name) {
		return 0, nil // judged with the frame, once
	}
	for i := range m.op.shared.headers {
		listed := &m.op.shared.headers[i]
		if listed.name != h.Name {
			continue
		}
		if !listed.accepts(h.Value) {
			return 0, &Mismatch{Reason: reason.InputInvalid, Field: "header " + h.Name, Hint: "a value that the catalog lists"}
		}
		return 1 << i, nil
	}
	return 0, unlisted("header " + h.Name)
}

// PassesOver reports whether Match looks at no header of a name, in lower case.
func PassesOver(name string) bool { return isTransport(name) }

// isTransport reports whether a header belongs to the way of a request, to the
// gateway or to its credential, and is nothing a tool acts on.
func isTransport(name string) bool {
	switch name {
	case "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te",
		"accept", "accept-encoding", "accept-language", "user-agent", "sec-fetch-mode",
		"traceparent", "tracestate", wire.RequestID:
		return true
	case "":
		return false
	}
	if name[0] == ':' || strings.HasPrefix(name, "x-forwarded-") || strings.HasPrefix(name, "x-envoy-") || strings.HasPrefix(name, wire.Prefix) {
		return true
	}
	for _, slot := range wire.CredentialSlots {
		if name == slot {
			return true
		}
	}
	return false
}

// isSingle reports whether the gateway itself reads the header.
func isSingle(name string) bool {
	switch name {
	case "content-type", "content-encoding", "prefer", idempotencyKey:
		return true
	}
	return false
}

func isClientKey(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text != "" && len(text) <= maxClientKey
}

// isMediaType compares a content type with the one that is wanted; the only
// parameter it may have is the charset UTF-8.
func isMediaType(value, want string) bool {
	if value == want {
		return true
	}
	name, params, more := strings.Cut(value, ";")
	if !strings.EqualFold(strings.TrimSpace(name), want) {
		return false
	}
	charset := strings.TrimSpace(params)
	return !more || strings.EqualFold(charset, "charset=utf-8") || strings.EqualFold(charset, `charset="utf-8"`)
}
