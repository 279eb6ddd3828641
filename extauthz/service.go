package extauthz

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/extauthz/unary"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/foreign"
)

// Bounds of what is kept in memory.
const (
	maxCounters = 1 << 20
	maxNonces   = 1 << 18
	tokenLeeway = 5 * time.Second
)

// ServiceOptions are what the daemon needs.
type ServiceOptions struct {
	Tenants         *tenant.Set
	Ring            *keyring.Ring
	Secrets         *secret.Cache
	Spool           Recorder
	Node            string // id of the Envoy beside it
	Domain          decision.Domain
	MetadataURL     string // of RFC 9728's metadata, which 401 answers name; "" for none
	LimitsFile      string // where counters survive a restart
	RevocationsFile string // followed while it serves
	ServersFile     string // what MCP servers offer, written by approvald; followed
	Alone           *Alone // no mediated lane: only the agent check is served
	AgentSocket     string
	ExecuteSocket   string
	AccessLogFile   string // to which Envoy appends
	Clock           clockwork.Clock
	Metrics         prometheus.Registerer // nil for none
	Logger          *slog.Logger
}

// Service is extauthz as a daemon: the access log and two checks, each on its own
// socket, so that Envoy's breakers for one never count for another.
type Service struct {
	logs        *accesslog.Tail
	options     ServiceOptions
	meter       *limit.Meter
	tokens      *token.Verifier
	revocations token.RevocationFile
	keys        *foreign.Keys // of tenants' own issuers
	seen        observed.File
	offers      *observed.Servers
	servers     []server
}

type server struct {
	socket   string
	checks   *unary.Server
	listener net.Listener
}

// NewService returns a Service that listens already; Run serves.
func NewService(o ServiceOptions) (*Service, error) {
	s := &Service{options: o, keys: foreign.NewKeys(), meter: limit.NewMeter(limit.MeterOptions{MaxKeys: maxCounters})}
	if err := s.meter.Load(o.LimitsFile, o.Clock.Now()); err != nil {
		return nil, fmt.Errorf("the limits' counters: %w", err)
	}
	s.revocations = token.NewRevocationFile(o.RevocationsFile)
	tokens, err := token.NewVerifier(token.VerifierOptions{
		Key: o.Ring.TokenKey, Leeway: tokenLeeway, Foreign: foreign.New(foreign.Options{Find: o.Tenants.Issuer, Keys: s.keys}),
	})
	if err != nil {
		return nil, err
	}
	if err := s.revocations.Load(tokens); err != nil {
		return nil, fmt.Errorf("revocations: %w", err)
	}
	s.tokens = tokens
	s.seen, s.offers = observed.NewFile(o.ServersFile), &observed.Servers{}
	if err := s.seen.Load(s.offers); err != nil {
		return nil, fmt.Errorf("what MCP servers offer: %w", err)
	}
	agent, execute, err := New(Options{
		Tenants: o.Tenants, Tokens: tokens, Secrets: o.Secrets, Meter: s.meter,
		Sealer: grant.NewSealer(o.Ring), Opener: grant.NewOpener(o.Ring), Nonces: grant.NewNonces(maxNonces),
		Sessions: mcpserver.NewSessions(o.Ring.Secret(keyring.MCPSession)),
		Recorder: o.Spool, Masks: masks(o), Servers: s.offers, Clock: o.Clock, Node: o.Node, Domain: o.Domain, MetadataURL: o.MetadataURL, Alone: o.Alone, Logger: o.Logger,
	})
	if err != nil {
		return nil, err
	}
	if s.logs, err = accesslog.New(accesslog.Options{File: o.AccessLogFile, Recorder: o.Spool, Metrics: o.Metrics, Logger: o.Logger}); err != nil {
		return nil, fmt.Errorf("the access log: %w", err)
	}
	s.add(o.AgentSocket, NewServer(agent, o.Logger))
	if o.Alone == nil {
		s.add(o.ExecuteSocket, NewServer(execute, o.Logger))
	}
	return s, s.listen()
}

// masks seals answers where a mask of the gateway's own takes the key away. What
// stands behind somebody's own Envoy, nobody knows: there are only marks.
func masks(o ServiceOptions) *sessionkey.Scopes {
	if o.Alone != nil {
		return nil
	}
	return sessionkey.NewScopes(sessionkey.New(o.Ring))
}

func (s *Service) add(socket string, checks *unary.Server) {
	s.servers = append(s.servers, server{socket: socket, checks: checks})
}

func (s *Service) listen() error {
	for i := range s.servers {
		listener, err := daemon.ListenUnix(s.servers[i].socket)
		if err != nil {
			return errors.Join(err, s.close())
		}
		s.servers[i].listener = listener
	}
	return nil
}

// close gives up what is open already.
func (s *Service) close() error {
	err := s.logs.Close()
	for _, srv := range s.servers {
		if srv.listener != nil {
			err = errors.Join(err, srv.listener.Close())
		}
	}
	return err
}

// Run serves until ctx ends. The counters are kept once more after the last check.
func (s *Service) Run(ctx context.Context) error {
	counting, ended := context.WithCancel(context.WithoutCancel(ctx))
	defer ended()
	kept := make(chan error, 1)
	go func() { kept <- s.meter.Keep(counting, s.options.LimitsFile, s.options.Clock) }()
	err := s.serve(ctx)
	ended()
	return errors.Join(err, <-kept)
}

func (s *Service) serve(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.seen.Follow(ctx, s.offers, s.options.Clock, s.options.Logger) })
	group.Go(func() error { return s.logs.Run(ctx) })
	group.Go(func() error { return s.keys.Follow(ctx, s.options.Tenants.Issuers, s.options.Clock, s.options.Logger) })
	group.Go(func() error { return s.revocations.Follow(ctx, s.tokens, s.options.Clock, s.options.Logger) })
	for _, srv := range s.servers {
		group.Go(func() error {
			return srv.checks.Serve(srv.listener)
		})
		group.Go(func() error {
			<-ctx.Done()
			srv.checks.Stop()
			return nil
		})
	}
	return group.Wait()
}
