package keyring

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
)

// secretBytes is the length of an HMAC key.
const secretBytes = 32

// Ring holds all keys. It is immutable once opened.
type Ring struct {
	signing map[SigningPurpose][]signingKey // oldest first
	secret  map[SecretPurpose][]byte
}

type signingKey struct {
	id      string
	private ed25519.PrivateKey
}

// Open reads the keys of a folder, and makes those that are missing. Two
// processes that open an empty folder at once end up with the same keys.
func Open(dir string) (*Ring, error) {
	folder, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	r := &Ring{signing: map[SigningPurpose][]signingKey{}, secret: map[SecretPurpose][]byte{}}
	for _, p := range signingPurposes {
		if err := r.loadSigning(folder, p); err != nil {
			return nil, err
		}
	}
	for _, p := range secretPurposes {
		keys, err := folder.load(string(p), secretBytes)
		if err != nil {
			return nil, err
		}
		r.secret[p] = keys[len(keys)-1].data
	}
	return r, nil
}

func (r *Ring) loadSigning(folder folder, p SigningPurpose) error {
	keys, err := folder.load(string(p), ed25519.SeedSize)
	if err != nil {
		return err
	}
	for _, k := range keys {
		r.signing[p] = append(r.signing[p], signingKey{id: k.id, private: ed25519.NewKeyFromSeed(k.data)})
	}
	return nil
}

// Signing is the newest key of a purpose.
func (r *Ring) Signing(p SigningPurpose) (kid string, key ed25519.PrivateKey) {
	keys := r.signing[p]
	newest := keys[len(keys)-1]
	return newest.id, newest.private
}

// Public is the public half of a purpose's key; false when it has none with
// this id.
func (r *Ring) Public(p SigningPurpose, kid string) (ed25519.PublicKey, bool) {
	for _, k := range r.signing[p] {
		if k.id == kid {
			public, ok := k.private.Public().(ed25519.PublicKey)
			return public, ok
		}
	}
	return nil, false
}

// TokenKey is Public for gateway tokens, as a verifier asks for it.
func (r *Ring) TokenKey(kid string) (ed25519.PublicKey, bool) { return r.Public(Token, kid) }

// Secret is a purpose's 32-byte HMAC key. It must not be changed.
func (r *Ring) Secret(p SecretPurpose) []byte { return r.secret[p] }

// fresh makes key material.
func fresh(n int) ([]byte, error) {
	data := make([]byte, n)
	if _, err := rand.Read(data); err != nil {
		return nil, fmt.Errorf("no randomness for a key: %w", err)
	}
	return data, nil
}
