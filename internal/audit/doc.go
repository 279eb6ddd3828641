// Package audit keeps the record: what was decided, what people answered and
// what Envoy saw. It owns the spool on disk, the way from there to ClickHouse,
// and the tables.
//
// A Spool promises that a record whose Record call returned nil is read again
// after a kill -9 of the process; after Durable returned, after a loss of power
// too. It never waits for ClickHouse. When its quota is used up, or its disk is
// full, Record returns ErrFull and nothing is written; when its disk fails, it
// refuses everything until the process is started again.
//
// A Shipper promises that every record of a sealed segment gets into its table
// exactly once, in order, whatever ends in between. A segment is one insert a
// table, under a token that ClickHouse remembers; a segment that may have been
// sent before is counted afterwards. A segment is deleted only then. ClickHouse
// being down or slow costs nothing but room. A segment that cannot be read is
// set aside in bad/ and reported, and the others go on.
package audit
