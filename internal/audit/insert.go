package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// batch is the rows of one table in one segment.
type batch struct {
	table   Table
	segment string // the segment's id
	rows    []row
}

// row is a record and its place in the segment, which tells it from all others.
type row struct {
	line   uint32
	record Record
}

// batchesOf sorts a segment's records by table.
func batchesOf(s segment) []batch {
	byTable := map[Table][]row{}
	for i, r := range s.records {
		byTable[r.Table] = append(byTable[r.Table], row{uint32(i), r})
	}
	var out []batch
	for _, t := range tables {
		if rows := byTable[t]; len(rows) > 0 {
			out = append(out, batch{t, s.id, rows})
		}
	}
	return out
}

// insert sends a batch as one block. A token that the table knows makes it
// change nothing.
func (c *ClickHouse) insert(ctx context.Context, b batch, token string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	columns := columnsOf(b.table)
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"insert_deduplication_token": token, "insert_deduplicate": 1, "async_insert": 0,
	}))
	sent, err := c.conn.PrepareBatch(ctx, fmt.Sprintf("INSERT INTO %s.%s (%s, segment, line)", c.database, b.table, names(columns)))
	if err != nil {
		return err
	}
	defer func() { _ = sent.Close() }()
	values := make([]any, len(columns)+2)
	for _, r := range b.rows {
		for i, col := range columns {
			values[i] = col.value(r.record)
		}
		values[len(columns)], values[len(columns)+1] = b.segment, r.line
		if err := sent.Append(values...); err != nil {
			return err
		}
	}
	return sent.Send()
}

func names(columns []column) string {
	out := make([]string, len(columns))
	for i, col := range columns {
		out[i] = col.name
	}
	return strings.Join(out, ", ")
}

// missing returns what of a batch the table does not hold.
func (c *ClickHouse) missing(ctx context.Context, b batch) (batch, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	from, to := span(b)
	rows, err := c.conn.Query(ctx, fmt.Sprintf(
		"SELECT line FROM %s.%s WHERE segment = ? AND time BETWEEN fromUnixTimestamp64Micro(?, 'UTC') AND fromUnixTimestamp64Micro(?, 'UTC')",
		c.database, b.table), b.segment, from.UnixMicro(), to.UnixMicro())
	if err != nil {
		return b, err
	}
	defer func() { _ = rows.Close() }()
	there := map[uint32]bool{}
	for rows.Next() {
		var line uint32
		if err := rows.Scan(&line); err != nil {
			return b, err
		}
		there[line] = true
	}
	left := batch{table: b.table, segment: b.segment}
	for _, r := range b.rows {
		if !there[r.line] {
			left.rows = append(left.rows, r)
		}
	}
	return left, rows.Err()
}

// span is the time of the batch's earliest and latest row.
func span(b batch) (from, to time.Time) {
	for i, r := range b.rows {
		at := r.record.time()
		if i == 0 || at.Before(from) {
			from = at
		}
		if i == 0 || at.After(to) {
			to = at
		}
	}
	return from, to
}
