package ledger

import (
	"path/filepath"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// ledgerOn is the ledger of a database with keys of its own, until the test ends. A
// nil clock is the database's.
func ledgerOn(tb testing.TB, db *sqldb.DB, clock clockwork.Clock) *SQL {
	tb.Helper()
	ring, err := keyring.Open(filepath.Join(tb.TempDir(), "keys"))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewSQL(Options{DB: db, Sealer: bodykey.New(ring), Clock: clock})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// openPostgres opens a schema of the server at url, which has no standby.
func openPostgres(tb testing.TB, url, schema string) *sqldb.DB {
	tb.Helper()
	db, err := sqldb.OpenPostgres(tb.Context(), sqldb.PostgresOptions{URL: sqldb.URL(url), Schema: schema, WithoutStandby: true})
	if err != nil {
		tb.Fatal(err)
	}
	return db
}
