package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// links remembers which one-time links were used: a file each, made exclusively,
// so that two clicks, two processes or a restart cannot use one twice.
type links struct{ dir string }

// newLinks forgets links that have expired anyway.
func newLinks(dir string, now time.Time) (links, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return links{}, fmt.Errorf("the folder of used Desk links: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return links{}, err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > 2*linkFor {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return links{dir: dir}, nil
}

// used says whether a link was used, for the page; use decides.
func (l links) used(p pass) bool {
	_, err := os.Lstat(l.path(p))
	return err == nil
}

func (l links) path(p pass) string { return filepath.Join(l.dir, filepath.Base(p.Nonce)) }

// use is true once for each link.
func (l links) use(p pass) (bool, error) {
	file, err := os.OpenFile(l.path(p), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, file.Close()
}
