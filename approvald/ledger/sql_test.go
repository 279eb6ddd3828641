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
	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(t *testing.T) ledgertest.Connect {
		path := filepath.Join(t.TempDir(), "ledger.db")
		keys := sealer(t)
		return func(t *testing.T, clock clockwork.Clock) ledger.Store {
			t.Helper()
			return connect(t, path, keys, clock)
		}
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := postgres.Start(t, postgres.Fast)
	url := sqldb.URL(server.URL("postgres"))
	var schemas atomic.Int64
	ledgertest.Run(t, func(t *testing.T) ledgertest.Connect {
		keys := sealer(t)
		schema := "ledger_" + strconv.FormatInt(schemas.Add(1), 10)
		return func(t *testing.T, clock clockwork.Clock) ledger.Store {
			t.Helper()
			db, err := sqldb.OpenPostgres(context.Background(), sqldb.PostgresOptions{URL: url, Schema: schema, WithoutStandby: true})
			if err != nil {
				t.Fatal(err)
			}
			return store(t, db, keys, clock)
		}
	})
}

func sealer(t *testing.T) ledger.Sealer {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return bodykey.New(ring)
}

func connect(t *testing.T, path string, keys ledger.Sealer, clock clockwork.Clock) *ledger.SQL {
	t.Helper()
	db, err := sqldb.OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	return store(t, db, keys, clock)
}

func store(t *testing.T, db *sqldb.DB, keys ledger.Sealer, clock clockwork.Clock) *ledger.SQL {
	t.Helper()
	store, err := ledger.NewSQL(ledger.Options{DB: db, Sealer: keys, Clock: clock, Channels: ledgertest.Channels, People: ledgertest.People})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestOptionsAreNeeded(t *testing.T) {
	db, err := sqldb.OpenSQLite(filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for name, o := range map[string]ledger.Options{"no database": {Sealer: sealer(t)}, "no sealer": {DB: db}} {
		if _, err := ledger.NewSQL(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
