package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
)

// People is what Connect gives a store as ledger.Options.People: of what waits for
// "leads", who claims to be one is told.
func People(a audit.Approval, group string) func(string, []string) bool {
	if a.State != string(ledger.Waiting) || group != "leads" {
		return nil
	}
	return func(_ string, claims []string) bool { return slices.Contains(claims, "Leads") }
}

// browsers: each is told once of what its person may decide, until it is gone.
func browsers(f *fixture) {
	ctx := context.Background()
	subscriptions := func(s ledger.Store) ledger.Subscriptions {
		v, ok := s.(ledger.Subscriptions)
		if !ok {
			f.Fatal("the store has no subscriptions")
		}
		return v
	}
	here, there := subscriptions(f.store), subscriptions(f.other)
	some, err := here.Subscribed(ctx)
	f.must(err)
	same(f, some, false)
	ana := ledger.Subscription{ID: "push/ana", Tenant: "acme", Person: "ana", Claims: []string{"Leads"}, Push: []byte("old")}
	f.must(here.Subscribe(ctx, ana))
	ana.Push = []byte("new")
	f.must(there.Subscribe(ctx, ana))
	f.must(here.Subscribe(ctx, ledger.Subscription{ID: "push/bo", Tenant: "acme", Person: "bo", Push: []byte("x")}))
	f.must(here.Subscribe(ctx, ledger.Subscription{ID: "push/gil", Tenant: "globex", Person: "gil", Claims: []string{"Leads"}, Push: []byte("x")}))
	got, err := there.Subscription(ctx, "acme", "push/ana")
	f.must(err)
	same(f, got, ana)
	if some, err = there.Subscribed(ctx); err != nil || !some {
		f.Errorf("nobody is subscribed: %v", err)
	}
	f.made(held(1))
	f.made(key("at once"))
	f.ship()
	names, _ := f.told("one", 20)
	slices.Sort(names)
	same(f, names, []string{"crm executing", "crm waiting", "leads waiting", "push/ana waiting"})

	for _, tenant := range []string{"globex", "acme", "acme"} {
		f.must(there.Unsubscribe(ctx, tenant, "push/ana"))
		_, err = here.Subscription(ctx, "acme", "push/ana")
		if gone := errors.Is(err, ledger.ErrNotFound); gone != (tenant == "acme") {
			f.Errorf("after %s: %v", tenant, err)
		}
	}
	for n := range 25 { // the oldest go
		f.clock.Advance(tick)
		f.must(here.Subscribe(ctx, ledger.Subscription{ID: fmt.Sprintf("push/ana%d", n), Tenant: "acme", Person: "ana", Push: []byte("x")}))
	}
	left := 0
	for n := range 25 {
		if _, err := here.Subscription(ctx, "acme", fmt.Sprintf("push/ana%d", n)); err == nil {
			left++
		}
	}
	_, newest := here.Subscription(ctx, "acme", "push/ana24")
	_, other := here.Subscription(ctx, "acme", "push/bo")
	same(f, []any{left, newest, other}, []any{20, nil, nil})
}
