package token

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"time"
)

// Mint signs a gateway token with a key. Without an id of its session it is one
// more token of the session that the same agent has about the same ticket and
// customer: a renewed token must not make a repeated call a second effect.
// Without times it is valid for ttl from now. It returns the identity as it was
// signed.
func Mint(kid string, key ed25519.PrivateKey, id Identity, now time.Time, ttl time.Duration) (string, Identity, error) {
	if id.TokenID == "" {
		var b [24]byte
		_, _ = rand.Read(b[:])
		id.TokenID = "tok_" + hex.EncodeToString(b[:])
	}
	if id.Session.ID == "" {
		id.Session.ID = SessionID(id)
	}
	if id.Expires.IsZero() {
		id.IssuedAt = now.Truncate(time.Second)
		id.Expires = now.Add(ttl).Truncate(time.Second)
	}
	signer, err := NewSigner(SignerOptions{KeyID: kid, Key: key})
	if err != nil {
		return "", id, err
	}
	raw, err := signer.Sign(id)
	return raw, id, err
}
