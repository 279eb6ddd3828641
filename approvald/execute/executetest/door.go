package executetest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// node is the Envoy that the Door stands for.
const node = "test-envoy"

// Door is in the place of the execute listener: an HTTP server on a unix socket
// that opens each order for the very bytes, once and in time, adds the tenant's
// credential and hands the request to the tool.
type Door struct {
	Socket string
	clock  clockwork.Clock
	opener *grant.Opener
	nonces *grant.Nonces
	tool   http.Handler
	server *http.Server

	mu   sync.Mutex
	next map[string][]Event // by method
	sent []Sent
}

// Sent is one request that passed the Door.
type Sent struct {
	Order grant.Order
	Key   string // the provider's idempotency key
	Body  string
}

// Event happens to one request in place of its way through the Door, which pass
// would go on with.
type Event func(w http.ResponseWriter, r *http.Request, pass func())

func newDoor(tb testing.TB, clock clockwork.Clock, ring *keyring.Ring, tool http.Handler) *Door {
	tb.Helper()
	dir, err := os.MkdirTemp("", "sp") // short: a socket's path has a limit
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := &Door{
		Socket: filepath.Join(dir, "execute.sock"), clock: clock, opener: grant.NewOpener(ring), nonces: grant.NewNonces(10_000),
		tool: tool, next: map[string][]Event{},
	}
	d.Open(tb)
	tb.Cleanup(d.Close)
	return d
}

// Open listens.
func (d *Door) Open(tb testing.TB) {
	tb.Helper()
	listener, err := net.Listen("unix", d.Socket)
	if err != nil {
		tb.Fatal(err)
	}
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = d.server.Serve(listener) }()
}

// Close stops listening, as a killed Envoy would.
func (d *Door) Close() { _ = d.server.Close() }

// Next lets events happen to the next requests of a method, one each. Effects
// are POST or PUT, facts are GET.
func (d *Door) Next(method string, events ...Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next[method] = append(d.next[method], events...)
}

// Sent are the effects that passed, in order.
func (d *Door) Sent() []Sent {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Sent(nil), d.sent...)
}

// NotSent answers as the Envoy does, or the execute check, when no byte reached
// the tool: "1", or a reason.
func NotSent(mark reason.Code) Event {
	return func(w http.ResponseWriter, _ *http.Request, _ func()) {
		w.Header().Set(wire.HeaderNotSent, string(mark))
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// Drop closes the connection without an answer and without sending.
func Drop(w http.ResponseWriter, _ *http.Request, _ func()) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// DropAfter does the effect, then closes the connection without an answer.
func DropAfter(w http.ResponseWriter, r *http.Request, pass func()) {
	pass()
	Drop(w, r, nil)
}

// Answer answers for the tool, which never gets the request.
func Answer(status int, body string) Event {
	return func(w http.ResponseWriter, _ *http.Request, _ func()) {
		w.Header().Set("content-type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Instead passes a request, and answers for a tool that the example is not.
func Instead(status int, body string) Event {
	return func(w http.ResponseWriter, r *http.Request, pass func()) {
		pass()
		if late, ok := w.(*lateWriter); ok {
			late.header, late.body = http.Header{}, bytes.Buffer{}
		}
		Answer(status, body)(w, r, pass)
	}
}

// Stored marks an answer as one that the tool had stored under the key.
func Stored(event Event) Event {
	return func(w http.ResponseWriter, r *http.Request, pass func()) {
		w.Header().Set("idempotent-replayed", "true")
		event(w, r, pass)
	}
}

// Pause keeps a request at the Door until resume is called.
func Pause() (event Event, reached <-chan struct{}, resume func()) {
	at, on := make(chan struct{}), make(chan struct{})
	return func(_ http.ResponseWriter, _ *http.Request, pass func()) {
		close(at)
		<-on
		pass()
	}, at, sync.OnceFunc(func() { close(on) })
}

// ServeHTTP lets a request meet its event, if it has one.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	held := &lateWriter{ResponseWriter: w, header: http.Header{}, status: http.StatusOK}
	pass := func() { d.pass(held, r, body) }
	d.mu.Lock()
	events := d.next[r.Method]
	if len(events) > 0 {
		d.next[r.Method] = events[1:]
	}
	d.mu.Unlock()
	if len(events) == 0 {
		pass()
	} else {
		events[0](held, r, pass)
	}
	held.flush()
}

// pass is the check and the way to the tool.
func (d *Door) pass(w http.ResponseWriter, r *http.Request, body []byte) {
	key := r.Header.Get("idempotency-key")
	digest := grant.BodyDigest(r.Method, r.Host, r.RequestURI, key, body)
	order, err := d.opener.OpenOrder(r.Header.Get(wire.HeaderOrder), d.clock.Now(), digest, node)
	switch {
	case errors.Is(err, grant.ErrLate):
		NotSent(reason.OrderLate)(w, r, nil)
		return
	case err != nil:
		NotSent(reason.OrderInvalid)(w, r, nil)
		return
	case !d.nonces.Use(order.Nonce, order.SendUntil.Add(time.Second), d.clock.Now()):
		NotSent(reason.OrderSeen)(w, r, nil)
		return
	}
	if order.Purpose == grant.PurposeEffect {
		d.mu.Lock()
		d.sent = append(d.sent, Sent{Order: order, Key: key, Body: string(body)})
		d.mu.Unlock()
	}
	onward := r.Clone(r.Context())
	onward.URL.Path = strings.TrimPrefix(r.URL.Path, "/"+order.Tool)
	onward.RequestURI = onward.URL.RequestURI()
	onward.Body = io.NopCloser(bytes.NewReader(body))
	onward.Header.Del(wire.HeaderOrder)
	onward.Header.Set("authorization", "Bearer "+Credential(order.Tenant, order.Tool))
	d.tool.ServeHTTP(w, onward)
}

// Credential is what the Door adds for a tool: a secret of a tenant.
func Credential(tenant, tool string) string { return "sk_test_" + tenant + "_" + tool }

// lateWriter keeps an answer back until it is decided that there is one.
type lateWriter struct {
	http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
	gone   bool
}

func (w *lateWriter) Header() http.Header         { return w.header }
func (w *lateWriter) WriteHeader(status int)      { w.status = status }
func (w *lateWriter) Write(p []byte) (int, error) { return w.body.Write(p) }

// Flush keeps back what a stream would show at once.
func (w *lateWriter) Flush() {}

// Hijack takes the connection away from the answer.
func (w *lateWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.gone = true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

func (w *lateWriter) flush() {
	if w.gone {
		return
	}
	for name, values := range w.header {
		w.ResponseWriter.Header()[name] = values
	}
	w.ResponseWriter.WriteHeader(w.status)
	_, _ = w.ResponseWriter.Write(w.body.Bytes())
}
