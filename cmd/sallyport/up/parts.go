package up

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// part is one thing that runs.
type part struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// parts start in order and stop in reverse.
type parts struct {
	mu     sync.Mutex
	all    []*part
	failed chan error
}

func newParts() *parts { return &parts{failed: make(chan error, 1)} }

// start runs a part until it is stopped. When it ends before that, the whole
// gateway fails with its error.
func (ps *parts) start(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &part{name: name, cancel: cancel, done: make(chan struct{})}
	ps.mu.Lock()
	ps.all = append(ps.all, p)
	ps.mu.Unlock()
	go func() {
		defer close(p.done)
		p.err = run(ctx)
		if ctx.Err() == nil {
			ps.fail(name, p.err)
		}
	}()
}

func (ps *parts) fail(name string, err error) {
	if err == nil {
		err = errors.New("ended by itself")
	}
	select {
	case ps.failed <- fmt.Errorf("%s: %w", name, err):
	default:
	}
}

// stop ends every part, the last one first, and returns what they ended with.
func (ps *parts) stop() error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var errs []error
	for i := len(ps.all) - 1; i >= 0; i-- {
		p := ps.all[i]
		p.cancel()
		<-p.done
		if p.err != nil && !errors.Is(p.err, context.Canceled) {
			errs = append(errs, fmt.Errorf("%s: %w", p.name, p.err))
		}
	}
	ps.all = nil
	return errors.Join(errs...)
}
