package store

import (
	"io/fs"
	"slices"
	"syscall"
)

// stamp is what the file system says of one file or folder without reading it.
// The time of the last change of the inode is among it, which no program can set
// back: keeping a file's time of writing, or its size, hides nothing.
type stamp struct {
	device, inode    uint64
	mode             uint32
	size             int64
	written, changed syscall.Timespec
}

func stampOf(s *syscall.Stat_t) stamp {
	return stamp{uint64(s.Dev), s.Ino, s.Mode, s.Size, s.Mtim, s.Ctim} //nolint:unconvert // Dev differs between systems
}

// stamped is a file or folder of a tenant as it was just before it was read.
type stamped struct {
	path string
	stamp
}

// stamps are everything that was looked at for one tenant: a new name changes
// the folder it stands in.
type stamps []stamped

func (s *stamps) add(path string, info fs.FileInfo) {
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		*s = append(*s, stamped{path, stampOf(system)})
	}
}

// current says that the file system still says the same of all of them.
func (s stamps) current() bool {
	var now syscall.Stat_t
	for i := range s {
		if syscall.Lstat(s[i].path, &now) != nil || stampOf(&now) != s[i].stamp {
			return false
		}
	}
	return len(s) > 0
}

func (s stamps) equal(other stamps) bool { return slices.Equal(s, other) }
