package tenant

import "encoding/base64"

// Scheme says how a secret becomes a request header.
type Scheme string

// The schemes tools.yaml may name.
const (
	Bearer    Scheme = "bearer"     // authorization: Bearer SECRET
	BasicUser Scheme = "basic_user" // authorization: Basic base64(SECRET:)
	Basic     Scheme = "basic"      // authorization: Basic base64(SECRET), the secret is user:password
	APIKey    Scheme = "x-api-key"  // x-api-key: SECRET
)

// Credential names the secret a tool gets and how. The secret itself is in no
// bundle.
type Credential struct {
	Secret string // name in the tenant's secrets
	Scheme Scheme
}

// Slot is the one request header this credential fills.
func (c Credential) Slot() string {
	if c.Scheme == APIKey {
		return "x-api-key"
	}
	return "authorization"
}

// Value is the header's value for a secret.
func (c Credential) Value(secret string) string {
	switch c.Scheme {
	case APIKey:
		return secret
	case BasicUser:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(secret+":"))
	case Basic:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(secret))
	default:
		return "Bearer " + secret
	}
}
