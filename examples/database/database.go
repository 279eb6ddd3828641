package database

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Path is where the MCP server is.
const Path = "/mcp"

// Options are what a Database needs.
type Options struct {
	Key  string // of its one client, sent as a bearer token
	JSON bool   // answer with JSON; without it, with an event stream
	// Stateless serves protocol 2026-07-28, which has no sessions; without it,
	// sessions of 2025-11-25.
	Stateless bool
}

// Database serves its queries over MCP.
type Database struct {
	options Options
	orders  []Order

	mu      sync.Mutex
	handler http.Handler
	server  *mcp.Server
	exports []Export
	drop    bool
}

// Export is a list of customers that was handed out.
type Export struct {
	Segment string
	Limit   int
}

// New returns a Database. It answers at Path.
func New(o Options) (*Database, error) {
	if o.Key == "" {
		return nil, errors.New("a database needs the key of its client")
	}
	d := &Database{options: o, orders: orders()}
	d.Restart()
	return d, nil
}

// Restart forgets every session, as a new process does, and offers the tools as
// they were at first.
func (d *Database) Restart() {
	server := mcp.NewServer(&mcp.Implementation{Name: "orders", Version: "1"}, nil)
	d.offer(server)
	d.share(server)
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{JSONResponse: d.options.JSON, Stateless: d.options.Stateless})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.server, d.handler = server, handler
}

// Server is the MCP server as it runs now: tests change its tools.
func (d *Database) Server() *mcp.Server {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.server
}

// Exports are the lists of customers that were handed out.
func (d *Database) Exports() []Export {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Export(nil), d.exports...)
}

// DropAfterCall makes the next call be done and its answer be lost.
func (d *Database) DropAfterCall() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop = true
}

// ServeHTTP lets its one client in.
func (d *Database) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+d.options.Key)) != 1 {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "the key is not valid", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.mu.Lock()
	handler := d.handler
	drop := d.drop && bytes.Contains(body, []byte(`"tools/call"`))
	if drop {
		d.drop = false
	}
	d.mu.Unlock()
	if !drop {
		handler.ServeHTTP(w, r)
		return
	}
	handler.ServeHTTP(lost{http.Header{}}, r)
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http offers no other way to break off
}

// lost is an answer that nobody gets.
type lost struct{ header http.Header }

func (l lost) Header() http.Header         { return l.header }
func (l lost) Write(p []byte) (int, error) { return len(p), nil }
func (l lost) WriteHeader(int)             {}
func (l lost) Flush()                      {}
