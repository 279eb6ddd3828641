package desk

import (
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
)

//go:embed assets
var assets embed.FS

// maxBody is more than any form or vote has, in bytes.
const maxBody = 64 << 10

// Options are what the Desk needs.
type Options struct {
	Store            ledger.Store
	Tenants          *tenant.Set
	Wake             func() // something may be due now
	SessionKey       []byte // HMAC key of links and sessions, 32 bytes
	CommandLineToken string // bearer token of the JSON API
	Links            string // folder that remembers used links
	Pages            string // where browsers reach the Desk, http://host:port
	Clock            clockwork.Clock
	Logger           *slog.Logger
}

// Desk is the handler of the Desk's listener.
type Desk struct {
	Options
	seal  sealer
	links links
	pages *template.Template
	mux   *http.ServeMux
}

// New returns the Desk.
func New(o Options) (*Desk, error) {
	if o.Store == nil || o.Tenants == nil || o.Wake == nil || o.Pages == "" || len(o.SessionKey) < 32 || len(o.CommandLineToken) < 32 || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("desk: an option is missing")
	}
	links, err := newLinks(o.Links, o.Clock.Now())
	if err != nil {
		return nil, err
	}
	pages, err := template.New("").Funcs(template.FuncMap{"clock": clock}).ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, err
	}
	d := &Desk{Options: o, seal: sealer{key: o.SessionKey}, links: links, pages: pages, mux: http.NewServeMux()}
	return d, d.route()
}

func (d *Desk) route() error {
	static, err := fs.Sub(assets, "assets")
	if err != nil {
		return err
	}
	files := http.StripPrefix("/assets/", http.FileServerFS(static))
	d.mux.Handle("GET /assets/desk.css", files)
	d.mux.Handle("GET /assets/desk.js", files)
	d.mux.HandleFunc("GET /{$}", d.person(d.list))
	d.mux.HandleFunc("GET /intents/{id}", d.person(d.show))
	d.mux.HandleFunc("POST /intents/{id}/{word}", d.person(d.vote))
	d.mux.HandleFunc("POST /leave", d.person(d.leave))
	d.mux.HandleFunc("GET /enter/{link}", d.door)
	d.mux.HandleFunc("POST /enter/{link}", d.enter)
	d.mux.HandleFunc("GET /api/v1/intents", d.local(d.apiList))
	d.mux.HandleFunc("GET /api/v1/intents/{id}", d.local(d.apiShow))
	d.mux.HandleFunc("POST /api/v1/intents/{id}/{word}", d.local(d.apiVote))
	d.mux.HandleFunc("POST /api/v1/links", d.local(d.apiLink))
	return nil
}

// ServeHTTP answers with headers that keep a page from being framed, sniffed,
// cached or made to run somebody else's script.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("content-security-policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("x-content-type-options", "nosniff")
	h.Set("referrer-policy", "same-origin") // with no-referrer a form's origin would read "null"
	h.Set("cache-control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	d.mux.ServeHTTP(w, r)
}
