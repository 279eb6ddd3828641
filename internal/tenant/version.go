package tenant

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
)

// Version names files by their names and contents: the same files have the same
// version everywhere.
func Version(files map[string][]byte) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	var length [8]byte
	for _, name := range names {
		for _, part := range [][]byte{[]byte(name), files[name]} {
			binary.BigEndian.PutUint64(length[:], uint64(len(part)))
			_, _ = h.Write(length[:])
			_, _ = h.Write(part)
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
