// Package ledgertest is what every ledger.Store must do, as tests: each row of
// the table in ledger's doc.go, sums, votes, compare-and-set, leases, watching,
// the outbox, tenants, and races between processes.
package ledgertest
