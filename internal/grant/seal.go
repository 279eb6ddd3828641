package grant

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/internal/keyring"
)

// version begins every statement: v1.KEYID.PAYLOAD.SIGNATURE, the last two in
// base64url without padding.
const version = "v1"

// maxStatement bounds a statement, in bytes: it travels in a header.
const maxStatement = 8192

// Sealer signs statements. It is safe for concurrent use.
type Sealer struct{ ring *keyring.Ring }

// NewSealer returns a Sealer that signs with the newest key of each purpose.
func NewSealer(ring *keyring.Ring) *Sealer { return &Sealer{ring} }

// Admission seals an admission. One that could not be opened again, because a
// member is missing, is not UTF-8 or is too long, is an error.
func (s *Sealer) Admission(a Admission) (string, error) { return s.seal(keyring.Admission, a) }

// Order seals an order; errors are those of Admission.
func (s *Sealer) Order(o Order) (string, error) { return s.seal(keyring.Order, o) }

func (s *Sealer) seal(p keyring.SigningPurpose, v statement) (string, error) {
	if err := v.check(); err != nil {
		return "", fmt.Errorf("seal an %s: %w", p, err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal an %s: %w", p, err)
	}
	kid, key := s.ring.Signing(p)
	payload := base64.RawURLEncoding.EncodeToString(data)
	signature := ed25519.Sign(key, signed(p, kid, payload))
	raw := strings.Join([]string{version, kid, payload, base64.RawURLEncoding.EncodeToString(signature)}, ".")
	if len(raw) > maxStatement {
		return "", fmt.Errorf("seal an %s: it has %d bytes, more than %d", p, len(raw), maxStatement)
	}
	return raw, nil
}

// signed are the bytes under the signature: the purpose is among them.
func signed(p keyring.SigningPurpose, kid, payload string) []byte {
	return []byte("sallyport " + string(p) + "\n" + version + "." + kid + "." + payload)
}
