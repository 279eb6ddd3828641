package ledgertest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// patience is how long a test waits for what must happen; it is never used up
// by one that passes.
const patience = 2 * time.Minute

type seen struct {
	Intent ledger.Intent
	Err    error
}

func (f *fixture) watch(store ledger.Store, i ledger.Intent) <-chan seen {
	out := make(chan seen, 1)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	f.Cleanup(cancel)
	go func() {
		intent, err := store.Watch(ctx, i.Tenant, i.ID, i.Version)
		out <- seen{intent, err}
	}()
	return out
}

func watches(f *fixture) {
	i := f.made(held(1))
	const many = 2000
	var all []<-chan seen
	for range many {
		all = append(all, f.watch(f.store, i))
	}
	after := f.vote(i, "ana", true)
	for _, w := range all {
		same(f, <-w, seen{Intent: after})
	}
	same(f, <-f.watch(f.store, i), seen{Intent: after}) // what has changed already needs no wait
}

func watchesOther(f *fixture) {
	i := f.made(held(1))
	w := f.watch(f.other, i)
	still := f.watch(f.other, f.made(held(1), key("another")))
	after := f.vote(i, "ana", true)
	same(f, <-w, seen{Intent: after})
	select {
	case got := <-still:
		f.Errorf("an intent that did not change was seen: %+v", got)
	default:
	}
}

func watchEnds(f *fixture) {
	i := f.made(held(1))
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := f.store.Watch(ctx, i.Tenant, i.ID, i.Version); !errors.Is(err, context.Canceled) {
			f.Errorf("error is %v", err)
		}
	})
	cancel()
	group.Wait()
	theirs := i
	theirs.Tenant = "globex"
	if got := <-f.watch(f.store, theirs); !errors.Is(got.Err, ledger.ErrNotFound) {
		f.Errorf("another tenant: error is %v", got.Err)
	}
	w := f.watch(f.store, i)
	f.must(f.store.Close())
	if got := <-w; got.Err == nil {
		f.Errorf("a closed store gave %+v", got.Intent)
	}
}
