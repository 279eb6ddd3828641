package ledger

import (
	"context"
	"testing"

	"github.com/sallyport/sallyport/internal/sqldb"
)

// back undoes migrations, by their number.
var back = map[int][]string{
	4: {"ALTER TABLE intents DROP COLUMN sealed"},
	5: {
		"DROP TABLE totals", "DROP INDEX reservations_in_time", "ALTER TABLE reservations DROP COLUMN ahead",
		"CREATE INDEX reservations_of_sum ON reservations (tenant, name, made_at)",
	},
	7:  {"ALTER TABLE intents DROP COLUMN escalate_at", "ALTER TABLE intents DROP COLUMN escalate_to"},
	6:  {"DROP TABLE edits", "ALTER TABLE intents DROP COLUMN edits"},
	8:  {"DROP INDEX intents_to_erase"},
	9:  {"DROP TABLE subscriptions"},
	10: {"ALTER TABLE intents DROP COLUMN said"},
	11: {"DROP INDEX intents_in_state"},
	12: {"DROP INDEX intents_denied_customer", "DROP INDEX intents_denied_effect"},
	13: {"ALTER TABLE intents DROP COLUMN outcome_retry_at"},
}

// Older makes a database one that an older program left, at this schema.
func Older(t *testing.T, db *sqldb.DB, schema int) {
	t.Helper()
	err := db.Write(t.Context(), func(_ context.Context, w sqldb.Turn) error {
		for n := len(migrations()); n > schema; n-- {
			if back[n] == nil {
				t.Errorf("there is no way back from migration %d", n)
			}
			for _, statement := range append(back[n], "DELETE FROM schema_version WHERE number = (SELECT MAX(number) FROM schema_version)") {
				if _, err := w.Tx.Exec(statement); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
