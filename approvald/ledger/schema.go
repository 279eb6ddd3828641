package ledger

import (
	_ "embed"

	"github.com/sallyport/sallyport/internal/sqldb"
)

//go:embed schema.sql
var schema string

//go:embed deliveries.sql
var deliveries string

//go:embed totals.sql
var totals string

//go:embed edits.sql
var edits string

//go:embed subscriptions.sql
var subscriptions string

// migrations are the ledger's schema, in the order it grew.
func migrations() []sqldb.Migration {
	return []sqldb.Migration{
		{Number: 1, Name: "ledger", SQL: schema},
		{Number: 2, Name: "deliveries", SQL: deliveries},
		// Of rows that are there already every attempt may have had its own key.
		{Number: 3, Name: "failures", SQL: "ALTER TABLE intents ADD COLUMN failures INTEGER NOT NULL DEFAULT 0; UPDATE intents SET failures = CASE WHEN state = 'failed' THEN attempt WHEN attempt > 1 THEN attempt - 1 ELSE 0 END;"},
		// Rows that are there already stay in clear until they are next written.
		{Number: 4, Name: "sealed", SQL: "ALTER TABLE intents ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;"},
		{Number: 5, Name: "totals", SQL: totals},
		{Number: 6, Name: "edits", SQL: edits},
		{Number: 7, Name: "escalations", SQL: "ALTER TABLE intents ADD COLUMN escalate_at INTEGER NOT NULL DEFAULT 0; ALTER TABLE intents ADD COLUMN escalate_to TEXT NOT NULL DEFAULT '';"},
		{Number: 8, Name: "erased", SQL: "CREATE INDEX intents_to_erase ON intents (tenant, updated_at) WHERE sealed <> 2;"},
		{Number: 9, Name: "subscriptions", SQL: subscriptions},
		{Number: 10, Name: "said", SQL: "ALTER TABLE intents ADD COLUMN said BLOB;"},
		// What waits is found without what is over.
		{Number: 11, Name: "states", SQL: "CREATE INDEX intents_in_state ON intents (tenant, state, seq);"},
		// A card says what was denied before for its customer, or as the same effect.
		{Number: 12, Name: "denials", SQL: "CREATE INDEX intents_denied_customer ON intents (tenant, customer, seq) WHERE state = 'denied'; CREATE INDEX intents_denied_effect ON intents (tenant, business_key, seq) WHERE state = 'denied';"},
		{Number: 13, Name: "retries", SQL: "ALTER TABLE intents ADD COLUMN outcome_retry_at INTEGER NOT NULL DEFAULT 0;"},
	}
}
