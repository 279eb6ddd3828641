package keyring

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/follow"
)

// Times of a rotation. Their clock is the system's, as that of the key files.
const (
	// Overlap is how long a key verifies after its successor was made. Nothing
	// that is signed is valid for longer than 24 hours.
	Overlap = 24*time.Hour + time.Minute
	// publishFor is how long a new key only verifies or opens: other processes read
	// it before anything is signed or sealed with it.
	publishFor = 5 * time.Second
)

// Key is the public half of a signing key.
type Key struct {
	ID      string
	Public  ed25519.PublicKey
	Made    time.Time
	Signs   bool      // the one that signs now
	Retires time.Time // when it stops to verify; zero for the newest
}

// Keys are a purpose's keys that verify at a time, oldest first.
func (r *Ring) Keys(p SigningPurpose, now time.Time) []Key {
	all := (*r.signing.Load())[p]
	signs := signer(all, now)
	out := make([]Key, 0, len(all))
	for i, k := range all {
		one := Key{ID: k.id, Public: k.public, Made: k.made, Signs: k.id == signs.id}
		if i+1 < len(all) {
			one.Retires = all[i+1].made.Add(Overlap)
		}
		out = append(out, one)
	}
	return out
}

// signer is the newest key that has been there for publishFor, or the oldest.
func signer(keys []signingKey, now time.Time) signingKey {
	for _, k := range slices.Backward(keys) {
		if now.Sub(k.made) >= publishFor {
			return k
		}
	}
	return keys[0]
}

// Reload reads the keys that sign, and those that seal, again. A purpose without
// any gets a new one: a key that is gone verifies and opens nothing any more. On an
// error the last keys stay.
func (r *Ring) Reload(now time.Time) error {
	next := map[SigningPurpose][]signingKey{}
	for _, p := range signingPurposes {
		files, err := r.folder.load(string(p), ed25519.SeedSize)
		if err != nil {
			return err
		}
		for i, f := range files {
			if i+1 < len(files) && !now.Before(files[i+1].made.Add(Overlap)) {
				continue
			}
			private := ed25519.NewKeyFromSeed(f.data)
			public, _ := private.Public().(ed25519.PublicKey)
			mac, err := hkdf.Key(sha256.New, f.data, nil, "sallyport mac "+string(p), secretBytes)
			if err != nil {
				return err
			}
			next[p] = append(next[p], signingKey{id: f.id, private: private, public: public, mac: mac, made: f.made})
		}
	}
	sealing := map[SecretPurpose][]Version{}
	for _, p := range versioned {
		versions, err := r.folder.versions(p, now)
		if err != nil {
			return err
		}
		if last := r.sealing.Load(); last != nil && slices.EqualFunc((*last)[p], versions, Version.is) {
			versions = (*last)[p]
		}
		sealing[p] = versions
	}
	r.signing.Store(&next)
	r.sealing.Store(&sealing)
	return nil
}

// is says that two versions are the same, and as old as one another.
func (v Version) is(other Version) bool {
	return v.Number == other.Number && v.Fresh == other.Fresh && bytes.Equal(v.Key, other.Key)
}

// Follow reloads until ctx ends, then returns nil. An error is logged once.
func (r *Ring) Follow(ctx context.Context, clock clockwork.Clock, logger *slog.Logger) error {
	return follow.File(ctx, clock, logger, "Keys could not be read and the last ones stay", func() error { return r.Reload(time.Now()) })
}

// Rotate makes a new signing key and returns its id. It signs after some
// seconds; the one before verifies for Overlap.
func (r *Ring) Rotate(p SigningPurpose) (string, error) {
	id, err := r.folder.next(string(p), ed25519.SeedSize)
	if err != nil {
		return "", err
	}
	return id, r.Reload(time.Now())
}

// RotateSecret makes a new key of a purpose whose older keys still open, and
// returns its id. It seals once it is no longer fresh.
func (r *Ring) RotateSecret(p SecretPurpose) (string, error) {
	if !isVersioned(p) {
		return "", fmt.Errorf("the key for %s has no versions: what an older one made would be lost", p)
	}
	id, err := r.folder.next(string(p), secretBytes)
	if err != nil {
		return "", err
	}
	return id, r.Reload(time.Now())
}

// next makes a purpose's next key.
func (f folder) next(purpose string, size int) (string, error) {
	names, err := f.names(purpose)
	if err != nil {
		return "", err
	}
	last := 0
	for _, id := range names {
		var n int
		if _, err := fmt.Sscanf(strings.TrimPrefix(id, purpose), "-%d", &n); err == nil {
			last = max(last, n)
		}
	}
	if last >= 9999 {
		return "", fmt.Errorf("there is no number for another %s key: move the files %s-*.key away", purpose, purpose)
	}
	id := fmt.Sprintf("%s-%04d", purpose, last+1)
	if err := f.make(id, size); err != nil {
		return "", fmt.Errorf("make a key for %s: %w", purpose, err)
	}
	return id, nil
}

// Withdraw ends a signing key at once: what it signed is refused. The newest one
// is not withdrawn, because it could not be followed by another one's number.
func (r *Ring) Withdraw(p SigningPurpose, id string) error {
	names, err := r.folder.names(string(p))
	if err != nil {
		return err
	}
	switch {
	case !slices.Contains(names, id):
		return fmt.Errorf("there is no key %q for %s; there are %s", id, p, strings.Join(names, ", "))
	case id == names[len(names)-1]:
		return fmt.Errorf("%s is the newest key for %s: rotate first", id, p)
	}
	if err := os.Remove(filepath.Join(r.folder.dir, id+".key")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(durable.Folder(r.folder.dir), r.Reload(time.Now()))
}

// names are the ids of a purpose's key files, by number.
func (f folder) names(purpose string) ([]string, error) {
	entries, err := os.ReadDir(f.dir) // sorted by name
	if err != nil {
		return nil, fmt.Errorf("the folder of keys: %w", err)
	}
	var out []string
	for _, entry := range entries {
		id, isKey := strings.CutSuffix(entry.Name(), ".key")
		rest, ours := strings.CutPrefix(id, purpose)
		if isKey && ours && number.MatchString(rest) {
			out = append(out, id)
		}
	}
	return out, nil
}
