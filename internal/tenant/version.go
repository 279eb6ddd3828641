package tenant

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
	"strings"
)

// Version names the files that decide by their names and contents: the same
// files have the same version everywhere. The cases of policy_test.yaml and a
// shadow decide nothing, so that writing them changes no version.
func Version(files map[string][]byte) string {
	return digest(files, func(name string) bool { return name != fileCases && !strings.HasPrefix(name, dirShadow) })
}

// ShadowVersion names the files of a shadow, "" when there are none.
func ShadowVersion(files map[string][]byte) string {
	shadow := func(name string) bool { return strings.HasPrefix(name, dirShadow) }
	for name := range files {
		if shadow(name) {
			return digest(files, shadow)
		}
	}
	return ""
}

func digest(files map[string][]byte, counts func(name string) bool) string {
	names := make([]string, 0, len(files))
	for name := range files {
		if counts(name) {
			names = append(names, name)
		}
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
