package token

import (
	"encoding/base64"
	"strings"

	"github.com/sallyport/sallyport/internal/wire"
)

// FromCredential finds a gateway token in a request header, wherever an SDK
// puts its API key. slot is the header's lower case name: of authorization it
// takes `Bearer TOKEN`, `Basic` with the token as user or as password, or the
// token alone; of x-api-key the token alone; of any other header nothing.
func FromCredential(slot, value string) (raw string, ok bool) {
	switch slot {
	case "authorization":
		return fromAuthorization(value)
	case "x-api-key":
		return gatewayToken(value)
	default:
		return "", false
	}
}

func fromAuthorization(value string) (string, bool) {
	scheme, rest, found := strings.Cut(value, " ")
	switch {
	case !found:
		return gatewayToken(value)
	case strings.EqualFold(scheme, "bearer"):
		return gatewayToken(strings.TrimSpace(rest))
	case strings.EqualFold(scheme, "basic"):
		return fromBasic(strings.TrimSpace(rest))
	default:
		return "", false
	}
}

// fromBasic refuses a pair of two different tokens: which of them speaks would
// be anybody's guess.
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

// gatewayToken takes a gateway token, and what has the form of another issuer's:
// whether it is good is the Verifier's to say.
func gatewayToken(text string) (string, bool) {
	if !strings.HasPrefix(text, wire.TokenPrefix) && !isJWT(text) {
		return "", false
	}
	return text, true
}

// isJWT says that a text is three parts of base64url, the first a JSON object.
func isJWT(text string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
	return strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2 && strings.Trim(text, alphabet) == ""
}
