package bodykey

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/keyring"
)

// ErrOpen says that a sealed body was changed or moved, or that its key is missing.
var ErrOpen = errors.New("a sealed body does not open: it was changed, or its key is not among the keys")

// numberBytes is the length of a key's number, which a sealed body begins with.
const numberBytes = 2

// Keys are the gateway's keys for bodies, as they are at each call.
type Keys struct{ ring *keyring.Ring }

// New are the keys of a ring.
func New(r *keyring.Ring) Keys { return Keys{r} }

// Seal seals the body of a column of an intent with AES-256-GCM under the tenant's
// newest key that other processes can open: the key's number in 2 bytes, a random
// nonce of 12, the ciphertext.
func (k Keys) Seal(tenant, intent, column string, body []byte) ([]byte, error) {
	sealing := keyring.Sealing(k.ring.Versions(keyring.Bodies))
	aead, err := derive(sealing, tenant)
	if err != nil {
		return nil, err
	}
	number := binary.BigEndian.AppendUint16(nil, uint16(sealing.Number)) // #nosec G115 -- four digits
	return aead.Seal(number, nil, body, place(tenant, intent, column)), nil
}

// Open returns what Seal sealed for the same place, or ErrOpen.
func (k Keys) Open(tenant, intent, column string, sealed []byte) ([]byte, error) {
	if len(sealed) < numberBytes {
		return nil, ErrOpen
	}
	number := int(binary.BigEndian.Uint16(sealed))
	for _, v := range k.ring.Versions(keyring.Bodies) {
		if v.Number != number {
			continue
		}
		aead, err := derive(v, tenant)
		if err != nil {
			return nil, err
		}
		if body, err := aead.Open(nil, nil, sealed[numberBytes:], place(tenant, intent, column)); err == nil {
			return body, nil
		}
	}
	return nil, ErrOpen
}

// derive makes a tenant's key of a version.
func derive(v keyring.Version, tenant string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, v.Key, nil, fmt.Sprintf("sallyport bodies %d:%s,", len(tenant), tenant), 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// place is what a sealed body is bound to.
func place(tenant, intent, column string) []byte {
	return fmt.Appendf(nil, "%d:%s,%d:%s,%d:%s,", len(tenant), tenant, len(intent), intent, len(column), column)
}
