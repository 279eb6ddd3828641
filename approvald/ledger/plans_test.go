package ledger

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// copies are 20,000 of the one intent there is: each 5,000th waits, each second was denied
// to a customer of its own, as an effect of its own.
const copies = "WITH RECURSIVE numbers(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM numbers WHERE g < 20000) INSERT INTO intents (COLUMNS) SELECT VALUES_ FROM intents, numbers"

// What the Desk asks for again and again is found by an index, among a tenant's many
// effects.
func TestTheDeskReadsByIndexes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		db      *sqldb.DB
		explain string
		reads   []string // of all effects of the tenant
	}{
		"SQLite":   {openSQLite(t), "EXPLAIN QUERY PLAN ", []string{"SCAN intents", "intents_of_tenant (tenant=?)"}},
		"Postgres": {openPostgres(t, postgres.Start(t, postgres.Fast).URL("postgres"), "plans"), "EXPLAIN ", []string{"Seq Scan", "SubPlan"}},
	} {
		one := fill(t, c.db, name == "Postgres")
		one.Identity.Session.Customer = "cus_7"
		denied, about := deniedLike(&one, 5)
		for where, asked := range map[string]struct {
			args    []any
			indexes []string
		}{
			"WHERE tenant = ? AND state IN ('waiting') ORDER BY seq DESC LIMIT 100": {[]any{"t"}, []string{"intents_in_state"}},
			"WHERE tenant = ?" + denied + " ORDER BY seq DESC LIMIT 5":              {append([]any{"t"}, about...), []string{"intents_denied_effect", "intents_denied_customer"}},
		} {
			plan := planOf(t, c.db, c.explain+selectIntents(where), asked.args)
			for _, index := range asked.indexes {
				if !strings.Contains(plan, index) {
					t.Errorf("%s: without %s it is found by\n%s", name, index, plan)
				}
			}
			for _, all := range c.reads {
				if strings.Contains(plan, all) {
					t.Errorf("%s: all are read by\n%s", name, plan)
				}
			}
		}
	}
}

func openSQLite(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenSQLite(filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// fill makes a ledger of many intents, of which it returns one. Postgres counts what it
// has by itself, after a while; SQLite never does.
func fill(t *testing.T, db *sqldb.DB, analyze bool) Intent {
	t.Helper()
	s := ledgerOn(t, db, nil)
	opened, err := s.Open(t.Context(), budgeted(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	columns := strings.Join(names(""), ", ")
	values := strings.NewReplacer(
		"id, version", "id || g, version", "state, ", "CASE WHEN g % 5000 = 0 THEN 'waiting' WHEN g % 2 = 1 THEN 'denied' ELSE 'succeeded' END, ",
		"customer, ", "'cus_' || g, ", "business_key, ", "business_key || g, ",
	).Replace(columns)
	err = db.Write(t.Context(), func(ctx context.Context, w sqldb.Turn) error {
		_, err := w.Tx.ExecContext(ctx, strings.NewReplacer("COLUMNS", columns, "VALUES_", values).Replace(copies))
		if err == nil && analyze {
			_, err = w.Tx.ExecContext(ctx, "ANALYZE intents")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return opened.Intent
}

// planOf is how a database would answer, a line a step: the last column.
func planOf(t *testing.T, db *sqldb.DB, statement string, args []any) string {
	t.Helper()
	var plan strings.Builder
	err := db.Read(t.Context(), func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(t.Context(), statement, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		var step string
		into := make([]any, len(columns))
		for n := range into {
			into[n] = new(sql.RawBytes)
		}
		into[len(into)-1] = &step
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
			plan.WriteString(step + "\n")
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
