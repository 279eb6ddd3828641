// Package limit counts calls in calendar windows, and names the sums of money
// that policies speak about. Counting is all or nothing and needs no I/O; the
// counters are kept in a file, so that a restart does not begin the day anew.
// Money itself is counted in the ledger, never here.
package limit
