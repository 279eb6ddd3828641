package main

import (
	"net/url"
	"strconv"
	"strings"
)

// helloQuery is how clickhouse-go asks a server what it is.
const helloQuery = "SELECT displayName(), version(), revision(), timezone()"

// isHello reports whether a client that speaks a later revision of the native
// format asks that.
func isHello(s statement, values url.Values) bool {
	revision, err := strconv.Atoi(values.Get("client_protocol_version"))
	return err == nil && revision > 0 && s.format == "Native" && strings.TrimSpace(s.sql) == helloQuery
}

// hello answers it. The engine writes native blocks of revision 0, without the
// block's and the columns' headers that later revisions have, and offers no
// setting for that. So this one answer is written with those headers and says
// that the server's revision is 0; from then on client and engine agree.
func hello(version, zone string) []byte {
	out := []byte{1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0} // block info: no overflow, no bucket
	out = append(out, 4, 1)                           // columns, rows
	column := func(name, kind string, value ...byte) {
		out = append(append(text(out, name), text(nil, kind)...), 0) // 0: no custom serialization
		out = append(out, value...)
	}
	column("displayName()", "String", text(nil, "sallyport-chdb")...)
	column("version()", "String", text(nil, version)...)
	column("revision()", "UInt32", 0, 0, 0, 0)
	column("timezone()", "String", text(nil, zone)...)
	return out
}

// text appends a string of the native format: its length, below 128 here, and
// its bytes.
func text(to []byte, s string) []byte { return append(append(to, byte(len(s))), s...) }
