package login

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sallyport/sallyport/internal/durable"
)

// Key is one person's passkey: its public half.
type Key struct {
	Owner      Owner               `json:"owner"`
	Credential webauthn.Credential `json:"credential"`
	Made       time.Time           `json:"made"`
}

// Keys keeps passkeys: a folder a tenant, a file a key, each written whole. Two
// processes on one folder see each other's.
type Keys struct{ Dir string }

// path names a key by a digest: ids come from devices.
func (k Keys) path(tenant string, id []byte) string {
	sum := sha256.Sum256(id)
	return filepath.Join(k.folder(tenant), hex.EncodeToString(sum[:])+".json")
}

func (k Keys) folder(tenant string) string { return filepath.Join(k.Dir, filepath.Base(tenant)) }

// Put keeps a key, in place of the same one.
func (k Keys) Put(key Key) error {
	data, err := json.MarshalIndent(key, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(k.folder(key.Owner.Tenant), 0o700); err != nil {
		return err
	}
	return durable.Replace(k.path(key.Owner.Tenant, key.Credential.ID), data, 0o600)
}

// Get is a tenant's key by its id, else ErrPasskey.
func (k Keys) Get(tenant string, id []byte) (Key, error) {
	key, err := read(k.path(tenant, id))
	if errors.Is(err, fs.ErrNotExist) || err == nil && key.Owner.Tenant != tenant {
		return Key{}, ErrPasskey
	}
	return key, err
}

// Of are all keys of a tenant.
func (k Keys) Of(tenant string) ([]Key, error) {
	entries, err := os.ReadDir(k.folder(tenant))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Key
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".json" {
			continue
		}
		key, err := read(filepath.Join(k.folder(tenant), e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, nil
}

// Forget removes a person's keys and says how many there were.
func (k Keys) Forget(o Owner) (int, error) {
	all, err := k.Of(o.Tenant)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, key := range all {
		if key.Owner != o {
			continue
		}
		if err := os.Remove(k.path(o.Tenant, key.Credential.ID)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func read(path string) (Key, error) {
	var key Key
	data, err := os.ReadFile(path) // #nosec G304 -- a digest below the gateway's own folder
	if err != nil {
		return key, err
	}
	if err := json.Unmarshal(data, &key); err != nil {
		return key, fmt.Errorf("the passkey %s: %w", path, err)
	}
	return key, nil
}
