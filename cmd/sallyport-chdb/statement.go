package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// statement is one request for the engine.
type statement struct {
	sql        string
	database   string
	format     string
	settings   []parameter
	parameters []parameter
	readonly   string // "0" may write, "2" may only read, "1" may not even change settings
}

// Parameters of ClickHouse's HTTP interface that say nothing to this engine: a
// request is a session of its own, and answers are complete before they begin.
var idle = map[string]bool{
	"query_id": true, "session_id": true, "session_check": true, "session_timeout": true, "client_protocol_version": true,
	"wait_end_of_query": true, "buffer_size": true, "enable_http_compression": true, "http_zlib_compression_level": true,
	"send_progress_in_http_headers": true, "network_compression_method": true, "network_zstd_compression_level": true,
}

// Parameters that would change what is read or stored and are not understood.
var refused = map[string]string{
	"compress":   "compress=1 is not supported: ask without compression",
	"decompress": "decompress=1 is not supported: send without compression, or with Content-Encoding: gzip",
	"user":       "credentials in the URL are not accepted: use basic authentication or the X-ClickHouse-User and X-ClickHouse-Key headers",
	"password":   "credentials in the URL are not accepted: use basic authentication or the X-ClickHouse-User and X-ClickHouse-Key headers",
	"role":       "roles are not supported",
}

// newStatement reads the parameters of a request. Body is what follows the
// query in the request's body.
func newStatement(values url.Values, body string) (statement, error) {
	s := statement{sql: body, format: "TabSeparated", readonly: "0"}
	for name := range values {
		value := values.Get(name)
		if why, is := refused[name]; is && value != "0" {
			return s, errors.New(why)
		}
		switch parameterName, bound := strings.CutPrefix(name, "param_"); {
		case bound:
			s.parameters = append(s.parameters, parameter{parameterName, value})
		case name == "query":
			s.sql = value + "\n" + body
		case name == "database":
			s.database = value
		case name == "default_format" && value != "":
			s.format = value
		case name != "default_format" && !idle[name] && refused[name] == "":
			s.settings = append(s.settings, parameter{name, value})
		}
	}
	if strings.TrimSpace(s.sql) == "" {
		return s, errors.New("the query is empty: send it as the body, or as ?query=")
	}
	return s, nil
}

var outfile = regexp.MustCompile(`(?i)\boutfile\b`)

// checkFiles refuses to write the server's files, as ClickHouse does over HTTP;
// the engine, thinking that it is a client, would. The word is refused wherever
// it stands: what is a comment or a string to the engine need not be one to us.
func checkFiles(sql string) error {
	if outfile.MatchString(sql) {
		return errors.New("Code: 348. DB::Exception: INTO OUTFILE is not allowed here; write the word in a string as 'out' || 'file'. (INTO_OUTFILE_NOT_ALLOWED)") //nolint:staticcheck // written like the engine's own errors
	}
	return nil
}

// prepare gives the session its settings, the one that ends writing last.
func (s statement) prepare(conn *connection) error {
	// There is nobody to connect to: the process is confined.
	settings := append([]parameter{{"max_result_bytes", fmt.Sprint(maxResult)}, {"http_max_tries", "1"}}, s.settings...)
	if s.readonly == "1" {
		settings = append(settings, parameter{"max_execution_time", fmt.Sprint(maxSeconds)})
	}
	if s.readonly != "0" {
		settings = append(settings, parameter{"readonly", s.readonly})
	}
	if s.database != "" {
		if _, err := conn.query("USE "+identifier(s.database), "Null"); err != nil {
			return err
		}
	}
	for _, setting := range settings {
		if _, err := conn.query("SET "+identifier(setting.name)+" = "+quote(setting.value), "Null"); err != nil {
			return err
		}
	}
	return nil
}

// identifier writes a quoted name.
func identifier(s string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(s) + "`"
}
