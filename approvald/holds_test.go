package approvald_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
)

// most is how many calls are held at once, and mostBytes what each of them may
// cost here, its client's connection and goroutines included.
const (
	most      = 2000
	mostBytes = 256 << 10
)

// Two thousand calls are held at once, each for little memory, while reads go on.
// The next one is pending at once, and its approval exists.
func TestManyHolds(t *testing.T) {
	b := start(t)
	b.Load("acme", func(files map[string]string) {
		executetest.Replace(t, "approvals.yaml", "wait: 45s", fmt.Sprintf("wait: 45s\nheld_calls: %d\nheld_calls_per_agent: %d", most, most))(files)
		executetest.Replace(t, "limits.yaml", "max: 50000 USD", "max: 90000000 USD")(files)
	})
	asks := make([]ask, most+1)
	for n := range asks {
		charge := fmt.Sprintf("ch_many_%d", n)
		if err := b.tool.AddCharge("acme", charge, "cus_ada", 100000, "usd"); err != nil {
			t.Fatal(err)
		}
		asks[n] = b.admitted(executetest.Refund(charge, "10000"), "")
	}
	before := inUse()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	answers := make(chan got, most)
	for _, a := range asks[:most] {
		go func() {
			if g, err := b.send(ctx, a); err == nil {
				answers <- g
			}
		}()
	}
	b.waits(most)
	each := (inUse() - before) / most
	t.Logf("%d calls are held, %d bytes each with their clients", most, each)
	if each > mostBytes {
		t.Errorf("a held call takes %d bytes, at most %d are allowed", each, mostBytes)
	}
	read, err := b.send(t.Context(), b.admitted(action.Request{Method: "GET", Path: "/stripe/v1/charges/ch_ada_80"}, ""))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, read, 200, "")
	expect(t, b.call(asks[most]), 409, "held")
	if i := b.newest(); i.State != ledger.Waiting {
		t.Errorf("the approval of the next one is %s", i.State)
	}
	b.Clock.Advance(45 * time.Second)
	for range most {
		select {
		case g := <-answers:
			expect(t, g, 409, "held")
		case <-time.After(5 * time.Minute):
			t.Fatal("a call is still held")
		}
	}
}

// One agent cannot take the places of all.
func TestHoldsOfOneAgent(t *testing.T) {
	b := start(t)
	b.running()
	b.Load("acme", executetest.Replace(t, "approvals.yaml", "wait: 45s", "wait: 45s\nheld_calls_per_agent: 1"))
	answer, leave := b.held("ch_ada_1000", "10000", "k-1")
	expect(t, b.refund("ch_ada_450", "10000", "k-2"), 409, "held")
	leave()
	<-answer
	b.Eventually("the place is free", func() bool { return b.refundHolds() })
}

// refundHolds says whether a call is held and not answered at once.
func (b *bench) refundHolds() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	_, err := b.send(ctx, b.admitted(executetest.Refund("ch_ada_450", "10000"), "k-2"))
	return err != nil // the client gave up waiting
}

// waits returns once this many calls are held: each has its timer.
func (b *bench) waits(n int) {
	b.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := b.Clock.BlockUntilContext(ctx, n); err != nil {
		b.TB.Fatal(err)
	}
}

// inUse are the bytes of heap and stacks after a collection.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
