package execute_test

import (
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// Under another key for providers a gateway knows neither the keys nor the marks of
// what was sent before: it proves nothing that way, and sends nothing again.
func TestAnotherProviderKeyProvesNothing(t *testing.T) {
	for name, later := range map[string]time.Duration{"its key would be another": 5 * time.Minute, "its mark would be": 23 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.lost(executetest.Refund("ch_ada_1000", "4000"), executetest.DropAfter)
			sent := len(b.Door.Sent())
			b.Clock.Advance(later)
			e, err := execute.NewEngine(execute.Options{
				Store: b.Connect(), Client: b.Client, Tenants: b.Tenants, ProviderSecret: []byte("another key of at least 32 bytes"),
				Recorder: b.Records, Owner: "two", Clock: b.Clock, Logger: b.Log.Logger(),
			})
			if err != nil {
				t.Fatal(err)
			}
			last := i.Version
			b.Run(e)
			i = b.When(i, "looked at", func(n ledger.Intent) bool { return n.Version >= last+2 })
			if i.State != ledger.Unknown || len(b.Door.Sent()) != sent {
				t.Errorf("%s %s, sent %d times more", i.State, i.Reason, len(b.Door.Sent())-sent)
			}
			b.refunded("ch_ada_1000", 1)
		})
	}
}
