package keyring

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// secretBytes is the length of an HMAC key.
const secretBytes = 32

// Ring holds all keys. Those that sign and those that seal follow the folder while
// Follow runs; other secrets stay as they were when it was opened. It is safe for
// concurrent use.
type Ring struct {
	folder  folder
	signing atomic.Pointer[map[SigningPurpose][]signingKey] // oldest first
	sealing atomic.Pointer[map[SecretPurpose][]Version]     // oldest first, of the versioned purposes
	secret  map[SecretPurpose][]Version                     // oldest first, of all other purposes
}

type signingKey struct {
	id      string
	private ed25519.PrivateKey
	public  ed25519.PublicKey
	mac     []byte // see MAC
	made    time.Time
}

// Open reads the keys of a folder, and makes those that are missing. Two
// processes that open an empty folder at once end up with the same keys.
func Open(dir string) (*Ring, error) {
	folder, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	r := &Ring{folder: folder, secret: map[SecretPurpose][]Version{}}
	if err := r.Reload(time.Now()); err != nil {
		return nil, err
	}
	for _, p := range secretPurposes {
		if isVersioned(p) {
			continue
		}
		if r.secret[p], err = folder.versions(p, time.Now()); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// versions are all keys of a purpose.
func (f folder) versions(p SecretPurpose, now time.Time) ([]Version, error) {
	keys, err := f.load(string(p), secretBytes)
	if err != nil {
		return nil, err
	}
	out := make([]Version, 0, len(keys))
	for _, k := range keys {
		var n int
		if _, err := fmt.Sscanf(strings.TrimPrefix(k.id, string(p)), "-%d", &n); err != nil {
			return nil, fmt.Errorf("the number of the key %s: %w", k.id, err)
		}
		out = append(out, Version{Number: n, Key: k.data, Fresh: now.Sub(k.made) < publishFor})
	}
	return out, nil
}

// Signing is the newest key of a purpose that everybody knows by now.
func (r *Ring) Signing(p SigningPurpose) (kid string, key ed25519.PrivateKey) {
	k := signer((*r.signing.Load())[p], time.Now())
	return k.id, k.private
}

// Public is the public half of a purpose's key; false when none that still
// verifies has this id. It must not be changed.
func (r *Ring) Public(p SigningPurpose, kid string) (ed25519.PublicKey, bool) {
	for _, k := range (*r.signing.Load())[p] {
		if k.id == kid {
			return k.public, true
		}
	}
	return nil, false
}

// MAC is what Signing is, for a purpose whose two ends both hold its key: 32
// bytes for HMAC, derived from it. It must not be changed.
func (r *Ring) MAC(p SigningPurpose) (kid string, key []byte) {
	k := signer((*r.signing.Load())[p], time.Now())
	return k.id, k.mac
}

// MACKey is MAC's key with this id; false when none that still verifies has it.
func (r *Ring) MACKey(p SigningPurpose, kid string) ([]byte, bool) {
	for _, k := range (*r.signing.Load())[p] {
		if k.id == kid {
			return k.mac, true
		}
	}
	return nil, false
}

// TokenKey is Public for gateway tokens, as a verifier asks for it.
func (r *Ring) TokenKey(kid string) (ed25519.PublicKey, bool) { return r.Public(Token, kid) }

// Secret is a purpose's newest 32-byte HMAC key. It must not be changed.
func (r *Ring) Secret(p SecretPurpose) []byte {
	all := r.Versions(p)
	return all[len(all)-1].Key
}

// Version is one of the keys of a purpose.
type Version struct {
	Number int // of its file
	Key    []byte
	Fresh  bool // other processes may not have read it yet
}

// Versions are all keys of a purpose, oldest first and at least one; of one that seals
// as they are now, in another slice whenever one has changed. They must not be
// changed.
func (r *Ring) Versions(p SecretPurpose) []Version {
	if isVersioned(p) {
		return (*r.sealing.Load())[p]
	}
	return r.secret[p]
}

// Sealing is the version of at least one that seals: the newest that other processes
// can open. It is the oldest when all are fresh, as in a folder that was just made.
func Sealing(versions []Version) Version {
	for _, v := range slices.Backward(versions) {
		if !v.Fresh {
			return v
		}
	}
	return versions[0]
}

// fresh makes key material.
func fresh(n int) ([]byte, error) {
	data := make([]byte, n)
	if _, err := rand.Read(data); err != nil {
		return nil, fmt.Errorf("no randomness for a key: %w", err)
	}
	return data, nil
}
