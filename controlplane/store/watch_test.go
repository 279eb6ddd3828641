package store

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/testkit"
)

// kernelHolds is how many watches the kernel has, by what it says of the file.
func kernelHolds(t *testing.T, s *sweeper) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/fdinfo/" + strconv.Itoa(s.watches.fd))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), "inotify wd:")
}

// What happens to the folders of tenants is told too, and no watch stays behind.
func TestFoldersAreTold(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(path func(...string) string) error
		want    string
		watches int // of acme and globex
	}{
		{"nothing", func(func(...string) string) error { return nil }, "acme/policy.csv=one globex/policy.csv=old", 4},
		{"a tenant more", func(path func(...string) string) error {
			return errors.Join(os.Mkdir(path("beta"), 0o700), os.WriteFile(path("beta", "policy.csv"), []byte("new"), 0o600))
		}, "acme/policy.csv=one beta/policy.csv=new globex/policy.csv=old", 6},
		{"a tenant less", func(path func(...string) string) error { return os.RemoveAll(path("acme")) }, "globex/policy.csv=old", 2},
		{"a tenant put aside", func(path func(...string) string) error { return os.Rename(path("acme"), path(".acme")) }, "globex/policy.csv=old", 2},
		{"another name", func(path func(...string) string) error { return os.Rename(path("acme"), path("beta")) }, "beta/policy.csv=one globex/policy.csv=old", 4},
		{"one for the other", func(path func(...string) string) error {
			return errors.Join(os.Rename(path("acme"), path(".x")), os.Rename(path("globex"), path("acme")), os.Rename(path(".x"), path("globex")))
		}, "acme/policy.csv=old globex/policy.csv=one", 4},
		{"a new folder", func(path func(...string) string) error {
			return errors.Join(os.Mkdir(path("acme", "catalogs"), 0o700), os.WriteFile(path("acme", "catalogs", "x.yaml"), []byte("new"), 0o600))
		}, "acme/policy.csv=one acme/catalogs/x.yaml=new globex/policy.csv=old", 6},
		{"a folder moved in", func(path func(...string) string) error {
			return errors.Join(os.Mkdir(path("..", "c"), 0o700), os.WriteFile(path("..", "c", "x.yaml"), []byte("new"), 0o600),
				os.Rename(path("..", "c"), path("acme", "catalogs")))
		}, "acme/policy.csv=one acme/catalogs/x.yaml=new globex/policy.csv=old", 6},
		{"a file put aside", func(path func(...string) string) error {
			return errors.Join(os.Rename(path("acme", "policy.csv"), path("README")), os.WriteFile(path("acme", "policy.csv"), []byte("new"), 0o600))
		}, "acme/policy.csv=new globex/policy.csv=old", 4},
		{"what an editor leaves", func(path func(...string) string) error {
			return os.WriteFile(path("acme", ".policy.csv.swp"), nil, 0)
		}, "acme/policy.csv=one globex/policy.csv=old", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			write(t, root, "acme/policy.csv", "one")
			write(t, root, "globex/policy.csv", "old")
			s := crowded(t, root)
			if err := c.change(func(names ...string) string { return filepath.Join(root, filepath.Join(names...)) }); err != nil {
				t.Fatal(err)
			}
			if got := look(t, s); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			look(t, s)
			if got, want := kernelHolds(t, s), c.watches+2*others; got != want {
				t.Errorf("%d watches, want %d", got, want)
			}
			for range later {
				look(t, s)
			}
			reads, next := s.reads, (s.next+fewer)%len(s.names)
			if look(t, s); s.reads != reads || s.next != next {
				t.Errorf("nothing changed, and %d were read and %d looked at", s.reads-reads, (s.next-next)%len(s.names)+fewer)
			}
		})
	}
}

// A second change of the folder of tenants in one tick of the file system's clock
// leaves its stamp as it is; the tenant's own folder tells.
func TestFolderReplacedWithinOneTick(t *testing.T) {
	for name, change := range map[string]func(from, to string) error{
		"put aside": func(from, to string) error { return os.Rename(from, to) },
		"removed":   func(from, _ string) error { return os.Remove(from) },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			acme, other := filepath.Join(root, "acme"), filepath.Join(root, ".other")
			if err := os.Mkdir(acme, 0o700); err != nil {
				t.Fatal(err)
			}
			s := crowded(t, root)
			write(t, root, ".other/policy.csv", "two")
			if err := errors.Join(change(acme, filepath.Join(root, ".old")), os.Rename(other, acme), s.list()); err != nil {
				t.Fatal(err)
			}
			s.age = soon
			if got := look(t, s); got != "acme/policy.csv=two" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A file in a folder that was not watched yet when it was written is told by the
// folder, or read after it is watched.
func TestNewFolderIsWatched(t *testing.T) {
	root := t.TempDir()
	write(t, root, "acme/policy.csv", "one")
	s := crowded(t, root)
	for _, text := range []string{"a", "b", "c"} {
		write(t, root, "acme/catalogs/x.yaml", text)
		if got, want := look(t, s), "acme/policy.csv=one acme/catalogs/x.yaml="+text; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		for range later {
			look(t, s)
		}
		s.next = slices.Index(s.names, "other00")
	}
}

// What happens between reading and watching is not told, so that what is newly
// watched, or gone by then, is read once more.
func TestNewlyWatchedIsReadAgain(t *testing.T) {
	root := t.TempDir()
	write(t, root, "acme/policy.csv", "one")
	s := crowded(t, root)
	again := func() bool {
		before := s.reads
		look(t, s)
		return s.reads != before
	}
	if s.read("acme"); again() {
		t.Error("what was watched already is read again")
	}
	s.watches.forget("acme")
	if s.read("acme"); !again() {
		t.Error("it is not read again")
	}
	gone := append(stamps{{path: filepath.Join(root, "acme", "gone")}}, s.folders["acme"].stamps...)
	if anew := s.follow("acme", gone); !anew || s.watches == nil {
		t.Error("a file that is gone before it is watched")
	}
}

// What two tenants share is told of both, and of the one that is left.
func TestFileOfTwoTenants(t *testing.T) {
	root, third := t.TempDir(), filepath.Join(t.TempDir(), "policy.csv")
	write(t, root, "acme/policy.csv", "one")
	first, second := filepath.Join(root, "acme", "policy.csv"), filepath.Join(root, "globex", "policy.csv")
	if err := errors.Join(os.Mkdir(filepath.Dir(second), 0o700), os.Link(first, second), os.Link(first, third)); err != nil {
		t.Fatal(err)
	}
	s := crowded(t, root)
	save := func(text, want string) {
		t.Helper()
		if err := os.WriteFile(third, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := look(t, s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	save("two", "acme/policy.csv=two globex/policy.csv=two")
	for range later {
		look(t, s)
	}
	s.next = slices.Index(s.names, "other00")
	s.watches.forget("acme")
	save("six", "acme/policy.csv=two globex/policy.csv=six")
}

// Who stops watching gives the kernel back what it took.
func TestWatchEnds(t *testing.T) {
	held := func() (n int) {
		files, _ := filepath.Glob("/proc/self/fd/*")
		for _, file := range files {
			if to, _ := os.Readlink(file); strings.Contains(to, "inotify") {
				n++
			}
		}
		return n
	}
	testkit.Eventually(t, "the end of the tests before", func() bool { return held() == 0 })
	f, err := NewFolder(Options{Root: t.TempDir(), Clock: clockwork.NewFakeClock(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	values, err := f.Watch(ctx)
	if err != nil || held() != 1 {
		t.Fatalf("%v, %d are held", err, held())
	}
	<-values
	cancel()
	if _, more := <-values; more || held() != 0 {
		t.Errorf("%d are held", held())
	}
}
