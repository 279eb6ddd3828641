package keyring

import (
	"slices"
	"strings"
)

// SigningPurpose is what an Ed25519 key is for.
type SigningPurpose string

// SecretPurpose is what a 32-byte HMAC key is for.
type SecretPurpose string

// The purposes. The words are part of file names and key ids.
const (
	Token     SigningPurpose = "token"     // gateway tokens
	Admission SigningPurpose = "admission" // extauthz to approvald, as a MAC
	Order     SigningPurpose = "order"     // approvald to the execute check
	Operator  SigningPurpose = "operator"  // whoever holds the data folder, to the issuer

	ProviderKey SecretPurpose = "provider-key" // idempotency keys sent to providers
	DeskSession SecretPurpose = "desk-session" // Desk links, sessions and forms
	MCPSession  SecretPurpose = "mcp-session"  // session ids of MCP clients
	Surrogate   SecretPurpose = "surrogate"    // what stands for personal data
	WebPush     SecretPurpose = "web-push"     // the gateway's name at push services
	Bodies      SecretPurpose = "bodies"       // what the ledger keeps of calls and answers
)

var (
	signingPurposes = [...]SigningPurpose{Token, Admission, Order, Operator}
	secretPurposes  = [...]SecretPurpose{ProviderKey, DeskSession, MCPSession, Surrogate, WebPush, Bodies}
	// versioned are those of which every key still opens what it sealed.
	versioned = [...]SecretPurpose{Surrogate, Bodies}
)

func isVersioned(p SecretPurpose) bool { return slices.Contains(versioned[:], p) }

// SigningPurposes are all of them.
func SigningPurposes() []SigningPurpose { return slices.Clone(signingPurposes[:]) }

// PurposeOf is what the key with this id is for.
func PurposeOf(id string) (SigningPurpose, bool) {
	for _, p := range signingPurposes {
		if rest, ok := strings.CutPrefix(id, string(p)); ok && number.MatchString(rest) {
			return p, true
		}
	}
	return "", false
}
