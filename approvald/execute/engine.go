package execute

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// ActorGateway is who moved an intent when no person did.
const ActorGateway = token.AgentGateway

// Times of one attempt. SendWithin is how long the order may take to the check;
// skew is what clocks and pauses may differ by.
const (
	SendWithin = 5 * time.Second
	skew       = 5 * time.Second
	tick       = 500 * time.Millisecond
	claimBatch = 16
	// restUnknown is how often the gateway looks at what it cannot find out: the
	// catalog, the tool or the policy may change. A person may settle it meanwhile.
	restUnknown = 10 * time.Minute
	goneFor     = 24 * time.Hour // an approved intent outlives its tenant or tool
	// maxToolTimeout is the longest timeout tools.yaml may name.
	maxToolTimeout = 2 * time.Minute
)

// LeaseFor is how long an attempt belongs to whoever makes it.
func LeaseFor(tool *tenant.Tool) time.Duration { return SendWithin + tool.Timeout + 2*skew }

// Options are what an Engine needs.
type Options struct {
	Store          ledger.Store
	Client         *Client
	Tenants        *tenant.Set
	ProviderSecret []byte // HMAC key of provider idempotency keys
	Recorder       Recorder
	Owner          string // of leases: unique among the processes on one store
	Clock          clockwork.Clock
	Logger         *slog.Logger
}

// Engine executes intents: at once for an agent that is connected, and from the
// ledger for everything that people approved, that could not be sent, or whose
// outcome is unknown.
type Engine struct {
	store          ledger.Store
	client         *Client
	tenants        *tenant.Set
	providerSecret []byte
	recorder       Recorder
	owner          string
	clock          clockwork.Clock
	logger         *slog.Logger
	wake           chan struct{}
	waiters        *Waiters
}

// NewEngine returns an Engine; Run makes it work.
func NewEngine(o Options) (*Engine, error) {
	if o.Store == nil || o.Client == nil || o.Tenants == nil || len(o.ProviderSecret) < 32 || o.Recorder == nil || o.Owner == "" || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("execute: an option is missing")
	}
	return &Engine{
		store: o.Store, client: o.Client, tenants: o.Tenants, providerSecret: o.ProviderSecret, recorder: o.Recorder, owner: o.Owner,
		clock: o.Clock, logger: o.Logger, wake: make(chan struct{}, 1), waiters: NewWaiters(),
	}, nil
}

// Waiters are the agents connected to intents.
func (e *Engine) Waiters() *Waiters { return e.waiters }

// Wake makes the loop look for due work now, after a vote for example.
func (e *Engine) Wake() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Now sends an intent that Open made Executing for this engine's owner, and
// returns what is known then. It goes on when the agent leaves.
func (e *Engine) Now(ctx context.Context, by Caller, intent ledger.Intent) (ledger.Intent, error) {
	return e.effect(context.WithoutCancel(ctx), by, intent)
}

// advance commits a step. When it fails the lease lapses and the loop finds the
// intent again: nothing is decided here about it.
func (e *Engine) advance(ctx context.Context, step ledger.Step) (ledger.Intent, error) {
	return e.store.Advance(ctx, step)
}
