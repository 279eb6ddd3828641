package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sallyport/sallyport/internal/durable"
)

// links remembers which one-time links were used, and of which the session was
// left: a file each, made exclusively, so that two clicks, two processes or a
// restart cannot use one twice. Of a person it remembers until when all ended.
type links struct{ dir string }

// newLinks forgets links and sessions that have expired anyway.
func newLinks(dir string, now time.Time) (links, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return links{}, fmt.Errorf("the folder of used Desk links: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return links{}, err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > 2*sessionFor {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return links{dir: dir}, nil
}

// mark is what can be remembered of a link.
type mark string

const (
	used mark = "used" // the link
	left mark = "left" // the session that began with it
	kept mark = "kept" // a text for a command line
)

// has says whether a link has a mark; a mark that cannot be looked at counts.
func (l links) has(p pass, m mark) bool {
	_, err := os.Lstat(l.path(p, m))
	return !errors.Is(err, fs.ErrNotExist)
}

func (l links) path(p pass, m mark) string {
	return filepath.Join(l.dir, filepath.Base(p.Nonce)+"."+string(m))
}

// put is true once for each link and mark.
func (l links) put(p pass, m mark) (bool, error) {
	file, err := os.OpenFile(l.path(p, m), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, file.Close()
}

// end ends a person's sessions and invitations that began until now.
func (l links) end(tenant, person string, now time.Time) error {
	return durable.Replace(l.endOf(tenant, person), now.AppendFormat(nil, time.RFC3339Nano), 0o600)
}

// ended says whether a session or an invitation began before an end of its person's;
// an end that cannot be read counts.
func (l links) ended(p pass) bool {
	data, err := os.ReadFile(l.endOf(p.Tenant, p.Person)) // #nosec G304 -- a digest below the gateway's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	until, bad := time.Parse(time.RFC3339Nano, string(data))
	return err != nil || bad != nil || !p.Began.After(until)
}

func (l links) endOf(tenant, person string) string {
	sum := sha256.Sum256([]byte(tenant + "\x00" + person))
	return filepath.Join(l.dir, hex.EncodeToString(sum[:])+".end")
}

// keep leaves a text for a command line, once.
func (l links) keep(code, text string) (bool, error) {
	if l.has(pass{Nonce: code}, used) {
		return false, nil
	}
	file, err := os.OpenFile(l.path(pass{Nonce: code}, kept), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil:
		return false, err
	}
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Close())
	return err == nil, err
}

// take is what was kept, once; "" for nothing.
func (l links) take(code string) string {
	path := l.path(pass{Nonce: code}, kept)
	data, err := os.ReadFile(path) // #nosec G304 -- a digest below the gateway's own folder
	if err != nil {
		return ""
	}
	if fresh, err := l.put(pass{Nonce: code}, used); err != nil || !fresh {
		return ""
	}
	_ = os.Remove(path)
	return string(data)
}
