package extauthz

import (
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Recorder takes a record before the answer leaves. It never waits for a
// network; an error means that the record is not safe, and the call is refused.
type Recorder interface {
	Record(audit.Record) error
}

// Options are what both checks stand on. All of them are needed but Masks, Domain,
// MetadataURL and Alone.
type Options struct {
	Tenants  *tenant.Set
	Tokens   *token.Verifier
	Secrets  *secret.Cache
	Meter    *limit.Meter
	Sealer   *grant.Sealer
	Opener   *grant.Opener
	Nonces   *grant.Nonces
	Sessions *mcpserver.Sessions
	Recorder Recorder
	Clock    clockwork.Clock
	Servers  *observed.Servers  // what MCP servers offer
	Masks    *sessionkey.Scopes // what the mask seals with; nil for marks alone
	Node     string             // id of the Envoy these checks answer for
	Domain   decision.Domain
	// MetadataURL is where RFC 9728's metadata of the tools is served; 401
	// answers name it. "" for none.
	MetadataURL string
	// Alone says that there is no mediated lane; nil when there is.
	Alone  *Alone
	Logger *slog.Logger
}

// gateway is what the two checks share.
type gateway struct {
	Options
	bodies atomic.Bool // with Alone: Envoy has given a check a body
}

// New returns the two checks.
func New(o Options) (*Agent, *Execute, error) {
	if o.Tenants == nil || o.Tokens == nil || o.Secrets == nil || o.Meter == nil || o.Sealer == nil || o.Opener == nil ||
		o.Nonces == nil || o.Sessions == nil || o.Recorder == nil || o.Clock == nil || o.Servers == nil || o.Node == "" || o.Logger == nil {
		return nil, nil, errors.New("extauthz: an option is missing")
	}
	g := &gateway{Options: o}
	return &Agent{g: g}, &Execute{g: g}, nil
}
