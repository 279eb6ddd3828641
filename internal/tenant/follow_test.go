package tenant

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fed is a Source that a test feeds.
type fed struct {
	values chan []Bundle
	err    error
}

func (f fed) Watch(context.Context) (<-chan []Bundle, error) { return f.values, f.err }

// following is a Follower at work; step feeds it one value and returns once the
// Set is up to date.
type following struct {
	t        *testing.T
	set      *Set
	follower *Follower
	source   fed
	changed  chan struct{}
	ended    chan error
	log      strings.Builder
}

func follow(t *testing.T) *following { return followOn(t, filepath.Join(t.TempDir(), "issuers.json")) }

// followOn follows with the owners of an earlier Follower.
func followOn(t *testing.T, owners string) *following {
	f := &following{t: t, set: NewSet(), source: fed{values: make(chan []Bundle)}, changed: make(chan struct{}), ended: make(chan error, 1)}
	f.follower = NewFollower(f.source, f.set, NewOwners(owners), slog.New(slog.NewTextHandler(&f.log, nil)))
	go func() { f.ended <- f.follower.Run(t.Context(), func() { f.changed <- struct{}{} }) }()
	return f
}

func (f *following) step(bundles ...Bundle) {
	f.t.Helper()
	select {
	case f.source.values <- bundles:
		<-f.changed
	case err := <-f.ended:
		f.t.Fatalf("it ended: %v", err)
	}
}

// version is the live one, "" for none.
func (f *following) version(name string) string {
	t, ok := f.set.Get(name)
	if !ok {
		return ""
	}
	return t.Version
}

func bundle(t testing.TB, name string, edits ...string) Bundle {
	t.Helper()
	all := edited(t, edits...)
	return Bundle{Name: name, Files: all, Version: Version(all), Shadow: ShadowVersion(all)}
}

func TestFirstValueIsCompleteBeforeAnybodyIsTold(t *testing.T) {
	f := follow(t)
	a, b := bundle(t, "acme"), bundle(t, "globex", "tenant.yaml", "Acme", "Globex")
	if len(f.set.All()) != 0 || len(f.follower.Status()) != 0 {
		t.Error("something is live before the source spoke")
	}
	f.step(a, b)
	if f.version("acme") != a.Version || f.version("globex") != b.Version {
		t.Errorf("live are %v", f.set.All())
	}
	want := []Status{{Name: "acme", Live: a.Version, Seen: a.Version}, {Name: "globex", Live: b.Version, Seen: b.Version}}
	if diff := cmp.Diff(want, f.follower.Status()); diff != "" {
		t.Error(diff)
	}
}

func TestBadChangeKeepsTheLastGood(t *testing.T) {
	f := follow(t)
	good := bundle(t, "acme")
	f.step(good)
	held, _ := f.set.Get("acme")

	bad := bundle(t, "acme", "tenant.yaml", "title", "titel", "mask.yaml", "max_body:", "max_bodi:")
	f.step(bad)
	if now, _ := f.set.Get("acme"); now != held {
		t.Error("the last good tenant was replaced")
	}
	s := f.follower.Status()[0]
	if s.Live != good.Version || s.Seen != bad.Version || len(s.Problems) != 2 {
		t.Errorf("got %+v", s)
	}
	for _, p := range s.Problems {
		if !strings.Contains(f.log.String(), strings.Split(p.What, "`")[0]) {
			t.Errorf("%v is not logged: %s", p, f.log.String())
		}
	}

	better := bundle(t, "acme", "tenant.yaml", "Acme", "Acme Two")
	f.step(better)
	if s := f.follower.Status()[0]; f.version("acme") != better.Version || s.Live != better.Version || len(s.Problems) != 0 {
		t.Errorf("got %+v", s)
	}
	if held.Title != "Acme Support" {
		t.Error("a tenant that somebody holds was changed")
	}
}

func TestBadChangeThatIsTakenBackIsForgotten(t *testing.T) {
	f := follow(t)
	good := bundle(t, "acme")
	for _, b := range []Bundle{good, bundle(t, "acme", "tenant.yaml", "title", "titel"), good} {
		f.step(b)
	}
	if diff := cmp.Diff([]Status{{Name: "acme", Live: good.Version, Seen: good.Version}}, f.follower.Status()); diff != "" {
		t.Error(diff)
	}
}

func TestNeverGoodIsNotLive(t *testing.T) {
	f := follow(t)
	f.step(bundle(t, "acme", "tenant.yaml", "title", "titel"))
	if s := f.follower.Status()[0]; f.version("acme") != "" || s.Live != "" || len(s.Problems) != 1 {
		t.Errorf("got %+v", s)
	}
}

func TestOneTenantsMistakeStaysItsOwn(t *testing.T) {
	f := follow(t)
	bad, other := bundle(t, "acme", "tenant.yaml", "title", "titel"), bundle(t, "globex")
	f.step(bad, other)
	said := strings.Count(f.log.String(), "mistake")
	next := bundle(t, "globex", "tenant.yaml", "Acme", "Globex")
	f.step(bad, next)
	if f.version("globex") != next.Version {
		t.Error("a mistake of acme stops globex")
	}
	if again := strings.Count(f.log.String(), "mistake"); said != 1 || again != said {
		t.Errorf("the mistake is logged %d times: %s", again, f.log.String())
	}
	if s := f.follower.Status()[0]; len(s.Problems) != 1 {
		t.Errorf("the mistake is forgotten: %+v", s)
	}
}

func TestUnchangedTenantStaysTheSame(t *testing.T) {
	f := follow(t)
	a := bundle(t, "acme")
	f.step(a)
	before, _ := f.set.Get("acme")
	f.step(a, bundle(t, "globex"))
	if after, _ := f.set.Get("acme"); after != before {
		t.Error("acme was compiled again because globex came")
	}
}

func TestRemovedTenantGoes(t *testing.T) {
	f := follow(t)
	a := bundle(t, "acme")
	f.step(a, bundle(t, "globex"))
	f.step(a)
	if f.version("globex") != "" || f.version("acme") == "" || len(f.follower.Status()) != 1 {
		t.Errorf("live are %v, status %v", f.set.All(), f.follower.Status())
	}
	f.step()
	if len(f.set.All()) != 0 {
		t.Errorf("live are %v", f.set.All())
	}
	f.step(a)
	if f.version("acme") != a.Version {
		t.Error("a tenant does not come back")
	}
}

func TestRunEndsWithItsSource(t *testing.T) {
	broken := errors.New("no folder")
	set, logger := NewSet(), slog.New(slog.DiscardHandler)
	if err := NewFollower(fed{err: broken}, set, NewOwners(filepath.Join(t.TempDir(), "issuers.json")), logger).Run(t.Context(), func() {}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	closed := make(chan []Bundle)
	close(closed)
	if err := NewFollower(fed{values: closed}, set, NewOwners(filepath.Join(t.TempDir(), "issuers.json")), logger).Run(t.Context(), func() {}); err == nil {
		t.Error("a source that ends is no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := NewFollower(fed{values: make(chan []Bundle)}, set, NewOwners(filepath.Join(t.TempDir(), "issuers.json")), logger).Run(ctx, func() {}); err != nil {
		t.Errorf("asked to end: %v", err)
	}
}

// Files that cannot be read are a mistake like any other: the last good version
// stays, others go on, and it is said until it is over.
func TestUnreadableTenant(t *testing.T) {
	f := follow(t)
	a, g := bundle(t, "acme"), bundle(t, "globex")
	never := Bundle{Name: "acme", Unread: "tenant acme cannot be read: disk"}
	f.step(never, g)
	if f.version("acme") != "" || f.version("globex") != g.Version || !strings.Contains(f.log.String(), "acme cannot be read") {
		t.Errorf("live are %v, log %s", f.set.All(), f.log.String())
	}
	f.step(a, g)
	held, _ := f.set.Get("acme")
	unread := a
	unread.Unread = never.Unread
	f.step(unread, g)
	s := f.follower.Status()[0]
	if now, _ := f.set.Get("acme"); held == nil || now != held || s.Live != a.Version || len(s.Problems) != 1 {
		t.Errorf("while it cannot be read: %+v", s)
	}
	f.step(a, g)
	if s := f.follower.Status()[0]; len(s.Problems) != 0 || s.Live != a.Version {
		t.Errorf("when it can be read again: %+v", s)
	}
}

// Readers never see a half of an Update, and never wait for one.
func TestSetChangesAtOnce(t *testing.T) {
	s := NewSet()
	one, two := []*Tenant{{Name: "a", Version: "1"}, {Name: "b", Version: "1"}}, []*Tenant{{Name: "a", Version: "2"}, {Name: "b", Version: "2"}}
	s.Update(one, nil)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if all := s.All(); len(all) != 2 || all["a"].Version != all["b"].Version {
					t.Errorf("got %v", all)
					return
				}
			}
		})
	}
	for range 200 {
		s.Update(two, nil)
		s.Update(one, []string{"nobody"})
	}
	close(stop)
	readers.Wait()
	before := s.All()
	if s.Update(nil, []string{"a"}); len(before) != 2 || len(s.All()) != 1 {
		t.Error("what a reader holds was changed")
	}
}
