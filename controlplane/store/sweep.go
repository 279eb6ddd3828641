package store

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/sallyport/sallyport/internal/tenant"
)

const (
	// A second write in one tick of the file system's clock leaves a stamp as it
	// is, so a tenant is read again after a change: at the next look, and once
	// more when the coarsest clock, of two seconds, has gone on.
	soon, later = 1, 10
	// around is in how many looks all the others are looked at once, and a few
	// are looked at every time. While the kernel tells who changed, fewer are
	// looked at whom it told nothing of: those of a second are as many as the few.
	around, few, fewer = 4, 64, 16
	// anew is in how many looks every tenant is read again, for file systems
	// whose stamps cannot be trusted: five minutes.
	anew = 1200
)

// folder is one tenant's folder as it was read.
type folder struct {
	bundle tenant.Bundle
	stamps stamps
	age    int // looks since it changed
	due    bool
	err    error
}

// sweeper keeps what was read of all tenants, and reads again what may have
// changed.
type sweeper struct {
	root    string
	logger  *slog.Logger
	watches *watches // nil once the kernel cannot be relied upon
	names   []string // of tenants, sorted
	listed  stamps   // of the root
	age     int      // looks since those changed
	folders map[string]*folder
	next    int // whose turn it is to be looked at
	again   int // whose turn it is to be read whatever the stamps say
	credit  int
	reads   int // of tenants, so far
}

func newSweeper(root string, logger *slog.Logger) *sweeper {
	s := &sweeper{root: root, logger: logger, folders: map[string]*folder{}}
	var err error
	if s.watches, err = newWatches(); err != nil {
		s.deaf(err)
	}
	return s
}

// all reads every tenant, sorted by name. It is an error when none of those that
// are there can be read.
func (s *sweeper) all() ([]tenant.Bundle, error) {
	if err := s.list(); err != nil {
		return nil, err
	}
	for _, name := range s.names {
		s.read(name)
	}
	var unread []error
	for _, name := range s.names {
		if f := s.folders[name]; f.err != nil {
			unread = append(unread, f.err)
		}
	}
	if len(unread) > 0 && len(unread) == len(s.names) {
		return nil, errors.Join(unread...)
	}
	return s.bundles(), nil
}

// look reads what may have changed since the last look.
func (s *sweeper) look() ([]tenant.Bundle, error) {
	if s.age++; s.age == soon || s.age%later == 0 || !s.listed.current() {
		if err := s.list(); err != nil {
			return nil, err
		}
	}
	for _, f := range s.folders {
		f.age++
		f.due = due(f.age)
	}
	n := len(s.names)
	for range min(n, s.listen()) {
		s.next = (s.next + 1) % n
		f := s.folders[s.names[s.next]]
		f.due = f.due || !f.stamps.current()
	}
	for s.credit += n; s.credit >= anew; s.credit -= anew {
		s.again = (s.again + 1) % n
		s.folders[s.names[s.again]].due = true
	}
	for _, name := range s.names {
		if f := s.folders[name]; f.due || f.err != nil {
			s.read(name)
		}
	}
	return s.bundles(), nil
}

func due(age int) bool { return age == soon || age == later }

// list finds the tenants. Names that begin with a dot are editors' business and
// not looked at.
func (s *sweeper) list() error {
	inside := s.root + "/." // the root may be a link, which is turned to another folder
	info, err := os.Lstat(inside)
	if err != nil {
		return err
	}
	var listed stamps
	listed.add(inside, info)
	entries, err := os.ReadDir(s.root)
	if err != nil {
		return err
	}
	if !listed.equal(s.listed) {
		s.listed, s.age = listed, 0
	}
	s.names = s.names[:0]
	known := map[string]*folder{}
	for _, e := range entries {
		if leftover(e.Name()) || !e.IsDir() {
			continue
		}
		s.names = append(s.names, e.Name())
		if known[e.Name()] = s.folders[e.Name()]; known[e.Name()] == nil {
			known[e.Name()] = &folder{age: soon - 1}
		}
	}
	for name := range s.folders {
		if known[name] == nil && s.watches != nil {
			s.watches.forget(name)
		}
	}
	s.folders = known
	return nil
}

// read reads a tenant, and notes whether something about it is new.
func (s *sweeper) read(name string) {
	f := s.folders[name]
	bundle, found, err := readTenant(filepath.Join(s.root, name), name)
	s.reads++
	if f.err = err; err != nil {
		return
	}
	if s.follow(name, found) || !bundle.Same(f.bundle) || !found.equal(f.stamps) {
		f.bundle, f.stamps, f.age = bundle, found, 0
	}
}

// bundles are all tenants. One that cannot be read is as it was read last, and
// says so.
func (s *sweeper) bundles() []tenant.Bundle {
	out := make([]tenant.Bundle, 0, len(s.names))
	for _, name := range s.names {
		f := s.folders[name]
		b := f.bundle
		if f.err != nil {
			b.Name, b.Unread = name, f.err.Error()
		}
		out = append(out, b)
	}
	return out
}
