// Package sqldb opens databases and owns how transactions run on them. It is
// the only place that imports a database driver.
//
// A DB promises:
//
//   - Write runs one read-write transaction at a time, in this process and in
//     all others on the same database: what a transaction read is still true
//     when it commits. WriteIn does so within a scope. After a nil error the change survives a crash and a
//     loss of power; after any error nothing of it is there, except when the
//     connection was lost, or took too long, during the commit itself: then
//     either may be the case. What waits for its turn in one process shares a
//     transaction, and so the commit's wait for the disks (turns.go).
//   - Touch says whether a write would succeed now, by one that changes nothing.
//   - Read runs on a snapshot and never waits for a writer.
//   - Migrate brings the schema forward in one transaction, and refuses a
//     database that a newer program wrote. From then on no transaction of an
//     older program that still runs is committed.
//
// There are two engines, which take the same statements, spelled for SQLite with
// ? for a placeholder:
//
//   - SQLite: a file of mode 0600 that belongs to this process's user, in WAL
//     mode with synchronous=FULL.
//   - Postgres, for several machines: a schema of its own, over TLS beyond this
//     machine, on a server that tells of a commit once a synchronous standby has
//     it. That is looked at for every new connection, so a failover to a server
//     without one is refused too. Transactions of one scope take turns by an
//     advisory lock; one that pauses for 5 s is ended by the server. Statements whose
//     result nobody looks at (Later) go with the next one, in one round trip.
//
// When the database cannot be opened, has another mode or owner or no standby, or
// stays locked beyond the busy timeout and the retries, the caller gets an error
// and must refuse what it wanted to do.
package sqldb
