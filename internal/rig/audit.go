package rig

import (
	"testing"

	"github.com/sallyport/sallyport/internal/audit"
)

// Query asks the audit database. Records get there within moments: ask with
// Eventually.
func (r *Rig) Query(tb testing.TB, sql string, args ...any) [][]string {
	tb.Helper()
	db, err := audit.Open(audit.ClickHouseOptions{URL: r.Addresses().ClickHouseURL, Database: "audit"})
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	result, err := db.Query(tb.Context(), sql, args...)
	if err != nil {
		tb.Logf("query: %v", err)
		return nil
	}
	return result.Rows
}

// Count asks for one number; "" when the engine does not answer.
func (r *Rig) Count(tb testing.TB, sql string, args ...any) string {
	tb.Helper()
	rows := r.Query(tb, sql, args...)
	if len(rows) != 1 || len(rows[0]) != 1 {
		return ""
	}
	return rows[0][0]
}
