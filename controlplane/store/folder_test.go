package store

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/tenant"
)

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func spell(bundles []tenant.Bundle) string {
	var parts []string
	for _, b := range bundles {
		for _, file := range []string{"policy.csv", "catalogs/x.yaml"} {
			if data, ok := b.Files[file]; ok {
				parts = append(parts, b.Name+"/"+file+"="+string(data))
			}
		}
		if b.Unread != "" {
			parts = append(parts, "unread")
		}
	}
	return strings.Join(parts, " ")
}

func TestWatch(t *testing.T) {
	root, clock := t.TempDir(), clockwork.NewFakeClock()
	write(t, root, "acme/policy.csv", "1")
	for _, leftover := range []string{".policy.csv.swp", "policy.csv~", "#policy.csv#", "4913", "policy.csv.bak", "tools.yaml.orig"} {
		write(t, root, "acme/"+leftover, "x")
	}
	write(t, root, "README", "not a tenant")
	f, err := NewFolder(Options{Root: root, Clock: clock, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	values, err := f.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := spell(<-values); got != "acme/policy.csv=1" {
		t.Fatalf("first %q", got)
	}
	next := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			clock.Advance(pollEvery)
			select {
			case got := <-values:
				if spell(got) != want {
					t.Fatalf("got %q, want %q", spell(got), want)
				}
				return
			default:
			}
		}
		t.Fatalf("%q never came", want)
	}
	write(t, root, "acme/policy.csv", "2")
	next("acme/policy.csv=2")
	write(t, root, "globex/catalogs/x.yaml", "3")
	next("acme/policy.csv=2 globex/catalogs/x.yaml=3")
	// A tenant that cannot be read stays as it is, and keeps no other one so.
	link := filepath.Join(root, "acme", "tools.yaml")
	if err := os.Symlink("/etc/passwd", link); err != nil {
		t.Fatal(err)
	}
	write(t, root, "acme/policy.csv", "4")
	write(t, root, "globex/catalogs/x.yaml", "5")
	next("acme/policy.csv=2 unread globex/catalogs/x.yaml=5")
	if err := os.Symlink("/etc/passwd", filepath.Join(root, "globex", "policy.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	next("acme/policy.csv=4 globex/catalogs/x.yaml=5 unread")
	if err := os.RemoveAll(filepath.Join(root, "acme")); err != nil {
		t.Fatal(err)
	}
	next("globex/catalogs/x.yaml=5 unread")
}

// One folder that cannot be read from the start keeps no other from being served.
func TestUnreadableAtTheStart(t *testing.T) {
	root, clock := t.TempDir(), clockwork.NewFakeClock()
	write(t, root, "globex/policy.csv", "1")
	write(t, root, "acme/policy.csv", "1")
	if err := os.Symlink("/etc/passwd", filepath.Join(root, "acme", "tools.yaml")); err != nil {
		t.Fatal(err)
	}
	f, err := NewFolder(Options{Root: root, Clock: clock, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	values, err := f.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := <-values
	if len(first) != 2 || first[0].Name != "acme" || !strings.Contains(first[0].Unread, "tenant acme cannot be read: tools.yaml") || spell(first[1:]) != "globex/policy.csv=1" {
		t.Errorf("got %+v", first)
	}
	if _, problems := tenant.Load(first[0]); len(problems) != 1 || !strings.Contains(problems.Error(), "tools.yaml") {
		t.Errorf("it compiles with %v", problems)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, root string){
		"a link": func(t *testing.T, root string) {
			write(t, root, "acme/policy.csv", "1")
			if err := os.Symlink("/etc/passwd", filepath.Join(root, "acme", "tools.yaml")); err != nil {
				t.Fatal(err)
			}
		},
		"a large file": func(t *testing.T, root string) {
			write(t, root, "acme/policy.csv", strings.Repeat("x", maxFile+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			prepare(t, root)
			s := newSweeper(root, slog.New(slog.DiscardHandler))
			t.Cleanup(s.close)
			if _, err := s.all(); err == nil || !strings.Contains(err.Error(), "tenant acme") {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := NewFolder(Options{Root: "/absent", Clock: clockwork.NewFakeClock(), Logger: slog.Default()}); err == nil || !strings.Contains(err.Error(), "--tenants") {
		t.Errorf("got %v", err)
	}
}

func TestVersionTellsFilesApart(t *testing.T) {
	a := tenant.Version(map[string][]byte{"a": []byte("bc")})
	b := tenant.Version(map[string][]byte{"ab": []byte("c")})
	if a == b || a != tenant.Version(map[string][]byte{"a": []byte("bc")}) {
		t.Error("versions")
	}
}

// Who renames a file away is told: a tenant without its limits is another tenant.
func TestLeftovers(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{
		"policy.csv", "policy.csv~", "policy.csv.bak", ".policy.csv.swp", "#policy.csv#", "4913", // beside what is there
		"limits.yaml.bak", "mask.yaml~", "catalogs/own.yaml.orig", // in its place
		".people.yaml.swp", "notes.bak",
	} {
		write(t, root, "acme/"+name, "x")
	}
	b, _, err := readTenant(filepath.Join(root, "acme"), "acme")
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(b.Files))
	if want := []string{"catalogs/own.yaml.orig", "limits.yaml.bak", "mask.yaml~", "policy.csv"}; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
