package torture

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"golang.org/x/sync/errgroup"

	"github.com/sallyport/sallyport/internal/rig"
)

// Times of a run. A round is as long as its calls are repeated; after an epoch
// everything is let go on, and counted.
const (
	shortRounds = 12
	epochRounds = 25
	roundFor    = 1500 * time.Millisecond
	drainFor    = 5 * time.Minute
	hurried     = 700 * time.Millisecond // how long an agent waits for an answer in a round
	patient     = 20 * time.Second       // and in the end
	atOnce      = 4                      // calls in the end
	jump        = 10 * time.Minute       // past every lease
)

// wish is an effect that an agent wants once. It repeats its call, with its own
// key, until it is told of the effect.
type wish struct {
	charge, key, token string
	amount             int64
	free               bool // nobody approves it: it may stay undone
	told               string
}

// tally is the last line.
type tally struct{ rounds, lost, duplicate, over int }

func (a tally) String() string {
	return fmt.Sprintf("%d rounds, %d lost, %d duplicate, %d over", a.rounds, a.lost, a.duplicate, a.over)
}

// run is one gateway under torture.
type run struct {
	*gateway
	random  *rand.Rand
	faults  []fault
	wishes  []*wish
	tally   tally
	mu      sync.Mutex
	history []porcupine.Operation
	tick    atomic.Int64
	round   int
}

func TestTorture(t *testing.T) {
	rounds := shortRounds
	if text := os.Getenv("ROUNDS"); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	seed := seedOf(t)
	var sum tally
	for n, store := range []string{"sqlite", "postgres"} {
		t.Run(store, func(t *testing.T) {
			r := &run{gateway: boot(t, store), random: rand.New(rand.NewPCG(seed, uint64(n))), faults: both} // #nosec G404 -- to be repeated
			if store == "postgres" {
				r.faults = append(append([]fault{}, both...), onPostgres...)
			}
			mine := rounds/2 + n*(rounds%2)
			for r.tally.rounds < mine {
				r.epoch(min(epochRounds, mine-r.tally.rounds))
				t.Log(store, r.tally)
			}
			sum.rounds, sum.lost, sum.duplicate, sum.over = sum.rounds+r.tally.rounds, sum.lost+r.tally.lost, sum.duplicate+r.tally.duplicate, sum.over+r.tally.over
		})
	}
	fmt.Println(sum)
	if t.Failed() || sum.lost+sum.duplicate+sum.over > 0 || sum.rounds != rounds {
		keep(t, seed)
		t.Errorf("%s; SALLYPORT_SEED=%d", sum, seed)
	}
}

func seedOf(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("SALLYPORT_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("SALLYPORT_SEED=%d\n", seed)
	return seed
}

// keep adds the seed of a failure to those in the repository.
func keep(t *testing.T, seed uint64) {
	if err := os.MkdirAll("testdata", 0o750); err != nil {
		t.Error(err)
	}
	file, err := os.OpenFile(filepath.Join("testdata", "seeds"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = fmt.Fprintln(file, seed)
	_ = file.Close()
}

// epoch runs rounds, then lets everything come to its end and counts.
func (r *run) epoch(rounds int) {
	r.wishes, r.history = nil, nil
	promoted := r.random.IntN(rounds) // on Postgres the standby takes over in this round
	for n := range rounds {
		f := r.faults[r.random.IntN(len(r.faults))]
		if r.primary != nil && n == promoted {
			f = fault{"the standby is promoted", func(_ context.Context, g *gateway, _ *rand.Rand) { g.promote() }}
		}
		r.once(f)
		r.tally.rounds++
	}
	r.drain()
	r.count()
}

// once is a round: agents call, and somewhere in between something breaks.
func (r *run) once(f fault) {
	r.round++
	mine := r.wish()
	ctx, cancel := context.WithTimeout(context.Background(), roundFor)
	defer cancel()
	done := r.ask(ctx, mine)
	pause(ctx, time.Duration(r.random.IntN(300))*time.Millisecond)
	f.run(ctx, r.gateway, r.random)
	done()
}

// ask lets agents call and people approve until ctx ends or all are told who must
// be; done waits for that.
func (r *run) ask(ctx context.Context, wishes []*wish) (done func()) {
	ctx, cancel := context.WithCancel(ctx)
	var must, others sync.WaitGroup
	for _, w := range wishes {
		group := &must
		if w.free {
			group = &others
		}
		group.Go(func() { r.insist(ctx, w, hurried) })
	}
	others.Go(func() { r.approving(ctx, wishes) })
	return func() {
		must.Wait()
		cancel()
		others.Wait()
	}
}

// wish makes what the agents of a round want: one that goes through at once, one
// that a person approves, and two of which only one may go through.
func (r *run) wish() []*wish {
	token := r.rig.Token(rig.Billing("acme", "cus_ada"))
	of := func(charge string, amount int64, free bool) *wish {
		return &wish{charge: charge, amount: amount, free: free, token: token, key: charge + "/" + strconv.FormatInt(amount, 10)}
	}
	contested := r.rig.Charge(r.t, "acme", "cus_ada", "usd")
	mine := []*wish{
		of(r.rig.Charge(r.t, "acme", "cus_ada", "usd"), 1000, false),
		of(r.rig.Charge(r.t, "acme", "cus_ada", "usd"), 10_000, false),
		of(contested, 3000, true), of(contested, 4000, true),
	}
	r.wishes = append(r.wishes, mine...)
	return mine
}

// insist repeats a call until its agent is told of the effect.
func (r *run) insist(ctx context.Context, w *wish, patience time.Duration) {
	for w.told == "" && ctx.Err() == nil {
		each, cancel := context.WithTimeout(ctx, patience)
		call := r.tick.Add(1)
		told := r.refund(each, w)
		cancel()
		r.note(w, call, told)
		if w.told = told; told == "" {
			pause(ctx, 60*time.Millisecond)
		}
	}
}

func (r *run) approving(ctx context.Context, mine []*wish) {
	var charges []string
	for _, w := range mine {
		if !w.free {
			charges = append(charges, w.charge)
		}
	}
	for ctx.Err() == nil {
		each, cancel := context.WithTimeout(ctx, patient)
		r.approve(each, charges)
		cancel()
		pause(ctx, 80*time.Millisecond)
	}
}

// drain stops breaking things. Time passes, so that every lease lapses and what
// is unknown is asked again; whoever was not told goes on asking.
func (r *run) drain() {
	r.kill()
	r.rig.Clock.Advance(jump)
	r.start()
	r.answers()
	ctx, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	token := r.rig.Token(rig.Billing("acme", "cus_ada"))
	var calls errgroup.Group
	calls.SetLimit(atOnce) // a busy machine gets to each of them
	people, stop := context.WithCancel(ctx)
	var voting sync.WaitGroup
	voting.Go(func() { r.approving(people, r.wishes) })
	for _, w := range r.wishes {
		if w.token = token; w.free || w.told != "" {
			continue
		}
		calls.Go(func() error {
			r.insist(ctx, w, patient)
			return nil
		})
	}
	_ = calls.Wait()
	stop()
	voting.Wait()
}

// count compares what agents were told with what the provider did.
func (r *run) count() {
	sums := map[string]int64{}
	for _, w := range r.wishes {
		var ids []string
		for _, refund := range r.rig.Provider().Refunds(w.charge) {
			if refund.Amount == w.amount {
				ids = append(ids, refund.ID)
			}
		}
		r.note(w, r.tick.Add(1), strings.Join(ids, " ")) // what there is in the end
		if w.free {
			sums[w.charge] += int64(len(ids)) * w.amount
		}
		lost := w.told == "" && !w.free || w.told != "" && (len(ids) == 0 || ids[0] != w.told)
		switch {
		case len(ids) > 1:
			r.tally.duplicate++
			r.t.Errorf("%s: done as %v", w.key, ids)
		case lost:
			r.tally.lost++
			r.t.Errorf("%s: told %q, done as %v", w.key, w.told, ids)
		}
	}
	for charge, sum := range sums {
		if sum > 5000 {
			r.tally.over++
			r.t.Errorf("%s: %d went through without a person", charge, sum)
		}
	}
	if got := porcupine.CheckOperationsTimeout(once, r.history, time.Minute); got != porcupine.Ok {
		r.t.Errorf("what the agents saw is %s", got)
	}
}

// note adds a call of a wish to the history; told is "" when it may or may not
// have had its effect.
func (r *run) note(w *wish, call int64, told string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{
		ClientId: r.round, Input: w.key, Call: call, Output: told, Return: r.tick.Add(1),
	})
}

// once is the model: an effect is not there, then it is there under one name for
// everybody who is told of it.
var once = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, op := range history {
			byKey[fmt.Sprint(op.Input)] = append(byKey[fmt.Sprint(op.Input)], op)
		}
		var out [][]porcupine.Operation
		for _, ops := range byKey {
			out = append(out, ops)
		}
		return out
	},
	Init: func() any { return "" },
	Step: func(state, _, output any) (bool, any) {
		now, told := fmt.Sprint(state), fmt.Sprint(output)
		if told == "" {
			return true, state
		}
		return now == "" || now == told, cmp.Or(now, told)
	},
}
