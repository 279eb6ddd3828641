package approvald

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/sqldb"
)

// DatabaseURL names the ledger's Postgres. It prints without its password.
type DatabaseURL = sqldb.URL

// Postgres is a database that several replicas share.
type Postgres struct {
	URL            DatabaseURL     // "" for none
	WithoutStandby bool            // it needs no synchronous standby
	Clock          clockwork.Clock // in the place of its time; nil takes that
}

// ledgerSchema is where the ledger's tables are in Postgres.
const ledgerSchema = "sallyport_ledger"

// apart is how much the clocks of the database and of this machine may differ:
// less than what an attempt's times leave between one owner and the next.
const apart = 2 * time.Second

// openWithin bounds the start of the database's first connections.
const openWithin = time.Minute

// open opens the ledger's database.
func (o *Options) open() (*sqldb.DB, error) {
	if o.Postgres.URL == "" {
		return sqldb.OpenSQLite(o.Database)
	}
	if o.Postgres.WithoutStandby {
		o.Logger.Warn("The database needs no synchronous standby: when it is lost it may have forgotten what was done", "setting", "database-without-standby")
	}
	ctx, cancel := context.WithTimeout(context.Background(), openWithin)
	defer cancel()
	db, err := sqldb.OpenPostgres(ctx, sqldb.PostgresOptions{URL: o.Postgres.URL, Schema: ledgerSchema, WithoutStandby: o.Postgres.WithoutStandby})
	if err != nil {
		return nil, err
	}
	if err := o.sameTime(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	o.Logger.Info("The ledger is in Postgres", "database", o.Postgres.URL)
	return db, nil
}

// sameTime refuses a database whose clock is another one: it says until when an
// order may be sent, and this machine's says whether it is late.
func (o *Options) sameTime(ctx context.Context, db *sqldb.DB) error {
	if o.Postgres.Clock != nil {
		return nil
	}
	var theirs time.Time
	before := o.Clock.Now()
	err := db.Read(ctx, func(tx *sql.Tx) (err error) {
		theirs, err = db.Now(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("ask the database for its time: %w", err)
	}
	if theirs.Before(before.Add(-apart)) || theirs.After(o.Clock.Now().Add(apart)) {
		return fmt.Errorf("the database's clock says %s, this machine's %s: set both right (NTP), they may differ by %s", theirs.UTC().Format(time.RFC3339), before.UTC().Format(time.RFC3339), apart)
	}
	return nil
}

// ledgerClock is the time that the ledger goes by; nil for the database's own.
// Processes on one SQLite file share the machine's.
func (o *Options) ledgerClock() clockwork.Clock {
	if o.Postgres.URL == "" {
		return o.Clock
	}
	return o.Postgres.Clock
}
