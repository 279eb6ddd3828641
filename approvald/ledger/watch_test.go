package ledger

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// polling says whether a goroutine polls.
func polling() bool {
	stacks := make([]byte, 1<<20)
	return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "(*watchers).poll")
}

func TestOnlyWatchersPoll(t *testing.T) {
	ws := newWatchers(func(context.Context, []string) (map[string]int64, error) { return map[string]int64{"int_a": 1}, nil })
	a, b := ws.join("int_a", 1), ws.join("int_a", 1)
	testkit.Eventually(t, "a poll", polling)
	ws.leave(a)
	if !polling() {
		t.Error("nobody polls for the second watcher")
	}
	ws.leave(b)
	testkit.Eventually(t, "no poll", func() bool { return !polling() })
	ws.join("int_a", 1)
	testkit.Eventually(t, "a poll again", polling)
	ws.close()
	ws.close()
	testkit.Eventually(t, "no poll after the end", func() bool { return !polling() })
}

func TestLookWakesWhatMoved(t *testing.T) {
	var err error
	ws := newWatchers(func(context.Context, []string) (map[string]int64, error) {
		return map[string]int64{"int_moved": 2, "int_still": 1}, err
	})
	moved, still := ws.join("int_moved", 1), ws.join("int_still", 1)
	defer ws.leave(moved)
	defer ws.leave(still)
	ws.look(context.Background())
	if len(moved.wake) != 1 || len(still.wake) != 0 {
		t.Errorf("woken: moved %d, still %d", len(moved.wake), len(still.wake))
	}
	err = errors.New("the database is gone")
	ws.look(context.Background())
	if len(still.wake) != 1 {
		t.Error("an unreadable database wakes nobody: they would wait forever")
	}
}

func TestLookAsksInBatches(t *testing.T) {
	asked := map[string]int{}
	largest := 0
	ws := newWatchers(func(_ context.Context, ids []string) (map[string]int64, error) {
		largest = max(largest, len(ids))
		for _, id := range ids {
			asked[id]++
		}
		return nil, nil
	})
	const many = 2*pollBatch + 1
	ws.byID = map[string]map[*watcher]struct{}{}
	for range many {
		ws.byID[newID()] = nil
	}
	ws.look(context.Background())
	if len(asked) != many || largest > pollBatch {
		t.Errorf("asked for %d of %d, at most %d at once", len(asked), many, largest)
	}
}

// Inside one process nobody waits for the next poll.
func TestACommitWakesAtOnce(t *testing.T) {
	store, err := openStore(filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	store.watch = newWatchers(func(context.Context, []string) (map[string]int64, error) { return nil, errors.ErrUnsupported })
	opened, err := store.Open(context.Background(), lifeRequest(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	i := opened.Intent
	w := &watcher{id: i.ID, after: i.Version, wake: make(chan struct{}, 1)}
	store.watch.byID[i.ID] = map[*watcher]struct{}{w: {}} // without join, so that nothing polls
	if _, err := store.Advance(context.Background(), Step{Tenant: "t", ID: i.ID, Version: i.Version, To: Failed, Actor: gateway}); err != nil {
		t.Fatal(err)
	}
	if len(w.wake) != 1 {
		t.Error("the watcher was not woken")
	}
}
