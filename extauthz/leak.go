package extauthz

import (
	"slices"
	"strings"

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
	for _, h := range s.check.request.Header {
		if !slices.Contains(wire.CredentialSlots[:], h.Name) && !strings.HasPrefix(h.Name, ":") && s.hasToken(h.Value) {
			return "header " + h.Name
		}
	}
	return ""
}

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

// leastSignature is how long a token's signature is at least: what is shorter
// would be found by chance.
const leastSignature = 40

// hasToken finds the prefix of gateway tokens in any case, its forms inside
// base64, and the signature of the token that this call came with.
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
	return len(s.signature) >= leastSignature && strings.Contains(text, s.signature)
}
