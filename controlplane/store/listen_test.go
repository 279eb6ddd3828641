package store

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const others = 40

// crowded is a sweeper with other tenants besides those in root, in which it finds
// nothing by itself at the next look: their turn has just been.
func crowded(t *testing.T, root string) *sweeper {
	t.Helper()
	for i := range others {
		write(t, root, fmt.Sprintf("other%02d/limits.yaml", i), "")
	}
	s := swept(t, root)
	s.next = slices.Index(s.names, "other00")
	return s
}

// The link to the folder of all tenants tells nothing when it is turned: it is
// looked at each time, and then every tenant.
func TestRootIsALinkOfMany(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"one", "two"} {
		for i := range others {
			write(t, root, fmt.Sprintf("%s/t%02d/policy.csv", version, i), version)
		}
	}
	s := turned(t, root)
	if got := strings.Count(look(t, s), "=two"); got != others {
		t.Errorf("%d of %d tenants", got, others)
	}
}

// What the kernel does not tell is found nevertheless.
func TestUntoldIsFound(t *testing.T) {
	root := t.TempDir()
	write(t, root, "acme/policy.csv", "one")
	s := crowded(t, root)
	s.watches.forget("acme")
	write(t, root, "acme/policy.csv", "two")
	most := (others + 1 + fewer - 1) / fewer
	for n := 1; look(t, s) != "acme/policy.csv=two"; n++ {
		if n == most {
			t.Fatalf("not found after %d looks", n)
		}
	}
	if got, want := kernelHolds(t, s), 2*(others+1); got != want {
		t.Errorf("%d watches, want %d: it is not told of again", got, want)
	}
}

// When more happens than the kernel keeps, every tenant is looked at.
func TestKernelLostSome(t *testing.T) {
	data, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	if err != nil {
		t.Fatal(err)
	}
	most, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	write(t, root, "acme/policy.csv", "one")
	s := crowded(t, root)
	noisy := [2]string{filepath.Join(root, "other00"), filepath.Join(root, "other00", "limits.yaml")}
	flood := func(text string) {
		for i := range most {
			if err := os.Chmod(noisy[i%2], 0o700); err != nil {
				t.Fatal(err)
			}
		}
		write(t, root, "acme/policy.csv", text)
	}
	flood("one")
	lost, err := s.watches.heard(func(name string) {
		if name == "acme" {
			t.Error("the kernel did not lose it")
		}
	})
	if !lost || err != nil {
		t.Errorf("lost %v, %v", lost, err)
	}
	look(t, s)
	s.next = slices.Index(s.names, "other00")
	flood("two")
	if got := look(t, s); got != "acme/policy.csv=two" {
		t.Errorf("got %q", got)
	}
	if s.watches == nil {
		t.Error("the kernel is not listened to any more")
	}
}

// Without the kernel all tenants are looked at as often as without many, which is
// said once.
func TestKernelTellsNothing(t *testing.T) {
	for _, c := range []struct {
		name, root, want string
		fail             func(s *sweeper)
	}{
		{"a file system that may be another machine's", "/proc/sys/fs", "another machine's", func(*sweeper) {}},
		{"what it tells cannot be read", "", "inotify: bad file descriptor", func(s *sweeper) {
			s.watches.close()
			s.watches.fd = -1
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			root := c.root
			if root == "" {
				root = t.TempDir()
				for i := range others {
					write(t, root, fmt.Sprintf("t%02d/policy.csv", i), "one")
				}
			}
			s := newSweeper(root, slog.New(slog.NewTextHandler(&log, nil)))
			t.Cleanup(s.close)
			if _, err := s.all(); err != nil {
				t.Fatal(err)
			}
			c.fail(s)
			look(t, s)
			if s.watches != nil || strings.Count(log.String(), "all are looked at each second") != 1 || !strings.Contains(log.String(), c.want) {
				t.Errorf("said %q", log.String())
			}
			for range later {
				look(t, s)
			}
			if strings.Count(log.String(), "\n") != 1 {
				t.Errorf("said %q", log.String())
			}
			if c.root != "" {
				return
			}
			write(t, root, "t00/policy.csv", "two")
			if got := strings.Count(look(t, s), "=two"); got != 1 {
				t.Error("a change was not seen by one look")
			}
		})
	}
}
