package token

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// assertionFor is how long a client assertion is good: it is used at once.
const assertionFor = time.Minute

// Assertion is a client's signed word to a token endpoint that it is itself
// (RFC 7523), good once.
func Assertion(kid string, key ed25519.PrivateKey, client, audience string, now time.Time) (string, error) {
	var id [16]byte
	_, _ = rand.Read(id[:])
	payload, err := json.Marshal(map[string]any{
		"iss": client, "sub": client, "aud": audience, "jti": hex.EncodeToString(id[:]),
		"iat": now.Unix(), "exp": now.Add(assertionFor).Unix(),
	})
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithType("client-authentication+jwt")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, options)
	if err != nil {
		return "", fmt.Errorf("assertion: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("assertion: %w", err)
	}
	return signed.CompactSerialize()
}
