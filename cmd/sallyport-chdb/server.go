package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// maxBody bounds one request's body, before and after decompression.
const maxBody = 256 << 20

// server is the HTTP interface of an engine.
type server struct {
	engine *engine
	users  users
}

func newServer(e *engine, u users) http.Handler {
	s := &server{engine: e, users: u}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Ok.\n") })
	mux.HandleFunc("GET /{$}", s.query)
	mux.HandleFunc("POST /{$}", s.query)
	return mux
}

// query runs the statement of one request. A GET only reads, as with
// ClickHouse itself.
func (s *server) query(w http.ResponseWriter, r *http.Request) {
	user, ok := s.users.authenticate(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="sallyport-chdb"`)
		fail(w, http.StatusUnauthorized, errors.New("Code: 516. DB::Exception: the user or the password is wrong. (AUTHENTICATION_FAILED)")) //nolint:staticcheck // written like the engine's own errors
		return
	}
	values := r.URL.Query()
	body, status, err := readBody(w, r)
	if err != nil {
		fail(w, status, err)
		return
	}
	statement, err := newStatement(values, body)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	switch {
	case user != writer:
		statement.readonly = "1"
	case r.Method == http.MethodGet:
		statement.readonly = "2"
	}
	answer, err := s.answer(r.Context(), statement, isHello(statement, values))
	if err != nil {
		fail(w, 0, err)
		return
	}
	w.Header().Set("Content-Type", contentType(statement.format))
	w.Header().Set("X-ClickHouse-Format", statement.format)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(answer) //nolint:gosec // rows for a program, and never sniffed
}

func (s *server) answer(ctx context.Context, st statement, greeting bool) ([]byte, error) {
	if !greeting {
		return s.engine.run(ctx, st)
	}
	st.sql, st.format = "SELECT version(), timezone()", "TabSeparated"
	row, err := s.engine.run(ctx, st)
	if err != nil {
		return nil, err
	}
	version, zone, _ := strings.Cut(strings.TrimSpace(string(row)), "\t")
	return hello(version, zone), nil
}

// readBody returns the body, decompressed, or the status that refuses it.
func readBody(w http.ResponseWriter, r *http.Request) (string, int, error) {
	in := io.Reader(http.MaxBytesReader(w, r.Body, maxBody))
	switch encoding := r.Header.Get("Content-Encoding"); strings.ToLower(encoding) {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return "", http.StatusBadRequest, fmt.Errorf("the body is not gzip: %w", err)
		}
		in = io.LimitReader(unzipped, maxBody+1)
	default:
		return "", http.StatusUnsupportedMediaType, fmt.Errorf("Content-Encoding %q is not supported: send gzip, or no encoding", encoding)
	}
	data, err := io.ReadAll(in)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge) || len(data) > maxBody:
		return "", http.StatusRequestEntityTooLarge, fmt.Errorf("the body is larger than %d bytes: send smaller batches", maxBody)
	case err != nil:
		return "", http.StatusBadRequest, fmt.Errorf("the body broke off: %w", err)
	}
	return string(data), 0, nil
}

func contentType(format string) string {
	switch {
	case strings.HasPrefix(format, "JSON"):
		return "application/json; charset=UTF-8"
	case format == "Native" || strings.HasPrefix(format, "RowBinary"):
		return "application/octet-stream"
	default:
		return "text/plain; charset=UTF-8"
	}
}

var exceptionCode = regexp.MustCompile(`^Code: (\d+)\.`)

// fail answers with the engine's own text and, unless one is given, the status
// that ClickHouse gives its code.
func fail(w http.ResponseWriter, status int, err error) {
	code := ""
	if found := exceptionCode.FindStringSubmatch(err.Error()); found != nil {
		code = found[1]
		w.Header().Set("X-ClickHouse-Exception-Code", code)
	}
	if status == 0 {
		status = statusOf(code)
	}
	http.Error(w, err.Error(), status)
}

func statusOf(code string) int {
	switch code {
	case "6", "27", "33", "36", "53", "62", "117", "130", "456", "457": // cannot be parsed, wrong types
		return http.StatusBadRequest
	case "16", "46", "47", "60", "81", "115": // unknown column, function, identifier, table, database, setting
		return http.StatusNotFound
	case "164", "348", "497": // readonly, no files, access denied
		return http.StatusForbidden
	default:
		return http.StatusInternalServerError
	}
}
