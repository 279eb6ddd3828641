package tenant

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/sallyport/sallyport/internal/config"
)

// Status is what became of one tenant's newest bundle.
type Status struct {
	Name     string
	Live     string // version in use, "" when none ever compiled
	Seen     string // newest version of the source
	Shadow   string // newest version of its shadow, "" without one
	Unread   string // why its files cannot be read now, else ""
	Problems config.Problems
}

// Follower keeps a Set equal to a Source: what compiles goes live, what does
// not leaves the last good version where it is and is reported.
type Follower struct {
	source Source
	set    *Set
	logger *slog.Logger
	owners Owners
	// clashed are the tenants that another one stands against.
	clashed map[string]bool

	mu     sync.Mutex
	status []Status
}

// same says that two states are about the same bundle.
func (s Status) same(other Status) bool {
	return s.Seen == other.Seen && s.Shadow == other.Shadow && s.Unread == other.Unread
}

// NewFollower returns a Follower; Run makes it work. The owners outlive the
// process: they say whose an issuer is when two tenants register it.
func NewFollower(source Source, set *Set, owners Owners, logger *slog.Logger) *Follower {
	return &Follower{source: source, set: set, owners: owners, logger: logger, clashed: map[string]bool{}}
}

// Run follows until ctx ends. After each value of the source, the first one
// included, it calls changed once the Set is up to date.
func (f *Follower) Run(ctx context.Context, changed func()) error {
	bundles, err := f.source.Watch(ctx)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case all, ok := <-bundles:
			if !ok {
				if ctx.Err() != nil {
					return nil //nolint:nilerr // ended as asked
				}
				return errors.New("the tenant source ended")
			}
			f.apply(all)
			changed()
		}
	}
}

// Status returns the state of every tenant the source names, by name.
func (f *Follower) Status() []Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Status(nil), f.status...)
}

func (f *Follower) apply(bundles []Bundle) {
	live, known, named := f.set.All(), f.known(), map[string]bool{}
	for _, b := range bundles {
		named[b.Name] = true
	}
	compiled, status, fresh := map[string]*Tenant{}, make([]Status, len(bundles)), map[string]bool{}
	for i, b := range bundles {
		s := Status{Name: b.Name, Seen: b.Version, Shadow: b.Shadow, Unread: b.Unread}
		current := live[b.Name]
		if current != nil {
			s.Live = current.Version
		}
		if before, ok := known[b.Name]; ok && before.same(s) && !f.clashed[b.Name] {
			s.Problems = before.Problems // seen and reported
		} else if b.Unread == "" && current != nil && s.Live == b.Version && current.ShadowSeen == b.Shadow {
			s.Problems = current.ShadowProblems // a change was taken back
		} else {
			fresh[b.Name] = true
			compiled[b.Name], s.Problems = Load(b)
		}
		status[i] = s
	}
	update := f.own(live, compiled, named, status)
	for _, s := range status {
		if fresh[s.Name] {
			f.report(s)
		}
	}
	f.set.Update(update, missing(live, named))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = status
}

// own returns what may go live of what was compiled, and says in status what
// may not. A tenant that clashes is tried again at every change: the other may
// give way.
func (f *Follower) own(live, compiled map[string]*Tenant, named map[string]bool, status []Status) []*Tenant {
	refused := f.owners.settle(live, compiled, named)
	f.clashed = map[string]bool{}
	var update []*Tenant
	for i := range status {
		s := &status[i]
		next := compiled[s.Name]
		switch problems := refused[s.Name]; {
		case next == nil:
		case len(problems) > 0:
			f.clashed[s.Name], s.Problems = true, problems
		default:
			update, s.Live, s.Problems = append(update, next), next.Version, next.ShadowProblems
		}
	}
	return update
}

// known are the bundles that were compiled before, by name: a mistake of one
// tenant is reported once, and not at every change of another.
func (f *Follower) known() map[string]Status {
	out := map[string]Status{}
	for _, s := range f.Status() {
		out[s.Name] = s
	}
	return out
}

func (f *Follower) report(s Status) {
	if len(s.Problems) == 0 {
		f.logger.Info("Tenant is live", "tenant", s.Name, "version", s.Live)
		return
	}
	for _, p := range s.Problems {
		f.logger.Error("Tenant has a mistake", "tenant", s.Name, "problem", p.String(), "live", s.Live)
	}
}

func missing(live map[string]*Tenant, named map[string]bool) []string {
	var gone []string
	for name := range live {
		if !named[name] {
			gone = append(gone, name)
		}
	}
	return gone
}
