package approvald_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/internal/rig/postgres"
)

// What a database lacks is said at the start, and what is accepted too; its
// password never.
func TestStartOnPostgres(t *testing.T) {
	b := start(t)
	server := postgres.Start(t, postgres.Fast)
	o := options(t, b)
	o.Postgres.URL = approvald.DatabaseURL(server.URL("postgres"))
	refused := func(want string) {
		t.Helper()
		if _, err := approvald.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
	refused("--database-without-standby")
	o.Postgres.WithoutStandby = true
	refused("the database's clock") // the bench's is of another day
	o.Clock = clockwork.NewRealClock()
	s, err := approvald.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := s.Run(ctx); err != nil {
		t.Error(err)
	}
	if log := b.Log.String(); !strings.Contains(log, "setting=database-without-standby") || !strings.Contains(log, server.Address) || strings.Contains(log, "for-tests") {
		t.Errorf("the log is\n%s", log)
	}
	if got := server.Exec(t, "SELECT count(*) FROM sallyport_ledger.intents"); got != "0" {
		t.Errorf("the ledger has %s intents", got)
	}
}
