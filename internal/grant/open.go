package grant

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
)

// Errors of opening. Their texts say no more: whoever forges need not know why.
var (
	ErrInvalid = errors.New("the statement is not valid")
	ErrLate    = errors.New("the statement has expired")
	ErrDigest  = errors.New("the statement speaks of other bytes")
)

// Opener opens statements. It is safe for concurrent use.
type Opener struct{ ring *keyring.Ring }

// NewOpener returns an Opener.
func NewOpener(ring *keyring.Ring) *Opener { return &Opener{ring} }

// OpenAdmission opens an admission for the call whose canonical arguments have
// the digest. Errors are ErrInvalid, ErrLate and ErrDigest; with any of them
// the admission is empty.
func (o *Opener) OpenAdmission(raw string, now time.Time, digest string) (Admission, error) {
	var a Admission
	if err := open(keyring.Admission, raw, &a, o.authentic); err != nil {
		return Admission{}, err
	}
	if !now.Before(a.Expires) {
		return Admission{}, ErrLate
	}
	if !same(a.Digest, digest) {
		return Admission{}, ErrDigest
	}
	return a, nil
}

// OpenOrder opens an order for the bytes that have the digest, at the Envoy
// that carries them; errors are those of OpenAdmission. Whether the order's
// nonce was used before is for Nonces to say.
func (o *Opener) OpenOrder(raw string, now time.Time, bodyDigest, envoyNode string) (Order, error) {
	var order Order
	if err := open(keyring.Order, raw, &order, o.signed); err != nil {
		return Order{}, err
	}
	if !now.Before(order.SendUntil) {
		return Order{}, ErrLate
	}
	if !same(order.Body, bodyDigest) {
		return Order{}, ErrDigest
	}
	if !same(order.Envoy, envoyNode) {
		return Order{}, ErrInvalid
	}
	return order, nil
}

// same is never true for an empty digest.
func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// authentic says that a text has the MAC of an admission.
func (o *Opener) authentic(kid string, text, mac []byte) bool {
	key, ok := o.ring.MACKey(keyring.Admission, kid)
	return ok && hmac.Equal(mac, authenticate(key, text))
}

// signed says that a text has the signature of an order.
func (o *Opener) signed(kid string, text, signature []byte) bool {
	key, ok := o.ring.Public(keyring.Order, kid)
	return ok && ed25519.Verify(key, text, signature)
}

// open checks a statement's form and signature and decodes it strictly: what
// does not encode to the same bytes again could be read two ways.
func open[T statement](p keyring.SigningPurpose, raw string, into *T, good func(kid string, text, signature []byte) bool) error {
	if len(raw) > maxStatement {
		return ErrInvalid
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 4 || parts[0] != version {
		return ErrInvalid
	}
	signature, ok := strict(parts[3])
	if !ok || !good(parts[1], signed(p, parts[1], parts[2]), signature) {
		return ErrInvalid
	}
	data, ok := strict(parts[2])
	if !ok || json.Unmarshal(data, into) != nil || (*into).check() != nil {
		return ErrInvalid
	}
	if again, err := json.Marshal(into); err != nil || !bytes.Equal(again, data) {
		return ErrInvalid
	}
	return nil
}

// strict decodes base64 that is spelt in the one way there is. The library
// alone would read over line breaks.
func strict(text string) ([]byte, bool) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	return data, err == nil && base64.RawURLEncoding.EncodeToString(data) == text
}
