package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/audit"
)

// The steps of a decision come from the spools of several services, and some at one
// moment: they are told in the order in which they were taken.
func TestStepsAreToldInTurn(t *testing.T) {
	data, moment := t.TempDir(), time.Unix(1_790_000_000, 0)
	record := func(service, step, rule string, at time.Time) {
		spool, err := audit.OpenSpool(audit.SpoolOptions{
			Dir: filepath.Join(data, "spool", service), Instance: service, MaxBytes: 1 << 20, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		d := audit.Decision{Time: at, Tenant: "acme", ID: "dec-1", Step: step, Agent: "billing-bot", Action: "stripe.refund.create", Rule: rule}
		if err := spool.Record(audit.Record{Table: audit.Decisions, Decision: &d}); err != nil {
			t.Fatal(err)
		}
		if err := spool.Close(); err != nil {
			t.Fatal(err)
		}
	}
	record("approvald", "execute:effect", "", moment.Add(time.Second))
	record("approvald", "live", "policy.csv:9", moment.Add(time.Second))
	record("approvald", "facts", "policy.csv:7", moment)
	record("extauthz", "execute:fact", "", moment)
	record("extauthz", "agent", "", moment)
	said := decoded[recordedDecision](t, succeeds(t, "", "policy", "explain", exampleTenants, "--data", data, "--decision", "dec-1", "--json"))
	var got []string
	for _, s := range said.Recorded {
		got = append(got, s.Step)
	}
	if diff := cmp.Diff([]string{"agent", "execute:fact", "facts", "live", "execute:effect"}, got); diff != "" {
		t.Error(diff)
	}
}
