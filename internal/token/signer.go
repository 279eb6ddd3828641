package token

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/wire"
)

// SignerOptions are what a Signer needs.
type SignerOptions struct {
	KeyID string
	Key   ed25519.PrivateKey
}

// Signer makes gateway tokens.
type Signer struct{ jws jose.Signer }

// NewSigner returns a Signer.
func NewSigner(o SignerOptions) (*Signer, error) {
	if o.KeyID == "" || len(o.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("token: a key and its id are needed")
	}
	options := (&jose.SignerOptions{}).WithType(kind)
	jws, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: o.Key, KeyID: o.KeyID}}, options)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return &Signer{jws: jws}, nil
}

// Sign makes a token for an identity. Times are kept in whole seconds.
func (s *Signer) Sign(id Identity) (string, error) {
	c := fromIdentity(id)
	if err := c.check(); err != nil {
		return "", err
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signed, err := s.jws.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	raw := wire.TokenPrefix + compact
	if len(raw) > maxToken {
		return "", fmt.Errorf("token: it has %d bytes, more than %d: name fewer roles", len(raw), maxToken)
	}
	return raw, nil
}
