package ledger

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/token"
)

// An effect without a hold is these two commits.
func BenchmarkOpenAdvance(b *testing.B) {
	s, err := openStore(filepath.Join(b.TempDir(), "l.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx := context.Background()
	for b.Loop() {
		o, err := s.Open(ctx, OpenRequest{
			Tenant: "t", Identity: token.Identity{Tenant: "t", Agent: "a"}, BusinessKey: newID(), Owner: "o",
			Call:  action.Call{Tool: "stripe", Action: "stripe.refund.create", Args: action.Args{"charge": {Kind: action.ID, Text: "ch_1"}}},
			Lease: time.Minute, SendWithin: time.Second, ExpireAfter: time.Hour, Rule: func(Situation) Ruling { return Ruling{} },
		})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Advance(ctx, Step{Tenant: "t", ID: o.Intent.ID, Version: o.Intent.Version, To: Succeeded, Actor: "gateway", Outcome: &Outcome{Status: 200}}); err != nil {
			b.Fatal(err)
		}
	}
}
