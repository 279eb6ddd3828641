package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// maxPath is how long Linux lets a socket's path be, in bytes.
const maxPath = 107

// ListenUnix listens on a socket that only this user can use: a folder of its
// own, mode 0700 when it is made here, a 0600 socket, and connections of any
// other uid are closed. A socket that a dead process left behind is replaced;
// one that answers, and anything that is no socket, is an error.
func ListenUnix(path string) (net.Listener, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("the socket %s: its path has more than %d bytes; choose a shorter folder with --data", path, maxPath)
	}
	unlock, err := lockSocket(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := removeStale(path); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the socket %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return &ownListener{listener}, nil
}

// lockSocket makes the folder and holds its lock while a stale socket is
// replaced: of two processes that start at once, the second would otherwise
// remove the first one's socket.
func lockSocket(path string) (unlock func(), err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of sockets: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of sockets: %w", err)
	}
	if info.Mode().Perm()&0o002 != 0 {
		return nil, fmt.Errorf("the folder of sockets %s can be written by others: run `chmod 700 %s`", dir, dir)
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of sockets: %w", err)
	}
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the folder of sockets: %w", err), folder.Close())
	}
	return func() { _ = folder.Close() }, nil
}

// removeStale removes a socket only when the system says that nobody listens:
// a process that is merely slow to answer keeps its own.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the socket %s: %w", path, err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is in the place of a socket: move it away", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second) //nolint:noctx // bounded by a second
	switch {
	case err == nil:
		_ = conn.Close()
	case errors.Is(err, syscall.ECONNREFUSED):
		return os.Remove(path)
	}
	return fmt.Errorf("the socket %s is in use: another gateway runs on the same data folder; stop it, or choose another folder with --data", path)
}
