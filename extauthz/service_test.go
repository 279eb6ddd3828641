package extauthz_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/extauthz"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/tenant"
)

// serviceOptions stand on a folder of their own; nothing is served yet.
func serviceOptions(t *testing.T) (extauthz.ServiceOptions, *rig) {
	t.Helper()
	dir, clock := t.TempDir(), clockwork.NewFakeClockAt(start)
	ring, err := keyring.Open(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	spool, err := audit.OpenSpool(audit.SpoolOptions{Dir: filepath.Join(dir, "spool"), Instance: "test", MaxBytes: 1 << 20, Clock: clock, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = spool.Close() })
	r := &rig{TB: t, clock: clock, tenants: tenant.NewSet(), ring: ring, secrets: secret.NewCache(), recorder: &recorder{Spool: spool}}
	r.secrets.Swap(exampleSecrets())
	return extauthz.ServiceOptions{
		Tenants: r.tenants, Ring: ring, Secrets: r.secrets, Spool: r.recorder, Node: node, LimitsFile: filepath.Join(dir, "limits"), RevocationsFile: filepath.Join(dir, "revocations"),
		AgentSocket: filepath.Join(dir, "a"), ExecuteSocket: filepath.Join(dir, "e"), AccessLogFile: filepath.Join(dir, "access.log"),
		Clock: clock, Logger: logger,
	}, r
}

// A restart does not give the day's calls back.
func TestLimitsSurviveARestart(t *testing.T) {
	o, r := serviceOptions(t)
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme", "limits.yaml", "max: 600", "max: 1")}, nil)
	for _, want := range []reason.Code{reason.Allowed, reason.LimitExceeded} {
		stop := r.serve(o)
		ask(t, r.agent, r.request("GET", charges, "", r.bearer("acme")...))
		if row := r.one(t); row.Reason != string(want) {
			t.Errorf("got %s, want %s", row.Reason, want)
		}
		stop()
	}
}

// Counters that cannot be read are no counters at zero.
func TestDamagedLimitsStopTheStart(t *testing.T) {
	o, _ := serviceOptions(t)
	if err := os.WriteFile(o.LimitsFile, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := extauthz.NewService(o); err == nil {
		t.Error("it starts, with all limits anew")
	}
}

// A start that fails holds no socket that the next one needs.
func TestFailedStartGivesUpItsSockets(t *testing.T) {
	o, r := serviceOptions(t)
	taken, err := daemon.ListenUnix(o.ExecuteSocket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := extauthz.NewService(o); err == nil {
		t.Fatal("two listen on one socket")
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	r.serve(o)()
}

// Who is told to stop before it began has nothing to complain about.
func TestStopBeforeStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		o, _ := serviceOptions(t)
		service, err := extauthz.NewService(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := service.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
