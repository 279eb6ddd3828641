package extauthz

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/wire"
)

// leaks names where a call would hand a token to its tool: in an argument, as it
// was decoded, or in a header that is passed on; "" for nowhere. The slots that a
// token belongs in are emptied by the answer that lets a call pass.
func (s *step) leaks(args action.Args) string {
	for name, value := range args {
		if s.inValue(value) {
			return name
		}
	}
	if s.frame != nil && s.hasToken(s.frame.Call.Reason) {
		return "_meta sallyport/reason"
	}
	for _, h := range s.check.request.Header {
		if !slices.Contains(wire.CredentialSlots[:], h.Name) && !strings.HasPrefix(h.Name, ":") && s.hasToken(h.Value) {
			return "header " + h.Name
		}
	}
	return ""
}

// inValue looks in a value, its items and its fields.
func (s *step) inValue(v action.Value) bool {
	if s.hasToken(v.Text) || slices.ContainsFunc(v.List, s.inValue) {
		return true
	}
	for name, field := range v.Fields {
		if s.hasToken(name) || s.inValue(field) {
			return true
		}
	}
	return false
}

// leastSignature is how much of a token's signature is looked for: less would be
// found by chance. The half of an ES256 signature behind it can be written in two
// ways, and both are right.
const leastSignature = 40

func signatureOf(raw string) string {
	signature := raw[strings.LastIndexByte(raw, '.')+1:]
	return signature[:min(len(signature), leastSignature)]
}

// hasToken finds the prefix of gateway tokens in any case, its forms inside base64
// and hexadecimal, and the signature of the token that this call came with, in both
// too: another issuer's token has no prefix.
func (s *step) hasToken(text string) bool {
	if len(text) < len(wire.TokenPrefix) {
		return false
	}
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '_')
		if i < 0 {
			break
		}
		at += i + 1
		if at >= len(wire.TokenPrefix) && strings.EqualFold(text[at-len(wire.TokenPrefix):at], wire.TokenPrefix) {
			return true
		}
	}
	for _, core := range wire.TokenBase64 {
		if strings.Contains(text, core) {
			return true
		}
	}
	for _, digits := range wire.TokenHex {
		if strings.Contains(text, digits) {
			return true
		}
	}
	return len(s.signature) >= leastSignature && longestCode(text) >= len(s.signature) && s.hasSignature(text)
}

// longestCode is the most characters in a row that base64 could have, folded as
// it may be: no prose has as many as a signature.
func longestCode(text string) (longest int) {
	run := 0
	for i := range len(text) {
		switch classes[text[i]] {
		case coded:
			run++
		case breaks:
			longest, run = max(longest, run), 0
		}
	}
	return max(longest, run)
}

// What a byte is to base64: spaces are passed over, and so is what may be a part
// of one.
const (
	breaks = iota
	coded
	folds
)

// classes are those of all bytes.
var classes = func() (out [256]uint8) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
	for _, c := range []byte(alphabet) {
		out[c] = coded
	}
	for _, c := range []byte(" \t\r\n\v\f") {
		out[c] = folds
	}
	for c := utf8.RuneSelf; c < len(out); c++ {
		out[c] = folds
	}
	return out
}()

func (s *step) hasSignature(text string) bool {
	if strings.Contains(text, s.signature) {
		return true
	}
	if len(text) < len(s.signature)*4/3 {
		return false
	}
	if strings.ContainsAny(text, " \t\r\n") { // base64 is often folded into lines
		text = strings.Join(strings.Fields(text), "")
	}
	if strings.Contains(text, s.signature) {
		return true
	}
	for shift := range 3 {
		if strings.Contains(text, base64Core(s.signature, shift)) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(s.signature)))
}

// base64Core is a text as it looks inside base64 after shift other bytes, cut to
// the characters that do not depend on its neighbours. Of a signature, which is
// base64url itself, it is the same in both alphabets.
func base64Core(text string, shift int) string {
	coded := base64.RawURLEncoding.EncodeToString(append(make([]byte, shift, shift+len(text)), text...))
	return coded[(shift*8+5)/6 : (shift+len(text))*8/6]
}
