package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// swept is a sweeper that has looked at tenants for so long that it reads none
// of them any more.
func swept(t *testing.T, root string) *sweeper {
	t.Helper()
	s := newSweeper(root, slog.New(slog.DiscardHandler))
	t.Cleanup(s.close)
	if _, err := s.all(); err != nil {
		t.Fatal(err)
	}
	for range later {
		look(t, s)
	}
	before := s.reads
	if look(t, s); s.reads != before && len(s.names) < anew/later {
		t.Fatalf("%d tenants are read though nothing changed", s.reads-before)
	}
	return s
}

// deafened is one that the kernel tells nothing.
func deafened(t *testing.T, root string) *sweeper {
	t.Helper()
	s := swept(t, root)
	s.close()
	return s
}

func look(t *testing.T, s *sweeper) string {
	t.Helper()
	bundles, err := s.look()
	if err != nil {
		t.Fatal(err)
	}
	return spell(bundles)
}

// Whatever a program does to hide a change, one look finds it: it looks at a few
// tenants, and of many the kernel tells.
func TestChangesAreSeen(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, root, file string) error{
		"of the same size": func(_ *testing.T, _, file string) error { return os.WriteFile(file, []byte("two"), 0o600) },
		"of the same size and time": func(t *testing.T, _, file string) error {
			info, err := os.Stat(file)
			return errors.Join(err, os.WriteFile(file, []byte("two"), 0o600), os.Chtimes(file, info.ModTime(), info.ModTime()))
		},
		"another file put in its place, as editors do": func(_ *testing.T, _, file string) error {
			info, err := os.Stat(file)
			other := file + ".tmp"
			return errors.Join(err, os.WriteFile(other, []byte("two"), 0o600), os.Chtimes(other, info.ModTime(), info.ModTime()), os.Rename(other, file))
		},
		"a folder put in its place": func(_ *testing.T, root, _ string) error {
			aside, tenant := filepath.Join(root, ".aside"), filepath.Join(root, "acme")
			return errors.Join(
				os.Mkdir(aside, 0o700), os.WriteFile(filepath.Join(aside, "policy.csv"), []byte("two"), 0o600),
				os.Rename(tenant, filepath.Join(root, ".old")), os.Rename(aside, tenant))
		},
		"under another name": func(t *testing.T, _, file string) error {
			other := filepath.Join(t.TempDir(), "other")
			return errors.Join(os.Link(file, other), os.WriteFile(other, []byte("two"), 0o600))
		},
		"through memory": func(_ *testing.T, _, file string) error {
			f, err := os.OpenFile(file, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte("two"), 0)
			return errors.Join(err, f.Close())
		},
	} {
		for how, begin := range map[string]func(t *testing.T, root string) *sweeper{"found": deafened, "told": crowded} {
			t.Run(name+", "+how, func(t *testing.T) {
				root := t.TempDir()
				write(t, root, "acme/policy.csv", "one")
				s := begin(t, root)
				if err := change(t, root, filepath.Join(root, "acme", "policy.csv")); err != nil {
					t.Fatal(err)
				}
				if got := look(t, s); got != "acme/policy.csv=two" {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

// turned is a sweeper of a link to the folder one in root, which now leads to two.
func turned(t *testing.T, root string) *sweeper {
	t.Helper()
	link := filepath.Join(root, "link")
	if err := os.Symlink("one", link); err != nil {
		t.Fatal(err)
	}
	s := swept(t, link)
	if err := errors.Join(os.Symlink("two", link+"2"), os.Rename(link+"2", link)); err != nil {
		t.Fatal(err)
	}
	return s
}

// A link to the folder of all tenants can be turned to another version of it.
func TestRootIsALink(t *testing.T) {
	root := t.TempDir()
	write(t, root, "one/acme/policy.csv", "one")
	write(t, root, "two/acme/policy.csv", "two")
	s := turned(t, root)
	if got := look(t, s); got != "acme/policy.csv=two" {
		t.Errorf("got %q", got)
	}
	for range later + 1 {
		look(t, s)
	}
	write(t, root, "two/globex/policy.csv", "new")
	if got := look(t, s); got != "acme/policy.csv=two globex/policy.csv=new" {
		t.Errorf("got %q", got)
	}
}

// A second write in one tick of the file system's clock changes no stamp. The
// test makes it so: it notes the stamps of the second write as those of the first.
func TestWriteWithinOneTick(t *testing.T) {
	root := t.TempDir()
	write(t, root, "acme/policy.csv", "one")
	s := deafened(t, root)
	unseen := func(text string) {
		write(t, root, "acme/policy.csv", text)
		_, now, err := readTenant(filepath.Join(root, "acme"), "acme")
		if err != nil {
			t.Fatal(err)
		}
		s.folders["acme"].stamps = now
	}
	looks := func(want string) (n int) {
		for n = 1; look(t, s) != "acme/policy.csv="+want; n++ {
			if n > 2*anew {
				t.Fatalf("%q was never seen", want)
			}
		}
		return n
	}
	write(t, root, "acme/policy.csv", "two")
	look(t, s)
	unseen("six")
	if n := looks("six"); n != soon {
		t.Errorf("a write at once was seen after %d looks", n)
	}
	look(t, s)
	unseen("ten")
	if n, most := looks("ten"), int(3*time.Second/pollEvery); n > most {
		t.Errorf("a write within two seconds was seen after %d looks, not %d", n, most)
	}
	for range later {
		look(t, s)
	}
	unseen("old")
	if n := looks("old"); n > anew {
		t.Errorf("a write that the file system hides was seen after %d looks", n)
	}
}

// With many tenants each look asks about some of them, all of them in a second
// where the kernel tells nothing, and reads only what changed.
func TestManyTenants(t *testing.T) {
	root := t.TempDir()
	const tenants = 301
	for i := range tenants {
		write(t, root, fmt.Sprintf("t%03d/policy.csv", i), "one")
	}
	s := deafened(t, root)
	for _, i := range []int{0, 17, tenants - 1} {
		write(t, root, fmt.Sprintf("t%03d/policy.csv", i), "two")
		for n := 1; strings.Count(look(t, s), "=two") != 1; n++ {
			if n == int(time.Second/pollEvery) {
				t.Fatalf("a change of tenant %d was not seen after %d looks", i, n)
			}
		}
		write(t, root, fmt.Sprintf("t%03d/policy.csv", i), "one")
		for range later + around {
			look(t, s)
		}
	}
	before := s.reads
	for range anew {
		look(t, s)
	}
	if n := s.reads - before; n != tenants {
		t.Errorf("%d tenants were read in %v, not each of %d once", n, anew*pollEvery, tenants)
	}
}

// A tenant that cannot be read is tried again until it can.
func TestUnreadableIsTriedAgain(t *testing.T) {
	root := t.TempDir()
	write(t, root, "acme/policy.csv", "one")
	s := swept(t, root)
	link := filepath.Join(root, "acme", "tools.yaml")
	if err := os.Symlink("/etc/passwd", link); err != nil {
		t.Fatal(err)
	}
	for range 2 * later {
		if got := look(t, s); got != "acme/policy.csv=one unread" {
			t.Fatalf("with a link: %q", got)
		}
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if got := look(t, s); got != "acme/policy.csv=one" {
		t.Errorf("got %q", got)
	}
}

// BenchmarkIdleLook compares looks with and without what the kernel tells.
func BenchmarkIdleLook(b *testing.B) {
	root := b.TempDir()
	for i := range 1000 {
		for _, name := range []string{"policy.csv", "tools.yaml", "limits.yaml", "people.yaml", "approvals.yaml", "catalogs/desk.yaml"} {
			path := filepath.Join(root, fmt.Sprintf("t%d", i), name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, how := range []string{"told", "found"} {
		b.Run(how, func(b *testing.B) {
			s := newSweeper(root, slog.New(slog.DiscardHandler))
			b.Cleanup(s.close)
			if how == "found" {
				s.close()
			}
			if _, err := s.all(); err != nil {
				b.Fatal(err)
			}
			for range later {
				if _, err := s.look(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.look(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
