package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

const (
	// changes is what the kernel is asked to tell of; that a file or folder is gone
	// it tells unasked. Reading is not among it, or the store would wake itself.
	changes = unix.IN_MODIFY | unix.IN_CLOSE_WRITE | unix.IN_ATTRIB | unix.IN_CREATE | unix.IN_DELETE |
		unix.IN_MOVED_FROM | unix.IN_MOVED_TO | unix.IN_MOVE_SELF
	// atOnce is how many buffers of what the kernel tells are read in one look, so
	// that a look ends even when somebody writes faster.
	atOnce, buffer = 16, 64 << 10
)

// watches are the files and folders of tenants whose changes the kernel tells. It
// is a hint whom to look at: whatever it keeps to itself, the sweeper finds.
type watches struct {
	fd      int
	tenants map[int][]string // by watch; what is mounted twice can be of two
	held    map[string][]int // by tenant
	told    []byte
}

func newWatches() (*watches, error) {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("inotify: %w; raise fs.inotify.max_user_instances", err)
	}
	return &watches{fd: fd, tenants: map[int][]string{}, held: map[string][]int{}, told: make([]byte, buffer)}, nil
}

func (w *watches) close() { _ = unix.Close(w.fd) }

// follow watches what was read of a tenant and nothing else of it. It says whether
// that is something else than before: what happened to it since it was read was
// not told.
func (w *watches) follow(tenant string, found stamps) (anew bool, err error) {
	before, now := w.held[tenant], make([]int, 0, len(found))
	for i := range found {
		if leftover(filepath.Base(found[i].path)) {
			continue // comes and goes, and may be another user's; its folder tells
		}
		watch, err := w.add(found[i].path)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
			anew = true
			continue
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", found[i].path, err)
		}
		if now = append(now, watch); !slices.Contains(w.tenants[watch], tenant) {
			w.tenants[watch] = append(w.tenants[watch], tenant)
		}
	}
	w.held[tenant] = now
	for _, watch := range before {
		if !slices.Contains(now, watch) {
			w.release(tenant, watch)
		}
	}
	return anew || !slices.Equal(before, now), nil
}

// add watches one file or folder, where the file system is this machine's alone:
// the kernel tells nothing of what another machine does.
func (w *watches) add(path string) (int, error) {
	var system unix.Statfs_t
	if err := unix.Statfs(path, &system); err != nil {
		return 0, err
	}
	switch system.Type {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC:
	default:
		return 0, fmt.Errorf("a file system of type %#x may be another machine's too", system.Type)
	}
	watch, err := unix.InotifyAddWatch(w.fd, path, changes|unix.IN_DONT_FOLLOW)
	if errors.Is(err, unix.ENOSPC) {
		err = errors.New("all watches are taken; raise fs.inotify.max_user_watches")
	}
	return watch, err
}

// forget watches nothing of a tenant any more.
func (w *watches) forget(tenant string) {
	for _, watch := range w.held[tenant] {
		w.release(tenant, watch)
	}
	delete(w.held, tenant)
}

func (w *watches) release(tenant string, watch int) {
	others := slices.DeleteFunc(w.tenants[watch], func(name string) bool { return name == tenant })
	if w.tenants[watch] = others; len(others) == 0 {
		delete(w.tenants, watch)
		_, _ = unix.InotifyRmWatch(w.fd, uint32(watch)) // what is gone, the kernel has released
	}
}

// heard calls tell with each tenant that the kernel told of since, and says
// whether it kept something to itself for want of space.
func (w *watches) heard(tell func(tenant string)) (lost bool, err error) {
	for range atOnce {
		n, err := unix.Read(w.fd, w.told)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			break
		}
		if err != nil {
			return false, fmt.Errorf("inotify: %w", err)
		}
		for at := 0; at+unix.SizeofInotifyEvent <= n; {
			watch, mask := int32(binary.NativeEndian.Uint32(w.told[at:])), binary.NativeEndian.Uint32(w.told[at+4:])
			at += unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(w.told[at+12:]))
			lost = lost || mask&unix.IN_Q_OVERFLOW != 0
			for _, tenant := range w.tenants[int(watch)] {
				tell(tenant)
			}
		}
	}
	return lost, nil
}
