// Package sqldb opens databases and owns how transactions run on them. It is
// the only place that imports a database driver.
//
// A DB promises:
//
//   - Write runs one read-write transaction at a time, in this process and in
//     all others on the same database: what a transaction read is still true
//     when it commits. After a nil error the change survives a crash and a
//     loss of power; after any error nothing of it is there, except when the
//     context ended during the commit itself: then either may be the case.
//   - Read runs on a snapshot and never waits for a writer.
//   - Migrate brings the schema forward in one transaction, and refuses a
//     database that a newer program wrote.
//
// SQLite is the only engine: a file of mode 0600 that belongs to this process's
// user, in WAL mode with synchronous=FULL. Another engine needs its own Open,
// its own schema text, its own spelling of the placeholder ?, its own test for
// an error that is worth a second try, and serializable isolation in Write.
//
// When the file cannot be opened, has another mode or owner, or stays locked
// beyond the busy timeout and the retries, the caller gets an error and must
// refuse what it wanted to do.
package sqldb
