package sqldb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// guard makes the file of a new database and refuses one that is not private:
// it holds what agents asked for and what people decided. The journal files
// beside it get its mode from SQLite.
func guard(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the operator names the file
	if err == nil {
		return file.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := private(path+suffix, os.Geteuid()); err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	return nil
}

func private(path string, user int) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		return fmt.Errorf("%s has mode %#o, it must be 0600: run chmod 600 on it after checking who could read or change it", path, mode)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != user {
		return fmt.Errorf("%s belongs to another user: run as its owner, or chown it", path)
	}
	return nil
}
