package ledger

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// errClosed ends a Watch on a ledger that was closed.
var errClosed = errors.New("the ledger is closed")

// pollEvery is how often changes of other processes are looked for. It is real
// time: an injected clock says nothing about when another process commits.
const pollEvery = 200 * time.Millisecond

// pollBatch is how many intents one query looks at.
const pollBatch = 500

// looksAtOnce is how many calls of Watch read at once. Two thousand are woken
// together by one commit: each in a queue of the database's would use up the time
// that one read may take.
const looksAtOnce = 8

// Watch implements Store.
func (s *SQL) Watch(ctx context.Context, tenant, id string, after int64) (Intent, error) {
	w := s.watch.join(id, after) // before the first look, or a change in between would be missed
	defer s.watch.leave(w)
	for {
		intent, err := s.look(ctx, tenant, id)
		if err != nil || intent.Version != after {
			return intent, err
		}
		select {
		case <-ctx.Done():
			return Intent{}, ctx.Err()
		case <-s.watch.closed:
			return Intent{}, errClosed
		case <-w.wake:
		}
	}
}

// look reads an intent when it is this watcher's turn.
func (s *SQL) look(ctx context.Context, tenant, id string) (Intent, error) {
	select {
	case s.watch.looks <- struct{}{}:
		defer func() { <-s.watch.looks }()
		return s.Get(ctx, tenant, id)
	case <-ctx.Done():
		return Intent{}, ctx.Err()
	}
}

// versions reads the versions of intents.
func (s *SQL) versions(ctx context.Context, ids []string) (versions map[string]int64, err error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	versions = map[string]int64{}
	err = s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		// #nosec G202 -- only placeholders are spelled
		rows, err := tx.QueryContext(ctx, "SELECT id, version FROM intents WHERE id IN ("+placeholders(len(ids))+")", args...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var id string
			var version int64
			if err := rows.Scan(&id, &version); err != nil {
				return err
			}
			versions[id] = version
		}
		return rows.Err()
	})
	return versions, err
}

// watchers are all calls of Watch in this process. One goroutine polls for all
// of them, and only while there is one.
type watchers struct {
	versions func(context.Context, []string) (map[string]int64, error)
	looks    chan struct{} // as many as may read
	closed   chan struct{}
	once     sync.Once

	mu   sync.Mutex
	byID map[string]map[*watcher]struct{}
	stop context.CancelFunc // of the polling goroutine
}

type watcher struct {
	id    string
	after int64
	wake  chan struct{} // one pending wake is enough
}

func newWatchers(versions func(context.Context, []string) (map[string]int64, error)) *watchers {
	return &watchers{
		versions: versions, looks: make(chan struct{}, looksAtOnce), closed: make(chan struct{}),
		byID: map[string]map[*watcher]struct{}{},
	}
}

func (ws *watchers) join(id string, after int64) *watcher {
	w := &watcher{id: id, after: after, wake: make(chan struct{}, 1)}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.byID) == 0 {
		ctx, stop := context.WithCancel(context.Background())
		ws.stop = stop
		go ws.poll(ctx)
	}
	if ws.byID[id] == nil {
		ws.byID[id] = map[*watcher]struct{}{}
	}
	ws.byID[id][w] = struct{}{}
	return w
}

func (ws *watchers) leave(w *watcher) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if delete(ws.byID[w.id], w); len(ws.byID[w.id]) == 0 {
		delete(ws.byID, w.id)
	}
	if len(ws.byID) == 0 {
		ws.stop()
	}
}

func (ws *watchers) close() { ws.once.Do(func() { close(ws.closed) }) }

// wake makes everybody who watches one of the intents look again.
func (ws *watchers) wake(ids ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, id := range ids {
		for w := range ws.byID[id] {
			w.nudge()
		}
	}
}

func (w *watcher) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (ws *watchers) poll(ctx context.Context) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ws.closed:
			return
		case <-ticker.C:
			ws.look(ctx)
		}
	}
}

// look wakes the watchers whose intent has moved on. When that cannot be read,
// it wakes all of a batch: each of them finds out for itself.
func (ws *watchers) look(ctx context.Context) {
	ids := ws.ids()
	for len(ids) > 0 {
		batch := ids[:min(pollBatch, len(ids))]
		ids = ids[len(batch):]
		versions, err := ws.versions(ctx, batch)
		ws.compare(batch, versions, err != nil)
	}
}

func (ws *watchers) ids() []string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ids := make([]string, 0, len(ws.byID))
	for id := range ws.byID {
		ids = append(ids, id)
	}
	return ids
}

func (ws *watchers) compare(ids []string, versions map[string]int64, all bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, id := range ids {
		for w := range ws.byID[id] {
			if all || versions[id] != w.after {
				w.nudge()
			}
		}
	}
}
