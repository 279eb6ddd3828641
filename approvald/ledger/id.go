package ledger

import "crypto/rand"

// idAlphabet is Crockford's base32: no two of its characters look alike.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// newID returns "int_" and 20 random characters: 100 bits, short enough to type.
func newID() string {
	var random [20]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the process instead
	id := []byte("int_")
	for _, b := range random {
		id = append(id, idAlphabet[b&31])
	}
	return string(id)
}
