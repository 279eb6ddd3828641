package grant

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// BodyDigest is over everything of a request that a tool acts on: method,
// authority, path with query, the provider's idempotency key and the body. Each
// part is preceded by its length, so that no two requests look alike.
func BodyDigest(method, authority, path, providerKey string, body []byte) string {
	h := sha256.New()
	var length [8]byte
	for _, part := range [][]byte{[]byte(method), []byte(authority), []byte(path), []byte(providerKey), body} {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		_, _ = h.Write(length[:])
		_, _ = h.Write(part)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
