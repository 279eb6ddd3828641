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
	Problems config.Problems
}

// Follower keeps a Set equal to a Source: what compiles goes live, what does
// not leaves the last good version where it is and is reported.
type Follower struct {
	source Source
	set    *Set
	logger *slog.Logger
	// clashed are the tenants that another one stands against.
	clashed map[string]bool

	mu     sync.Mutex
	status []Status
}

// NewFollower returns a Follower; Run makes it work.
func NewFollower(source Source, set *Set, logger *slog.Logger) *Follower {
	return &Follower{source: source, set: set, logger: logger, clashed: map[string]bool{}}
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
	registry := registered(live, named)
	var update []*Tenant
	var status []Status
	for _, b := range bundles {
		s := Status{Name: b.Name, Seen: b.Version, Shadow: b.Shadow}
		current := live[b.Name]
		if current != nil {
			s.Live = current.Version
		}
		if before, ok := known[b.Name]; ok && before.Seen == b.Version && before.Shadow == b.Shadow && !f.clashed[b.Name] {
			s.Problems = before.Problems // seen and reported
		} else if current == nil || s.Live != b.Version || current.ShadowSeen != b.Shadow {
			compiled, problems := f.load(b, registry)
			s.Problems = problems
			if compiled != nil {
				update, s.Live = append(update, compiled), compiled.Version
				s.Problems = compiled.ShadowProblems
			}
			f.report(s)
		}
		status = append(status, s)
	}
	f.set.Update(update, missing(live, named))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = status
}

// load compiles a bundle that no other tenant stands against. One that clashes
// is tried again at every change: the other may give way.
func (f *Follower) load(b Bundle, r registry) (*Tenant, config.Problems) {
	delete(f.clashed, b.Name)
	compiled, problems := Load(b)
	if compiled == nil {
		return nil, problems
	}
	if problems := r.taken(compiled); len(problems) > 0 {
		f.clashed[b.Name] = true
		return nil, problems
	}
	r.add(compiled)
	return compiled, nil
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
