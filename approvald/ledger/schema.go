package ledger

import (
	_ "embed"

	"github.com/sallyport/sallyport/internal/sqldb"
)

//go:embed schema.sql
var schema string

//go:embed deliveries.sql
var deliveries string

// migrations are the ledger's schema, in the order it grew.
func migrations() []sqldb.Migration {
	return []sqldb.Migration{
		{Number: 1, Name: "ledger", SQL: schema},
		{Number: 2, Name: "deliveries", SQL: deliveries},
	}
}
