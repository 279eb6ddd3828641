// Package audit is the record. A record is written where it is made, to a local
// spool, before the answer that follows from it leaves; a process that is killed
// loses none that was written. Sealed segments of the spool are shipped to
// ClickHouse, each as one batch a table with a token that makes sending it again
// harmless, and are deleted once they are there.
//
// Recording never waits for shipping. A spool that is full refuses, and its
// caller refuses the call.
package audit
