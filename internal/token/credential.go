package token

import (
	"encoding/base64"
	"strings"

	"github.com/sallyport/sallyport/internal/wire"
)

// FromCredential finds a gateway token in a request header, wherever an SDK
// puts its API key: `Bearer TOKEN`, `Basic` with the token as user or as
// password, or the header's whole value. slot is the header's lower case name.
func FromCredential(slot, value string) (string, bool) {
	if slot != "authorization" {
		return gatewayToken(value)
	}
	scheme, rest, found := strings.Cut(value, " ")
	if !found {
		return gatewayToken(value)
	}
	switch strings.ToLower(scheme) {
	case "bearer":
		return gatewayToken(strings.TrimSpace(rest))
	case "basic":
		return fromBasic(strings.TrimSpace(rest))
	default:
		return "", false
	}
}

func fromBasic(encoded string) (string, bool) {
	pair, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", false
	}
	user, password, _ := strings.Cut(string(pair), ":")
	inUser, ok := gatewayToken(user)
	inPassword, also := gatewayToken(password)
	switch {
	case ok && also && inUser != inPassword:
		return "", false
	case ok:
		return inUser, true
	default:
		return inPassword, also
	}
}

func gatewayToken(text string) (string, bool) {
	if !strings.HasPrefix(text, wire.TokenPrefix) {
		return "", false
	}
	return text, true
}
