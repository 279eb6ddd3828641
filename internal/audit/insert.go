package audit

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// insert sends records of one table as one batch. A batch with a token that was
// sent before changes nothing.
func (c *ClickHouse) insert(ctx context.Context, table Table, records []Record, token string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	columns := columnsOf(table)
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = col.name
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"insert_deduplication_token": token, "insert_deduplicate": 1,
	}))
	batch, err := c.conn.PrepareBatch(ctx, fmt.Sprintf("INSERT INTO %s.%s (%s)", c.database, table, strings.Join(names, ", ")))
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }()
	values := make([]any, len(columns))
	for _, r := range records {
		for i, col := range columns {
			values[i] = col.value(r)
		}
		if err := batch.Append(values...); err != nil {
			return err
		}
	}
	return batch.Send()
}
