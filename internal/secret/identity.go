package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"filippo.io/age"

	"github.com/sallyport/sallyport/internal/durable"
)

// openIdentity reads the key at path, or makes it. A missing key is never
// replaced when there are secrets that need it.
func openIdentity(path, secrets string) (*age.X25519Identity, error) {
	identity, err := readIdentity(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return identity, err
	}
	if _, err := os.Stat(secrets); err == nil {
		// Another process may have made both in between.
		if identity, err = readIdentity(path); !errors.Is(err, fs.ErrNotExist) {
			return identity, err
		}
		return nil, fmt.Errorf("secrets %s cannot be read without their key %s: restore the key, or move the secrets away and store them again", secrets, path)
	}
	return makeIdentity(path)
}

func readIdentity(path string) (*age.X25519Identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key of the secrets %s can be read by others: run `chmod 600 %s`, and store new secrets if others could have read it", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	identity, err := age.ParseX25519Identity(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, fmt.Errorf("the key of the secrets %s is damaged: restore it from a backup", path)
	}
	return identity, nil
}

// makeIdentity makes a key; when another process was faster, that one's counts.
func makeIdentity(path string) (*age.X25519Identity, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a key for secrets: %w", err)
	}
	err = durable.Create(path, []byte(identity.String()+"\n"), 0o600)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make a key for secrets: %w", err)
	}
	return readIdentity(path)
}
