package sqldb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Bounds of a shared transaction: other processes wait for its end, and what is
// leased in it is leased from its begin, so it takes nobody in after a while.
const (
	most    = 32
	takesIn = 500 * time.Millisecond
)

// turns are the transactions of this process that wait for their turn. Those of one
// scope share one: it is begun once, waits for the other processes and for the disks
// once, and is committed for all of them or for none. One leads, in the order in
// which they came: it runs the others' work behind its own. When any of it fails,
// nothing is committed, and each waits again, for a transaction of its own.
type turns struct {
	mu     sync.Mutex
	queues map[Scope]*queued
}

// queued are those of a scope that wait. There is one for as long as one leads.
type queued struct{ members []*member }

type member struct {
	f     func(context.Context, Turn) error
	alone bool       // it shares with nobody
	told  chan error // what became of it, or one of the words below
}

// What a member is told besides.
var (
	errLead  = errors.New("lead the next transaction")
	errAlone = errors.New("another one's work failed: run yours alone")
)

// share runs f in a transaction that is perhaps shared.
func (db *DB) share(ctx context.Context, scope Scope, f func(context.Context, Turn) error) error {
	m := &member{f: f, told: make(chan error, 1)}
	err := db.queue(ctx, scope, m)
	if errors.Is(err, errAlone) {
		m.alone = true
		err = db.queue(context.WithoutCancel(ctx), scope, m)
	}
	return err
}

// queue says what became of a member whose turn had come, or that it waits again.
func (db *DB) queue(ctx context.Context, scope Scope, m *member) error {
	err := errLead
	if !db.turns.join(scope, m) {
		err = db.await(ctx, scope, m)
	}
	if errors.Is(err, errLead) {
		err = db.lead(ctx, scope, m)
	}
	return err
}

// await waits for what becomes of a member. Until its work begins it may go.
func (db *DB) await(ctx context.Context, scope Scope, m *member) error {
	waiting, cancel := db.bounded(ctx)
	defer cancel()
	select {
	case err := <-m.told:
		return err
	case <-waiting.Done():
		if db.turns.leave(scope, m) {
			return fmt.Errorf("wait for other transactions: %w", waiting.Err())
		}
		return <-m.told
	}
}

// lead runs a member's work, and that of those who wait meanwhile, in one
// transaction.
func (db *DB) lead(ctx context.Context, scope Scope, first *member) (err error) {
	members := []*member{first}
	defer func() {
		for _, other := range members[1:] {
			other.told <- err
		}
		db.turns.pass(scope)
	}()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = errAlone // for the others, should this goroutine end
	begun, failed := false, false
	asked := ctx
	err = db.write(context.WithoutCancel(ctx), scope, func(ctx context.Context, t Turn) error {
		if !begun && asked.Err() != nil { // it went while another process was at it
			return asked.Err()
		}
		begun = true
		if first.alone {
			return first.f(ctx, t)
		}
		since := time.Now()
		for n := 0; n < len(members); n++ {
			if err := members[n].run(ctx, t); err != nil {
				failed = ctx.Err() == nil
				return err
			}
			if n+1 == len(members) && n+1 < most && time.Since(since) < db.takesIn {
				members = append(members, db.turns.take(scope)...)
			}
		}
		failed = false
		return nil
	})
	var undone undoneError
	if err != nil && (failed || errors.As(err, &undone)) && (len(members) > 1 || errors.Is(err, errPanicked)) {
		return errAlone
	}
	return err
}

// errPanicked is about work that did; it does so again where its caller sees it.
var errPanicked = errors.New("the work panicked")

func (m *member) run(ctx context.Context, t Turn) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errPanicked
		}
	}()
	return m.f(ctx, t)
}

// join queues a member, or says that it leads: nobody else does.
func (q *turns) join(s Scope, m *member) (leads bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queues == nil {
		q.queues = map[Scope]*queued{}
	}
	if there := q.queues[s]; there != nil {
		there.members = append(there.members, m)
		return false
	}
	q.queues[s] = &queued{}
	return true
}

// take gives who waits first to whoever leads, if that one shares.
func (q *turns) take(s Scope) []*member {
	q.mu.Lock()
	defer q.mu.Unlock()
	if there := q.queues[s]; len(there.members) > 0 && !there.members[0].alone {
		return there.first()
	}
	return nil
}

// first takes who waits first, if anybody does.
func (w *queued) first() []*member {
	taken := w.members[:min(1, len(w.members))]
	w.members = w.members[len(taken):]
	return taken
}

// leave takes a member back that nobody has taken.
func (q *turns) leave(s Scope, m *member) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	there := q.queues[s]
	if there == nil {
		return false
	}
	for n, other := range there.members {
		if other == m {
			there.members = append(there.members[:n:n], there.members[n+1:]...)
			return true
		}
	}
	return false
}

// pass lets whoever waits first lead.
func (q *turns) pass(s Scope) {
	q.mu.Lock()
	defer q.mu.Unlock()
	next := q.queues[s].first()
	if len(next) == 0 {
		delete(q.queues, s)
		return
	}
	next[0].told <- errLead
}
