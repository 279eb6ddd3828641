package desk

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/login"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

//go:embed assets
var assets embed.FS

//go:embed words.txt
var words string

// maxBody is more than any form or vote has, in bytes.
const maxBody = 256 << 10

// Options are what the Desk needs.
type Options struct {
	Store      ledger.Store
	Deliveries ledger.Deliveries
	// Subscriptions are people's browsers, which subscribe with PushKey.
	Subscriptions ledger.Subscriptions
	PushKey       string
	Tenants       *tenant.Set
	// Undo compensates an effect for a person; nil where nothing sends. Its error is a sentence.
	Undo func(ctx context.Context, t *tenant.Tenant, intent ledger.Intent, person string) (ledger.Intent, error)
	// Edit changes what an intent asks; its error is a Refusal or the ledger's.
	Edit func(ctx context.Context, t *tenant.Tenant, intent ledger.Intent, change Change) (ledger.Intent, error)
	// TestChannel sends a message over a channel that a person wants to try.
	TestChannel      func(ctx context.Context, t *tenant.Tenant, channel string, person people.Person) error
	Wake             func()                                   // something may be due now
	Revocations      string                                   // file of what is refused, which a gateway follows
	SessionKey       []byte                                   // HMAC key of links and sessions, 32 bytes
	CommandLineToken string                                   // bearer token of the JSON API
	Links            string                                   // folder that remembers used links
	Pages            string                                   // where browsers reach the Desk: https://…, or http://… on loopback
	Passkeys         string                                   // folder of people's passkeys
	Secret           func(tenant, name string) (string, bool) // a login's client secret; nil for none
	Surrogates       sessionkey.Source                        // what people may see is opened with
	Recorder         execute.Recorder                         // who saw what
	Clock            clockwork.Clock
	Logger           *slog.Logger
}

// Desk is the handler of the Desk's listener.
type Desk struct {
	Options
	seal  sealer
	links links
	words catalogue
	pages map[people.Language]*template.Template
	mux   *http.ServeMux

	masking sync.Mutex
	masker  *mask.Masker

	home      string // Pages as logins use it: a passkey's host is never an address
	secure    bool   // over TLS
	providers *login.Providers
	passkeys  *login.Passkeys
	keys      login.Keys

	revocations token.RevocationFile
}

// New returns the Desk.
func New(o Options) (*Desk, error) {
	if o.Store == nil || o.Deliveries == nil || o.Subscriptions == nil || o.PushKey == "" || o.Tenants == nil || o.Edit == nil || o.TestChannel == nil || o.Wake == nil || o.Revocations == "" || o.Pages == "" || o.Recorder == nil || o.Surrogates == nil || len(o.SessionKey) < 32 || len(o.CommandLineToken) < 32 || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("desk: an option is missing")
	}
	links, err := newLinks(o.Links, o.Clock.Now())
	if err != nil {
		return nil, err
	}
	said, err := readCatalogue(words)
	if err != nil {
		return nil, err
	}
	pages, err := readPages(said, o.Clock.Now)
	if err != nil {
		return nil, err
	}
	home, err := homeOf(o.Pages)
	if err != nil {
		return nil, err
	}
	keys := login.Keys{Dir: o.Passkeys}
	passkeys, err := login.NewPasskeys(home, keys, o.SessionKey, o.Clock)
	if err != nil {
		return nil, err
	}
	d := &Desk{
		Options: o, seal: sealer{key: o.SessionKey}, links: links, words: said, pages: pages, mux: http.NewServeMux(), masker: mask.New(surrogate.Mark{}),
		home: home, secure: strings.HasPrefix(home, "https://"), providers: login.NewProviders(o.Clock), passkeys: passkeys, keys: keys,
		revocations: token.NewRevocationFile(o.Revocations),
	}
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
	d.mux.HandleFunc("POST /intents/{id}/pause", d.person(d.pause))
	d.mux.HandleFunc("POST /intents/{id}/unmask", d.person(d.unmask))
	d.mux.HandleFunc("POST /api/v1/reveal", d.local(d.apiReveal))
	d.mux.HandleFunc("POST /intents/{id}/edit", d.person(d.edit))
	d.mux.HandleFunc("POST /leave", d.person(d.leave))
	d.mux.Handle("GET /assets/passkey.js", files)
	d.mux.Handle("GET /assets/manifest.webmanifest", files)
	d.mux.Handle("GET /assets/icon.svg", files)
	d.mux.Handle("GET /assets/icon-192.png", files)
	d.mux.Handle("GET /assets/icon-512.png", files)
	d.mux.Handle("GET /worker.js", http.FileServerFS(static)) // here, for all pages
	d.mux.Handle("GET /assets/push.js", files)
	d.mux.HandleFunc("POST /push", d.person(d.subscribe))
	d.mux.HandleFunc("GET /login", d.chooseTenant)
	d.mux.HandleFunc("GET /login/{tenant}", d.loginPage)
	d.mux.HandleFunc("GET /login/{tenant}/provider", d.toProvider)
	d.mux.HandleFunc("GET /callback", d.fromProvider)
	d.mux.HandleFunc("POST /login/{tenant}/passkey/ask", d.ownJSON(d.askPasskey))
	d.mux.HandleFunc("POST /login/{tenant}/passkey", d.ownJSON(d.takePasskey))
	d.mux.HandleFunc("GET /invite/{link}", d.invited)
	d.mux.HandleFunc("POST /invite/{link}/ask", d.ownJSON(d.askNewPasskey))
	d.mux.HandleFunc("POST /invite/{link}", d.ownJSON(d.takeNewPasskey))
	d.mux.HandleFunc("GET /cli/{code}", d.person(d.showTerminal))
	d.mux.HandleFunc("POST /cli/{code}", d.person(d.letTerminal))
	d.mux.HandleFunc("POST /api/v1/session", d.apiSession)
	d.mux.HandleFunc("POST /api/v1/invites", d.local(d.owner(d.apiInvite)))
	d.mux.HandleFunc("POST /api/v1/forget", d.local(d.owner(d.apiForget)))
	d.mux.HandleFunc("GET /enter/{link}", d.door)
	d.mux.HandleFunc("POST /enter/{link}", d.enter)
	d.mux.HandleFunc("GET /api/v1/intents", d.local(d.apiList))
	d.mux.HandleFunc("GET /api/v1/intents/{id}", d.local(d.apiShow))
	d.mux.HandleFunc("POST /api/v1/intents/{id}/{word}", d.local(d.apiVote))
	d.mux.HandleFunc("POST /api/v1/intents/{id}/edit", d.local(d.apiEdit))
	d.mux.HandleFunc("POST /api/v1/links", d.local(d.owner(d.apiLink)))
	d.mux.HandleFunc("GET /api/v1/revocations", d.local(d.apiRevocations))
	d.mux.HandleFunc("POST /api/v1/revocations", d.local(d.apiRevoke))
	d.mux.HandleFunc("GET /api/v1/deliveries", d.local(d.apiUnheard))
	d.mux.HandleFunc("POST /api/v1/deliveries/{id}/again", d.local(d.apiAgain))
	d.mux.HandleFunc("POST /api/v1/channels/{name}/test", d.local(d.apiTest))
	return nil
}

// homeOf is the address that logins use. Passkeys need a name, which for this
// machine is localhost; plain HTTP is for this machine alone.
func homeOf(pages string) (string, error) {
	at, err := url.Parse(pages)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return "", fmt.Errorf("the Desk's address must be like https://desk.example.com (got %q)", pages)
	}
	if ip, err := netip.ParseAddr(at.Hostname()); err == nil && ip.IsLoopback() {
		at.Host = net.JoinHostPort("localhost", at.Port())
	}
	if at.Scheme == "http" && at.Hostname() != "localhost" {
		at.Scheme = "https" // what stands in front of it has TLS
	}
	return at.Scheme + "://" + at.Host, nil
}

// ServeHTTP answers with headers that keep a page from being framed, sniffed,
// cached or made to run somebody else's script.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("content-security-policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("x-content-type-options", "nosniff")
	h.Set("referrer-policy", "same-origin") // with no-referrer a form's origin would read "null"
	h.Set("cache-control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	d.mux.ServeHTTP(d.in(w, r), r)
}
