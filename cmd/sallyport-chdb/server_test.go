package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func zipped(t *testing.T, s string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRequests(t *testing.T) {
	p := startProcess(t)
	p.must("CREATE DATABASE x")
	p.must("CREATE TABLE x.t (a UInt32, s String) ENGINE = MergeTree ORDER BY a")
	p.must("INSERT INTO x.t VALUES (1, 'one')")
	encoding := func(s string) http.Header { return http.Header{"Content-Encoding": {s}} }
	tests := map[string]struct {
		request request
		status  int
		want    string // in the body
		code    string
	}{
		"ping":                  {request{path: "/ping", user: "nobody"}, 200, "Ok.", ""},
		"a query in the body":   {request{body: "SELECT 1"}, 200, "1\n", ""},
		"a query in the URL":    {request{method: http.MethodGet, params: "query=SELECT+2"}, 200, "2\n", ""},
		"both":                  {request{params: "query=SELECT", body: "3"}, 200, "3\n", ""},
		"a format":              {request{params: "default_format=JSONCompact", body: "SELECT 1 AS x"}, 200, `"data"`, ""},
		"a database":            {request{params: "database=x", body: "SELECT s FROM t"}, 200, "one", ""},
		"a setting":             {request{params: "max_threads=1", body: "SELECT getSetting('max_threads')"}, 200, "1\n", ""},
		"a parameter":           {request{params: "param_a=x%5C%5Cy%5Ctz", body: "SELECT hex({a:String})"}, 200, "785C79097A", ""},
		"credentials as header": {request{user: "nobody", header: http.Header{"X-Clickhouse-User": {writer}, "X-Clickhouse-Key": {"pass word"}}, body: "SELECT 1"}, 200, "1\n", ""},
		"an idle parameter":     {request{params: "session_id=s&query_id=q&compress=0", body: "SELECT 1"}, 200, "1\n", ""},
		"gzip":                  {request{header: encoding("gzip"), body: zipped(t, "SELECT 4")}, 200, "4\n", ""},

		"nobody":                 {request{user: "nobody", body: "SELECT 1"}, 401, "AUTHENTICATION_FAILED", "516"},
		"a wrong password":       {request{user: writer, pass: "x", body: "SELECT 1"}, 401, "AUTHENTICATION_FAILED", "516"},
		"an unknown user":        {request{user: "default", body: "SELECT 1"}, 401, "AUTHENTICATION_FAILED", "516"},
		"a password in the URL":  {request{params: "user=sallyport&password=pass+word", body: "SELECT 1"}, 400, "use basic authentication", ""},
		"nothing":                {request{}, 400, "the query is empty", ""},
		"no SQL":                 {request{body: "SELEC 1"}, 400, "SYNTAX_ERROR", "62"},
		"no table":               {request{body: "SELECT * FROM nope"}, 404, "UNKNOWN_TABLE", "60"},
		"no database":            {request{params: "database=nope", body: "SELECT 1"}, 404, "UNKNOWN_DATABASE", "81"},
		"no setting":             {request{params: "nope=1", body: "SELECT 1"}, 404, "UNKNOWN_SETTING", "115"},
		"lz4":                    {request{header: encoding("lz4"), body: "SELECT 1"}, 415, `Content-Encoding "lz4" is not supported`, ""},
		"no gzip":                {request{header: encoding("gzip"), body: "SELECT 1"}, 400, "not gzip", ""},
		"compressed blocks":      {request{params: "decompress=1", body: "SELECT 1"}, 400, "decompress=1 is not supported", ""},
		"a compressed answer":    {request{params: "compress=1", body: "SELECT 1"}, 400, "compress=1 is not supported", ""},
		"writing with GET":       {request{method: http.MethodGet, params: "query=INSERT+INTO+x.t+VALUES+(2,'two')"}, 403, "READONLY", "164"},
		"another path":           {request{path: "/admin", body: "SELECT 1"}, 404, "", ""},
		"another method":         {request{method: http.MethodPut, body: "SELECT 1"}, 405, "", ""},
		"a quote in a setting":   {request{params: url.Values{"log_comment": {`'; DROP TABLE x.t; --\`}}.Encode(), body: "SELECT getSetting('log_comment')"}, 200, "DROP TABLE", ""},
		"a backtick in a name":   {request{params: url.Values{"a`b": {"1"}}.Encode(), body: "SELECT 1"}, 404, "UNKNOWN_SETTING", "115"},
		"too large a result":     {request{params: "max_result_bytes=1000", body: "SELECT * FROM numbers(100000)"}, 500, "TOO_MANY_ROWS_OR_BYTES", "396"},
		"a setting with no name": {request{params: "=1", body: "SELECT 1"}, 400, "", "62"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := p.do(tt.request)
			if got.status != tt.status || !strings.Contains(got.body, tt.want) || got.header.Get("X-ClickHouse-Exception-Code") != tt.code {
				t.Errorf("%d %q code %q", got.status, got.body, got.header.Get("X-ClickHouse-Exception-Code"))
			}
		})
	}
	if got := p.must("SELECT count() FROM x.t"); got != "1\n" {
		t.Errorf("the table has %s rows", got)
	}
}

// A reader reads, and nothing else: it cannot even lift its own bounds.
func TestReader(t *testing.T) {
	p := startProcess(t)
	p.must("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
	p.must("INSERT INTO t VALUES (1)")
	ask := func(params, sql string) response {
		return p.do(request{user: reader, pass: "only reading", params: params, body: sql})
	}
	if got := ask("", "SELECT a FROM t"); got.body != "1\n" {
		t.Errorf("it cannot read: %v", got)
	}
	for name, sql := range map[string]string{
		"insert": "INSERT INTO t VALUES (2)", "set": "SET readonly = 0", "drop": "DROP TABLE t", "both": "SET readonly = 0; INSERT INTO t VALUES (2)",
		"file": "SELECT * FROM file('/etc/passwd', 'LineAsString')", "url": "SELECT * FROM url('http://127.0.0.1:1/', 'TSV', 'a String')",
		"outfile": "SELECT 1 INTO OUTFILE '" + filepath.Join(t.TempDir(), "out") + "'", "infile": "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT TSV",
		"a file of others": "SELECT file('" + secretFile(t) + "')", "its table": "SELECT * FROM file('" + secretFile(t) + "', 'LineAsString')",
		"executable": "SELECT * FROM executable('x', TSV, 'a String')", "query settings": "SELECT 1 SETTINGS readonly = 0",
	} {
		t.Run(name, func(t *testing.T) {
			if got := ask("", sql); got.status == http.StatusOK {
				t.Errorf("it could: %v", got)
			}
		})
	}
	if got := ask("readonly=0", "INSERT INTO t VALUES (2)"); got.status != http.StatusForbidden {
		t.Errorf("it could: %v", got)
	}
	if got := p.must("SELECT count() FROM t"); got != "1\n" {
		t.Errorf("the table has %s rows", got)
	}
}

func secretFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("spgw_canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Not even who may write reaches a file beside the engine's own, or a server.
func TestWriterIsConfined(t *testing.T) {
	p := startProcess(t)
	outside := filepath.Join(t.TempDir(), "written")
	served := make(chan string, 8)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { served <- r.URL.Path }))
	t.Cleanup(other.Close)
	for name, sql := range map[string]string{
		"file": "SELECT file('" + secretFile(t) + "')", "table of a file": "SELECT * FROM file('" + secretFile(t) + "', 'LineAsString')",
		"quoted": "SELECT `file`('" + secretFile(t) + "')", "write": "INSERT INTO FUNCTION file('" + outside + "', 'TSV', 'a String') VALUES ('x')",
		"another process": fmt.Sprintf("SELECT file('/proc/%d/environ')", os.Getpid()), "its arguments": fmt.Sprintf("SELECT file('/proc/%d/cmdline')", os.Getpid()),
		"the machine's users": "SELECT file('/etc/passwd')",
		"folder":              "SELECT * FROM file('" + filepath.Dir(secretFile(t)) + "/*', 'LineAsString')",
		"url":                 "SELECT * FROM url('" + other.URL + "/x', 'TSV', 'a String')",
	} {
		t.Run(name, func(t *testing.T) {
			if got := p.do(request{body: sql}); got.status == http.StatusOK && (got.body != "" || name == "write") {
				t.Errorf("it could: %v", got)
			}
		})
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("it wrote outside of its data")
	}
	select {
	case path := <-served:
		t.Errorf("it asked a server for %s", path)
	default:
	}
}

// Rows of every kind of bytes get in whole, in every way of sending them.
func TestInsertedBytes(t *testing.T) {
	p := startProcess(t)
	random := make([]byte, 3<<20)
	source := rand.NewChaCha8([32]byte{1})
	if _, err := source.Read(random); err != nil {
		t.Fatal(err)
	}
	value := string(random) + ";\n;\r\n"
	block := "\x01\x01" + "\x01s\x06String" + string(appendUvarint(nil, uint64(len(value)))) + value
	tests := map[string]request{
		"native, query in the URL":  {params: "query=INSERT+INTO+t+FORMAT+Native", body: block},
		"native, query in the body": {body: "INSERT INTO t FORMAT Native\n" + block},
		"native, gzip":              {params: "query=INSERT+INTO+t+(s)+FORMAT+Native", header: http.Header{"Content-Encoding": {"gzip"}}, body: zipped(t, block)},
		"values":                    {body: "INSERT INTO t VALUES (unhex('" + fmt.Sprintf("%x", value) + "'))"},
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			p.must("CREATE OR REPLACE TABLE t (s String) ENGINE = MergeTree ORDER BY ()")
			if got := p.do(r); got.status != http.StatusOK {
				t.Fatal(got)
			}
			if got := p.do(request{params: "default_format=RowBinary", body: "SELECT s FROM t"}); got.body != string(appendUvarint(nil, uint64(len(value))))+value {
				t.Errorf("%d bytes came back", len(got.body))
			}
		})
	}
}

func appendUvarint(to []byte, n uint64) []byte {
	for ; n >= 0x80; n >>= 7 {
		to = append(to, byte(n)|0x80)
	}
	return append(to, byte(n))
}

// A batch under a token is there once, also when the engine was killed between
// the two times it was sent; another token is another batch.
func TestDeduplication(t *testing.T) {
	p := startProcess(t)
	p.must("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 10")
	send := func(token string) {
		t.Helper()
		if got := p.do(request{params: "insert_deduplication_token=" + token + "&query=INSERT+INTO+t+FORMAT+JSONEachRow", body: `{"a":1}`}); got.status != http.StatusOK {
			t.Fatal(got)
		}
	}
	send("one")
	send("one")
	p.kill()
	p.start()
	send("one")
	if got := p.must("SELECT count() FROM t"); got != "1\n" {
		t.Errorf("%s rows after sending one batch three times", got)
	}
	send("two")
	if got := p.must("SELECT count() FROM t"); got != "2\n" {
		t.Errorf("%s rows after another batch", got)
	}
}

// Whoever queries without an end keeps no record from being stored, and the
// process from no end.
func TestEndlessQueries(t *testing.T) {
	p := startProcess(t)
	p.must("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
	ctx, leave := context.WithCancel(t.Context())
	for range 2 * maxReads {
		go func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.address+"/", strings.NewReader("SELECT count() FROM system.numbers WHERE NOT ignore(number)"))
			if err != nil {
				return
			}
			request.SetBasicAuth(reader, "only reading")
			if response, err := http.DefaultClient.Do(request); err == nil {
				_ = response.Body.Close()
			}
		}()
	}
	for i := range 20 {
		p.must(fmt.Sprintf("INSERT INTO t VALUES (%d)", i))
	}
	leave()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	p.start()
	if got := p.must("SELECT count() FROM t"); got != "20\n" {
		t.Errorf("%s rows are left", got)
	}
}
