package grant

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"sync"

	"github.com/sallyport/sallyport/internal/keyring"
)

// version begins every statement: v1.KEYID.PAYLOAD.SIGNATURE (of an admission its MAC), the last two in
// base64url without padding.
const version = "v1"

// maxStatement bounds a statement, in bytes: it travels in a header.
const maxStatement = 8192

// Sealer seals statements. It is safe for concurrent use.
type Sealer struct{ ring *keyring.Ring }

// NewSealer returns a Sealer that seals with the newest key of each purpose.
func NewSealer(ring *keyring.Ring) *Sealer { return &Sealer{ring} }

// Admission seals an admission with a MAC: only approvald opens it, and could
// make one for nobody but itself. One that could not be opened again, because a
// member is missing, is not UTF-8 or is too long, is an error.
func (s *Sealer) Admission(a Admission) (string, error) {
	kid, key := s.ring.MAC(keyring.Admission)
	return seal(keyring.Admission, kid, a, func(text []byte) []byte { return authenticate(key, text) })
}

// Order signs an order: whoever can check one cannot make one. Errors are those
// of Admission.
func (s *Sealer) Order(o Order) (string, error) {
	kid, key := s.ring.Signing(keyring.Order)
	return seal(keyring.Order, kid, o, func(text []byte) []byte { return ed25519.Sign(key, text) })
}

func seal(p keyring.SigningPurpose, kid string, v statement, sign func([]byte) []byte) (string, error) {
	if err := v.check(); err != nil {
		return "", fmt.Errorf("seal an %s: %w", p, err)
	}
	buffer, _ := buffers.Get().(*[2][usual]byte)
	defer buffers.Put(buffer)
	data, err := encode(buffer[0][:0], v)
	if err != nil {
		return "", fmt.Errorf("seal an %s: %w", p, err)
	}
	raw := prefix(buffer[1][:0], p)
	from := len(raw)
	raw = append(raw, version+"."+kid+"."...)
	raw = base64.RawURLEncoding.AppendEncode(raw, data)
	signature := sign(raw)
	raw = base64.RawURLEncoding.AppendEncode(append(raw, '.'), signature)[from:]
	if len(raw) > maxStatement {
		return "", fmt.Errorf("seal an %s: it has %d bytes, more than %d", p, len(raw), maxStatement)
	}
	return string(raw), nil
}

// signed are the bytes under the signature: the purpose is among them.
func signed(p keyring.SigningPurpose, kid, payload string) []byte {
	return append(prefix(nil, p), version+"."+kid+"."+payload...)
}

// usual is how long a statement is at most, usually.
const usual = 1536

// buffers are for the encoded statement, and for the bytes under its signature.
var buffers = sync.Pool{New: func() any { return new([2][usual]byte) }}

func prefix(out []byte, p keyring.SigningPurpose) []byte {
	return append(append(append(out, "sallyport "...), p...), '\n')
}

// mac is HMAC-SHA256 that has taken in its key, which is half the work of a
// statement's.
type mac struct {
	key []byte
	sum hash.Hash
}

// macs are used again, as long as their key is the one that is asked for.
var macs sync.Pool

func authenticate(key, text []byte) []byte {
	m, _ := macs.Get().(*mac)
	if m == nil || !bytes.Equal(m.key, key) {
		m = &mac{key: bytes.Clone(key), sum: hmac.New(sha256.New, key)}
	}
	defer macs.Put(m)
	m.sum.Reset()
	_, _ = m.sum.Write(text)
	return m.sum.Sum(nil)
}
