package grant

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/internal/keyring"
)

// Errors of opening. Their texts say no more: whoever forges need not know why.
var (
	ErrInvalid = errors.New("the statement is not valid")
	ErrLate    = errors.New("the statement has expired")
	ErrDigest  = errors.New("the statement speaks of other bytes")
)

// version begins every statement: v1.KEYID.PAYLOAD.SIGNATURE.
const version = "v1"

// maxStatement bounds what is looked at, in bytes.
const maxStatement = 8192

// Sealer signs statements.
type Sealer struct{ ring *keyring.Ring }

// NewSealer returns a Sealer that signs with the newest key of each purpose.
func NewSealer(ring *keyring.Ring) *Sealer { return &Sealer{ring} }

// Admission seals an admission.
func (s *Sealer) Admission(a Admission) (string, error) { return s.seal(keyring.Admission, a) }

// Order seals an order.
func (s *Sealer) Order(o Order) (string, error) { return s.seal(keyring.Order, o) }

func (s *Sealer) seal(p keyring.SigningPurpose, v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("grant: %w", err)
	}
	kid, key := s.ring.Signing(p)
	payload := base64.RawURLEncoding.EncodeToString(data)
	signature := ed25519.Sign(key, signed(p, kid, payload))
	return strings.Join([]string{version, kid, payload, base64.RawURLEncoding.EncodeToString(signature)}, "."), nil
}

// signed are the bytes under the signature: the purpose is among them.
func signed(p keyring.SigningPurpose, kid, payload string) []byte {
	return []byte("sallyport " + string(p) + "\n" + version + "." + kid + "." + payload)
}

// open checks a statement's form and signature and decodes it strictly: the
// same value encodes to the same bytes again, so nothing is read two ways.
func open(ring *keyring.Ring, p keyring.SigningPurpose, raw string, into any) error {
	parts := strings.Split(raw, ".")
	if len(raw) > maxStatement || len(parts) != 4 || parts[0] != version {
		return ErrInvalid
	}
	key, ok := ring.Public(p, parts[1])
	if !ok {
		return ErrInvalid
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[3])
	if err != nil || !ed25519.Verify(key, signed(p, parts[1], parts[2]), signature) {
		return ErrInvalid
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return ErrInvalid
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if decoder.Decode(into) != nil {
		return ErrInvalid
	}
	if again, err := json.Marshal(into); err != nil || !bytes.Equal(again, data) {
		return ErrInvalid
	}
	return nil
}
