package audit

import (
	"context"
	"fmt"
	"strings"
)

// dedupeWindow is how many batches a table knows again. Batches are sent in
// order and again only after the last failure, so a few would do.
const dedupeWindow = 1000

// column is one column of a table and how its value is taken from a record.
type column struct {
	name, kind string
	value      func(Record) any
}

// The kinds of columns. Words repeat, so they are kept once; ids do not.
const (
	kindTime  = "DateTime64(6, 'UTC') CODEC(Delta, ZSTD)"
	kindWord  = "LowCardinality(String)"
	kindText  = "String CODEC(ZSTD)"
	kindInt   = "Int64 CODEC(ZSTD)"
	kindCount = "UInt64 CODEC(ZSTD)"
)

func decisionColumns() []column {
	d := func(get func(*Decision) any) func(Record) any { return func(r Record) any { return get(r.Decision) } }
	return []column{
		{"time", kindTime, d(func(r *Decision) any { return r.Time })},
		{"tenant", kindWord, d(func(r *Decision) any { return r.Tenant })},
		{"decision_id", kindText, d(func(r *Decision) any { return r.ID })},
		{"step", kindWord, d(func(r *Decision) any { return r.Step })},
		{"agent", kindWord, d(func(r *Decision) any { return r.Agent })},
		{"session", kindText, d(func(r *Decision) any { return r.Session })},
		{"ticket", kindText, d(func(r *Decision) any { return r.Ticket })},
		{"token_id", kindText, d(func(r *Decision) any { return r.TokenID })},
		{"tool", kindWord, d(func(r *Decision) any { return r.Tool })},
		{"action", kindWord, d(func(r *Decision) any { return r.Action })},
		{"digest", kindText, d(func(r *Decision) any { return r.Digest })},
		{"effect", kindWord, d(func(r *Decision) any { return r.Effect })},
		{"lane", kindWord, d(func(r *Decision) any { return r.Lane })},
		{"reason", kindWord, d(func(r *Decision) any { return r.Reason })},
		{"rule", kindWord, d(func(r *Decision) any { return r.Rule })},
		{"bundle", kindWord, d(func(r *Decision) any { return r.Bundle })},
		{"intent", kindText, d(func(r *Decision) any { return r.Intent })},
		{"amount", kindInt, d(func(r *Decision) any { return r.Amount })},
		{"currency", kindWord, d(func(r *Decision) any { return r.Currency })},
		{"method", kindWord, d(func(r *Decision) any { return r.Method })},
		{"path", kindText, d(func(r *Decision) any { return r.Path })},
		{"shadow", kindWord, d(func(r *Decision) any { return r.Shadow })},
		{"shadow_differs", kindWord, d(func(r *Decision) any { return r.ShadowDiffers })},
		{"shadow_reason", kindWord, d(func(r *Decision) any { return r.ShadowReason })},
		{"shadow_rule", kindWord, d(func(r *Decision) any { return r.ShadowRule })},
	}
}

func approvalColumns() []column {
	a := func(get func(*Approval) any) func(Record) any { return func(r Record) any { return get(r.Approval) } }
	return []column{
		{"time", kindTime, a(func(r *Approval) any { return r.Time })},
		{"tenant", kindWord, a(func(r *Approval) any { return r.Tenant })},
		{"decision_id", kindText, a(func(r *Approval) any { return r.Decision })},
		{"intent", kindText, a(func(r *Approval) any { return r.Intent })},
		{"seq", kindInt, a(func(r *Approval) any { return r.Seq })},
		{"state", kindWord, a(func(r *Approval) any { return r.State })},
		{"actor", kindWord, a(func(r *Approval) any { return r.Actor })},
		{"reason", kindWord, a(func(r *Approval) any { return r.Reason })},
		{"action", kindWord, a(func(r *Approval) any { return r.Action })},
		{"digest", kindText, a(func(r *Approval) any { return r.Digest })},
		{"amount", kindInt, a(func(r *Approval) any { return r.Amount })},
		{"currency", kindWord, a(func(r *Approval) any { return r.Currency })},
	}
}

func requestColumns() []column {
	q := func(get func(*Request) any) func(Record) any { return func(r Record) any { return get(r.Request) } }
	return []column{
		{"time", kindTime, q(func(r *Request) any { return r.Time })},
		{"tenant", kindWord, q(func(r *Request) any { return r.Tenant })},
		{"decision_id", kindText, q(func(r *Request) any { return r.Decision })},
		{"listener", kindWord, q(func(r *Request) any { return r.Listener })},
		{"method", kindWord, q(func(r *Request) any { return r.Method })},
		{"path", kindText, q(func(r *Request) any { return r.Path })},
		{"status", "UInt32", q(func(r *Request) any { return r.Status })},
		{"flags", kindWord, q(func(r *Request) any { return r.Flags })},
		{"duration_us", kindInt, q(func(r *Request) any { return r.DurationUS })},
		{"bytes_in", kindCount, q(func(r *Request) any { return r.BytesIn })},
		{"bytes_out", kindCount, q(func(r *Request) any { return r.BytesOut })},
		{"cluster", kindWord, q(func(r *Request) any { return r.Cluster })},
		{"masked", kindText, q(func(r *Request) any { return r.Masked })},
	}
}

// columnsOf is total over the closed list of tables.
func columnsOf(t Table) []column {
	switch t {
	case Decisions:
		return decisionColumns()
	case Approvals:
		return approvalColumns()
	default:
		return requestColumns()
	}
}

// tables are all tables, in the order in which a segment is shipped.
var tables = [...]Table{Decisions, Approvals, Requests}

// Migrate makes the database, its tables and columns that a newer version added,
// as far as they are not there.
func (c *ClickHouse) Migrate(ctx context.Context) error {
	if err := c.exec(ctx, "CREATE DATABASE IF NOT EXISTS "+c.database); err != nil {
		return err
	}
	for _, t := range tables {
		if err := c.exec(ctx, createTable(c.database, t)); err != nil {
			return err
		}
		if err := c.exec(ctx, addColumns(c.database, t)); err != nil {
			return err
		}
	}
	return nil
}

func (c *ClickHouse) exec(ctx context.Context, sql string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := c.conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("the audit database: %w", err)
	}
	return nil
}

// createTable asks for durable inserts: the spool forgets a segment once its
// insert is acknowledged.
func createTable(database string, t Table) string {
	return fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s.%s (%s, INDEX by_decision decision_id TYPE bloom_filter GRANULARITY 4)
ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (tenant, time)
SETTINGS non_replicated_deduplication_window = %d, fsync_after_insert = 1, fsync_part_directory = 1`,
		database, t, strings.Join(definitions(t), ", "), dedupeWindow)
}

func addColumns(database string, t Table) string {
	return fmt.Sprintf("ALTER TABLE %s.%s ADD COLUMN IF NOT EXISTS %s", database, t,
		strings.Join(definitions(t), ", ADD COLUMN IF NOT EXISTS "))
}

func definitions(t Table) []string {
	var out []string
	for _, col := range columnsOf(t) {
		out = append(out, col.name+" "+col.kind)
	}
	return append(out, "segment String CODEC(ZSTD)", "line UInt32 CODEC(Delta, ZSTD)")
}
