package ledger_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/ledger/ledgertest"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
)

func TestSQLite(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.Connect {
		path := filepath.Join(t.TempDir(), "ledger.db")
		return func(t *testing.T, clock clockwork.Clock) ledger.Store {
			t.Helper()
			return connect(t, path, clock)
		}
	})
}

func TestPostgres(t *testing.T) {
	server := postgres.Start(t, postgres.Fast)
	url := sqldb.URL(server.URL("postgres"))
	var schemas atomic.Int64
	ledgertest.Run(t, func(t *testing.T) ledgertest.Connect {
		schema := "ledger_" + strconv.FormatInt(schemas.Add(1), 10)
		return func(t *testing.T, clock clockwork.Clock) ledger.Store {
			t.Helper()
			db, err := sqldb.OpenPostgres(context.Background(), sqldb.PostgresOptions{URL: url, Schema: schema, WithoutStandby: true})
			if err != nil {
				t.Fatal(err)
			}
			return store(t, db, clock)
		}
	})
}

func connect(t *testing.T, path string, clock clockwork.Clock) *ledger.SQL {
	t.Helper()
	db, err := sqldb.OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	return store(t, db, clock)
}

func store(t *testing.T, db *sqldb.DB, clock clockwork.Clock) *ledger.SQL {
	t.Helper()
	store, err := ledger.NewSQL(ledger.Options{DB: db, Clock: clock, Channels: ledgertest.Channels})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestOptionsAreNeeded(t *testing.T) {
	if _, err := ledger.NewSQL(ledger.Options{}); err == nil {
		t.Error("no error")
	}
}
