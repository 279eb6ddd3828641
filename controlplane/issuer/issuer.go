package issuer

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Resolver finds out who the customer of a ticket is, by the tenant's own reads.
// Its error is a *Unresolved, or the gateway could not ask.
type Resolver interface {
	Resolve(ctx context.Context, t *tenant.Tenant, who token.Identity, decision string) (customer string, err error)
}

// Unresolved is a ticket that names no customer. What is a sentence for the
// client, and holds nothing of the tool's answer.
type Unresolved struct{ What string }

// Error is What.
func (u *Unresolved) Error() string { return u.What }

// Recorder takes a record before a token leaves; as for a call, an error means
// that there is none.
type Recorder interface{ Record(audit.Record) error }

// Options are what the handler stands on. All of them are needed.
type Options struct {
	URL      string // the issuer's own, as its clients reach it, without a slash at its end
	AgentURL string // where agents call
	Tenants  *tenant.Set
	Ring     *keyring.Ring
	Resolver Resolver
	Recorder Recorder
	Clock    clockwork.Clock
	Logger   *slog.Logger
}

// Handler is the HTTP API. It is safe for concurrent use.
type Handler struct {
	Options
	mux     *http.ServeMux
	used    *used // assertions
	started time.Time
}

// New returns a Handler.
func New(o Options) (*Handler, error) {
	if o.URL == "" || o.AgentURL == "" || o.Tenants == nil || o.Ring == nil || o.Resolver == nil || o.Recorder == nil || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("issuer: an option is missing")
	}
	h := &Handler{Options: o, mux: http.NewServeMux(), used: newUsed(), started: o.Clock.Now().Truncate(time.Second)}
	h.mux.HandleFunc("POST "+pathToken, h.token)
	h.mux.HandleFunc("GET "+pathKeys, h.keys)
	h.mux.HandleFunc("GET "+pathServer, h.server)
	h.mux.HandleFunc("GET "+PathResource, h.resource)
	h.mux.HandleFunc("GET "+PathResource+"/{tool}", h.resource)
	return h, nil
}

// ServeHTTP answers one request; nothing of it is cached but what is public.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-content-type-options", "nosniff")
	h.mux.ServeHTTP(w, r)
}
