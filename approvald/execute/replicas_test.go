package execute_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// execTick is more than how often an engine looks for work by itself.
const execTick = time.Second

// on moves a bench to Postgres.
func (b *bench) on(url string) {
	b.TB.Helper()
	b.On(func() (*sqldb.DB, error) {
		return sqldb.OpenPostgres(context.Background(), sqldb.PostgresOptions{URL: sqldb.URL(url), Schema: "ledger", WithoutStandby: true})
	})
}

// Three replicas on Postgres: people click anywhere, everybody looks for work at
// once, and each effect happens once.
func TestThreeReplicas(t *testing.T) {
	b := start(t)
	b.on(postgres.Start(t, postgres.Fast).URL("postgres"))
	const replicas, effects = 3, 18
	var stores []ledger.Store
	for n := range replicas {
		stores = append(stores, b.Connect())
		b.Run(b.Engine(fmt.Sprintf("replica %d", n), stores[n]))
	}
	var intents []ledger.Intent
	for n := range effects {
		_, i := b.Opened("nobody", executetest.Refund("ch_ada_large", fmt.Sprint(1001+n)), &policy.Hold{Group: "billing_leads", Votes: 2})
		intents = append(intents, i)
	}
	var clicks sync.WaitGroup
	for n, i := range intents {
		for p := range 2 * replicas { // everybody clicks everywhere, twice
			clicks.Go(func() {
				vote := ledger.VoteRequest{Tenant: i.Tenant, Intent: i.ID, Person: fmt.Sprintf("person %d", p%3), Approve: true, Digest: i.Digest}
				_, err := stores[(n+p)%replicas].Vote(context.Background(), vote)
				if err != nil && !errors.Is(err, ledger.ErrVoted) && !errors.Is(err, ledger.ErrTransition) {
					t.Error(err)
				}
			})
		}
	}
	clicks.Wait()
	b.Eventually("all are done", func() bool {
		b.Clock.Advance(execTick)
		done, err := b.Store.List(context.Background(), ledger.Filter{Tenant: "acme", States: []ledger.State{ledger.Succeeded}})
		return err == nil && len(done) == effects
	})
	b.refunded("ch_ada_large", effects)
	keys := map[string]bool{}
	for _, s := range b.Door.Sent() {
		keys[s.Key] = true
	}
	if len(keys) != effects || len(b.Door.Sent()) != effects {
		t.Errorf("%d effects passed with %d keys, want %d", len(b.Door.Sent()), len(keys), effects)
	}
}

// A standby that was cut off is promoted and has forgotten an effect. Whoever asks
// again reaches the provider under the same key, and gets what was done.
func TestAPromotedStandbyThatForgot(t *testing.T) {
	b := start(t)
	primary := postgres.Start(t, postgres.Fast)
	standby := primary.Standby(t)
	b.on(strings.Replace(primary.URL("postgres"), primary.Address, primary.Address+","+standby.Address, 1))
	e := b.Engine("one", b.Store)
	refund := executetest.Refund("ch_ada_1000", "4000")
	primary.Configure(t, "synchronous_standby_names = ''")
	standby.Kill()
	b.Door.Next("POST", executetest.NotSent("1")) // and the first attempt did not get out
	by, i := b.Opened("one", refund, nil)
	if i, err := e.Now(context.Background(), by, i); err != nil || i.State != ledger.Approved {
		t.Fatalf("%s: %v", i.State, err)
	}
	b.Clock.Advance(execTick * 4)
	claimed, err := b.Store.Claim(context.Background(), claim("one"))
	if err != nil || len(claimed) != 1 || claimed[0].Attempt != 2 {
		t.Fatalf("claimed %+v: %v", claimed, err)
	}
	done, err := e.Now(context.Background(), by, claimed[0])
	if err != nil || done.State != ledger.Succeeded {
		t.Fatalf("%s: %v", done.State, err)
	}
	b.refunded("ch_ada_1000", 1)
	primary.Kill()
	standby.Run(t)
	standby.Promote(t)
	b.Eventually("the standby serves", func() bool {
		_, err := b.Store.Get(context.Background(), "acme", done.ID)
		return errors.Is(err, ledger.ErrNotFound) // forgotten
	})
	_, again := b.Opened("one", refund, nil)
	if again.ID == done.ID {
		t.Fatal("it was not forgotten")
	}
	again, err = e.Now(context.Background(), by, again)
	if err != nil || again.State != ledger.Succeeded || string(again.Outcome.Body) != string(done.Outcome.Body) {
		t.Errorf("asked again: %s %+v: %v", again.State, again.Outcome, err)
	}
	b.refunded("ch_ada_1000", 1)
	sent := b.sent(2, 1)
	sameBytes(t, sent[0], sent[1])
}
