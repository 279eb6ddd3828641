package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

// otherError is any error that nobody branches on.
const otherError = "another error"

func (s seenItem) text() string {
	return fmt.Sprintf("%s %s v%d o%d a%d\n", s.ID, s.State, s.Version, s.Occurrence, s.Attempt)
}

func splitVotes(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
}

// do runs a command on a store.
func (f *fixture) do(store ledger.Store, c command) result {
	ctx := context.Background()
	out := result{Sum: -1}
	var i ledger.Intent
	var err error
	switch c.Op {
	case "open":
		var opened ledger.Opened
		opened, err = store.Open(ctx, f.call(key(c.Key), amount(c.Amount, "USD"), rule(func(s ledger.Situation) ledger.Ruling {
			out.Sum = s.Sums["day"].Minor
			return modelRule(f, c.Amount, s)
		})))
		i, out.Relation = opened.Intent, opened.Relation
	case "vote":
		i, err = store.Vote(ctx, ledger.VoteRequest{Tenant: "acme", Intent: c.ID, Person: c.Person, Approve: c.Yes, Digest: action.Digest(f.call(amount(c.Amount, "USD")).Call)})
	case "edit":
		i, err = f.edited(store, c, &out)
	case "advance":
		i, err = store.Advance(ctx, modelStep(c))
	case "claim":
		var all []ledger.Intent
		if all, err = store.Claim(ctx, claimBy("one", modelClaims)); err == nil {
			for _, i := range all {
				out.Claimed += seenOf(i).text()
			}
		}
	default:
		i, err = store.Get(ctx, "acme", c.ID)
	}
	out.Seen, out.Err = seenOf(i), errorOf(err)
	return out
}

// edited is one edit; an answer that is no refusal counts as New.
func (f *fixture) edited(store ledger.Store, c command, out *result) (ledger.Intent, error) {
	i, ruling, err := store.Edit(context.Background(), ledger.EditRequest{
		Intent: c.ID, Person: c.Person, Digest: action.Digest(f.call(amount(c.Amount, "USD")).Call),
		To: f.call(key(c.Key), amount(c.Wants, "USD"), rule(func(s ledger.Situation) ledger.Ruling {
			out.Sum = s.Sums["day"].Minor
			return modelRule(f, c.Wants, s)
		})),
	})
	if err != nil {
		out.Sum = -1
	} else if !ruling.Refuse {
		out.Relation = ledger.New
	}
	return i, err
}

func modelRule(f *fixture, minor int64, s ledger.Situation) ledger.Ruling {
	switch {
	case s.Sums["day"].Minor+minor > modelLimit:
		return ledger.Ruling{Refuse: true, Reason: reason.PolicyDenied}
	case minor >= modelHeld:
		return f.call(held(modelVotes)).Rule(s)
	default:
		return ledger.Ruling{Reason: reason.Allowed}
	}
}

func modelStep(c command) ledger.Step {
	s := ledger.Step{Tenant: "acme", ID: c.ID, Version: c.From, To: c.To, Actor: "gateway", NotBefore: settle}
	switch c.To {
	case ledger.Denied:
		s.Reason = reason.PolicyDenied
	case ledger.Executing:
		s.Target, s.SendWithin = "target", sendWithin
	default: // needs nothing
	}
	return s
}

func seenOf(i ledger.Intent) seenItem {
	return seenItem{ID: i.ID, State: i.State, Version: i.Version, Occurrence: i.Occurrence, Attempt: i.Attempt}
}

func errorOf(err error) string {
	if err == nil {
		return ""
	}
	for _, known := range []error{ledger.ErrConflict, ledger.ErrNotFound, ledger.ErrDigest, ledger.ErrVoted, ledger.ErrEditor, ledger.ErrTransition, ledger.ErrTaken} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return otherError
}

// notes are the intents that a history has met, for its next commands.
type notes struct {
	mu    sync.Mutex
	known []known
}

type known struct {
	seenItem
	amount int64
}

func (n *notes) add(seen seenItem, amount int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k := range n.known {
		if n.known[k].ID == seen.ID {
			n.known[k] = known{seen, amount}
			return
		}
	}
	n.known = append(n.known, known{seen, amount})
}

// next draws a command. below returns a number from 0 to n-1.
func (n *notes) next(at time.Time, below func(n int) int) command {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := command{At: at, Op: []string{"open", "open", "vote", "vote", "advance", "advance", "claim", "get", "edit"}[below(9)]}
	if len(n.known) == 0 && c.Op != "claim" {
		c.Op = "open"
	}
	switch c.Op {
	case "open":
		c.Key, c.Amount = someKey(below), someAmount(below)
		return c
	case "claim":
		return c
	}
	k := n.known[below(len(n.known))]
	c.ID = k.ID
	switch c.Op {
	case "vote":
		c.Person, c.Yes, c.Amount = []string{"ana", "bo", "cy"}[below(3)], below(4) > 0, k.amount
	case "edit":
		c.Person, c.Amount, c.Key, c.Wants = "cy", k.amount, someKey(below), someAmount(below)
	case "advance":
		c.From = k.Version
		c.To = []ledger.State{
			ledger.Succeeded, ledger.Succeeded, ledger.Failed, ledger.Unknown, ledger.Approved, ledger.Denied, ledger.Executing, ledger.Cancelled, ledger.Expired,
		}[below(9)]
	}
	return c
}

func someKey(below func(int) int) string { return "key " + strconv.Itoa(below(3)) }

func someAmount(below func(int) int) int64 { return []int64{100, 2_000, 3_000, 6_000}[below(4)] }

// randomHistories checks histories of one process, in which time passes, step
// by step.
func randomHistories(t *testing.T, fresh func(t *testing.T) Connect) {
	rapid.Check(t, func(r *rapid.T) {
		f := newFixture(t, fresh(t))
		defer f.close()
		n, w := &notes{}, world(nil)
		below := func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "n") }
		for range rapid.IntRange(1, 40).Draw(r, "length") {
			if below(4) == 0 {
				f.clock.Advance([]time.Duration{time.Second, sendWithin, settle, lease, sameFor, denyFor, expireAfter}[below(7)])
			}
			c := n.next(f.clock.Now(), below)
			store := []ledger.Store{f.store, f.other}[below(2)]
			got := f.do(store, c)
			after, want := w.step(c, got)
			if got != want {
				r.Fatalf("%+v\nanswered %+v\nmust be  %+v", c, got, want)
			}
			w = after
			for _, i := range w {
				n.add(i.seenItem, i.amount)
			}
		}
	})
}

// seedOf is the seed of a test: SALLYPORT_SEED, or a new one, which is printed.
func seedOf(tb testing.TB) uint64 {
	tb.Helper()
	seed := uint64(time.Now().UnixNano()) // #nosec G115 -- any bits do
	if text := os.Getenv("SALLYPORT_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			tb.Fatal(err)
		}
	}
	tb.Logf("SALLYPORT_SEED=%d", seed)
	return seed
}

// Sizes of a concurrent history: the search for an order is exponential in what
// goes on at once.
const (
	historyRounds  = 12
	historyClients = 5
	historyLength  = 8
)

// linearizable runs clients at once in two processes and looks for an order of
// what they did in which each answer is the model's.
func linearizable(t *testing.T, fresh func(t *testing.T) Connect) {
	seed := seedOf(t)
	for round := range historyRounds {
		f := newFixture(t, fresh(t))
		history := f.history(rand.New(rand.NewPCG(seed, uint64(round)))) // #nosec G404,G115 -- to be repeated
		if got := porcupine.CheckOperationsTimeout(modelOf(), history, time.Minute); got != porcupine.Ok {
			for _, op := range history {
				t.Logf("client %d, %d to %d: %+v\n\t%+v", op.ClientId, op.Call, op.Return, op.Input, op.Output)
			}
			t.Fatalf("round %d of SALLYPORT_SEED=%d is %s", round, seed, got)
		}
	}
}

func (f *fixture) history(random *rand.Rand) []porcupine.Operation {
	n := &notes{}
	var mu sync.Mutex
	var all []porcupine.Operation
	var tick atomic.Int64
	var group sync.WaitGroup
	for client := range historyClients {
		mine := rand.New(rand.NewPCG(random.Uint64(), uint64(client))) // #nosec G404,G115 -- to be repeated
		store := []ledger.Store{f.store, f.other}[client%2]
		group.Go(func() {
			for range historyLength {
				c := n.next(f.clock.Now(), mine.IntN)
				op := porcupine.Operation{ClientId: client, Input: c, Call: tick.Add(1)}
				got := f.do(store, c)
				op.Output, op.Return = got, tick.Add(1)
				if got.Seen.ID != "" {
					i, err := store.Get(context.Background(), "acme", got.Seen.ID)
					f.must(err)
					n.add(got.Seen, i.Amount.Minor)
				}
				mu.Lock()
				all = append(all, op)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return all
}

func modelOf() porcupine.Model {
	return porcupine.Model{
		Init:  func() any { return world(nil) },
		Equal: func(a, b any) bool { return slices.Equal(asWorld(a), asWorld(b)) },
		Step: func(state, input, output any) (bool, any) {
			c, _ := input.(command)
			got, _ := output.(result)
			w := asWorld(state)
			if c.ID != "" && w.find(c.ID) == nil {
				return false, state
			}
			after, want := w.step(c, got)
			return got == want, after
		},
	}
}

func asWorld(state any) world {
	w, _ := state.(world)
	return w
}
