package grant

import (
	"crypto/subtle"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
)

// Opener opens statements.
type Opener struct{ ring *keyring.Ring }

// NewOpener returns an Opener.
func NewOpener(ring *keyring.Ring) *Opener { return &Opener{ring} }

// OpenAdmission opens an admission for the call whose canonical arguments have
// the digest.
func (o *Opener) OpenAdmission(raw string, now time.Time, digest string) (Admission, error) {
	var a Admission
	if err := open(o.ring, keyring.Admission, raw, &a); err != nil {
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
// that carries them.
func (o *Opener) OpenOrder(raw string, now time.Time, bodyDigest, envoy string) (Order, error) {
	var order Order
	if err := open(o.ring, keyring.Order, raw, &order); err != nil {
		return Order{}, err
	}
	if !now.Before(order.SendUntil) {
		return Order{}, ErrLate
	}
	if !same(order.Body, bodyDigest) {
		return Order{}, ErrDigest
	}
	if order.Envoy != envoy || order.Nonce == "" {
		return Order{}, ErrInvalid
	}
	return order, nil
}

// same is never true for an empty digest.
func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
