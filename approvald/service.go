package approvald

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/notify"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/sqldb"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Shipping of the ledger's outbox.
const (
	outboxTick  = 250 * time.Millisecond
	outboxBatch = 256
)

// Options are what the daemon needs.
type Options struct {
	Tenants         *tenant.Set
	Ring            *keyring.Ring
	Spool           *audit.Spool
	RevocationsFile string                                   // followed while it serves; people in the Desk add to it
	ServersFile     string                                   // what MCP servers offer, written for the checks
	Database        string                                   // path of the ledger's SQLite file
	Postgres        Postgres                                 // of the ledger, in the place of that file, when it has a URL
	Node            string                                   // id of the Envoy beside it
	Owner           string                                   // of leases: unique among processes on one ledger
	Socket          string                                   // Envoy's approvald cluster
	ExecuteSocket   string                                   // Envoy's execute listener
	DeskAddress     string                                   // host:port of the Desk
	DeskPages       string                                   // another host:port of the same, for browsers; DeskAddress when empty
	DeskURL         string                                   // where browsers reach the Desk, https://…; http://DeskPages when empty
	DeskPasskeys    string                                   // folder of people's passkeys
	Secret          func(tenant, name string) (string, bool) // of logins and channels
	DeskToken       string                                   // of the command line
	DeskLinks       string                                   // folder that remembers used links
	Clock           clockwork.Clock
	Logger          *slog.Logger
}

// Service is approvald as a daemon.
type Service struct {
	options  Options
	db       *sqldb.DB
	store    ledger.Store
	engine   *execute.Engine
	handler  *Handler
	desk     *desk.Desk
	notifier *notify.Notifier
	calls    net.Listener
	doors    []net.Listener // of the Desk
	revoked  *token.Revoked
	pulse    *pulse
}

// StoreTakes is nil while the ledger's store takes effects, else ErrStore.
func (s *Service) StoreTakes() error { return s.pulse.take() }

// New returns a Service that listens already; Run serves.
func New(o Options) (*Service, error) {
	db, err := o.open()
	if err != nil {
		return nil, err
	}
	s := &Service{options: o, db: db, pulse: &pulse{touch: db.Touch, clock: o.Clock, logger: o.Logger}}
	if err := s.wire(); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

func (s *Service) wire() error {
	o := s.options
	store, err := ledger.NewSQL(ledger.Options{DB: s.db, Sealer: bodykey.New(o.Ring), Clock: o.ledgerClock(), Channels: notify.Channels(o.Tenants), People: notify.People(o.Tenants)})
	if err != nil {
		return err
	}
	s.store = store
	client, err := s.client()
	if err != nil {
		return err
	}
	s.engine, err = execute.NewEngine(execute.Options{
		Store: store, Client: client, Tenants: o.Tenants, ProviderSecret: o.Ring.Secret(keyring.ProviderKey),
		Recorder: o.Spool, Owner: o.Owner, Clock: o.Clock, Logger: o.Logger,
	})
	if err != nil {
		return err
	}
	s.revoked = &token.Revoked{}
	if err := token.NewRevocationFile(o.RevocationsFile).Load(s.revoked); err != nil {
		return fmt.Errorf("revocations: %w", err)
	}
	s.handler, err = NewHandler(HandlerOptions{
		Tenants: o.Tenants, Opener: grant.NewOpener(o.Ring), Store: store, Engine: s.engine, Client: client,
		Recorder: o.Spool, Owner: o.Owner, Revoked: s.revoked, Clock: o.Clock, Logger: o.Logger,
	})
	if err != nil {
		return err
	}
	return s.people(store)
}

// people are who decides, and how they hear of it.
func (s *Service) people(store *ledger.SQL) error {
	o := s.options
	vapid, err := notify.NewVAPID(o.Ring.Secret(keyring.WebPush))
	if err != nil {
		return err
	}
	s.desk, err = desk.New(desk.Options{
		Store: store, Deliveries: store, Subscriptions: store, PushKey: vapid.Public(), Tenants: o.Tenants, Undo: s.handler.Undo, Edit: s.handler.Edit, Wake: s.engine.Wake, Revocations: o.RevocationsFile,
		TestChannel: func(ctx context.Context, t *tenant.Tenant, name string, person people.Person) error {
			return s.notifier.Test(ctx, t, name, person)
		},
		Links: o.DeskLinks,
		Pages: cmp.Or(o.DeskURL, "http://"+cmp.Or(o.DeskPages, o.DeskAddress)), Passkeys: o.DeskPasskeys, Secret: o.Secret, SessionKey: o.Ring.Secret(keyring.DeskSession), CommandLineToken: o.DeskToken,
		Surrogates: sessionkey.New(o.Ring), Recorder: o.Spool, Clock: o.Clock, Logger: o.Logger,
	})
	if err != nil {
		return err
	}
	s.notifier, err = notify.New(notify.Options{
		Store: store, Tenants: o.Tenants, Secrets: o.Secret, Desk: s.desk, After: s.handler.After, VAPID: vapid, Owner: o.Owner, Clock: o.Clock, Logger: o.Logger,
	})
	if err != nil {
		return err
	}
	return s.listen()
}

// client sends to tools. What MCP servers offered before a restart holds until
// they are asked again.
func (s *Service) client() (*execute.Client, error) {
	o := s.options
	mcp := execute.MCPOptions{Servers: &observed.Servers{}, File: observed.NewFile(o.ServersFile), Recorder: o.Spool, Logger: o.Logger}
	if err := mcp.File.Load(mcp.Servers); err != nil {
		return nil, err
	}
	return execute.NewClient(execute.ClientOptions{
		Socket: o.ExecuteSocket, Node: o.Node, Sealer: grant.NewSealer(o.Ring), Surrogates: sessionkey.New(o.Ring), Clock: o.Clock, MCP: mcp,
	}), nil
}

func (s *Service) listen() (err error) {
	if s.calls, err = daemon.ListenUnix(s.options.Socket); err != nil {
		return err
	}
	addresses := []string{s.options.DeskAddress}
	if pages := s.options.DeskPages; pages != "" && pages != s.options.DeskAddress {
		addresses = append(addresses, pages)
	}
	for _, address := range addresses {
		door, err := net.Listen("tcp", address)
		if err != nil {
			err = fmt.Errorf("the Desk cannot listen on %s: %w; choose another address with --desk-address or --desk-pages", address, err)
			return errors.Join(err, s.close())
		}
		s.doors = append(s.doors, door)
	}
	return nil
}

// close gives up what listens already.
func (s *Service) close() error {
	err := s.calls.Close()
	for _, door := range s.doors {
		err = errors.Join(err, door.Close())
	}
	return err
}

// Run serves until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	defer func() { _ = s.store.Close() }()
	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, s.handler.Stop)()
	group.Go(func() error { return s.engine.Run(ctx) })
	group.Go(func() error { return s.handler.Client.Watch(ctx, s.options.Tenants) })
	group.Go(func() error { return s.ship(ctx) })
	group.Go(func() error { return s.notifier.Run(ctx) })
	group.Go(func() error {
		return token.NewRevocationFile(s.options.RevocationsFile).Follow(ctx, s.revoked, s.options.Clock, s.options.Logger)
	})
	group.Go(func() error { return daemon.ServeHTTP(ctx, s.calls, s.handler) })
	pages := http.NewServeMux()
	pages.Handle("/", s.desk)
	pages.Handle("/channels/", s.notifier.Handler())
	for _, door := range s.doors {
		group.Go(func() error { return daemon.ServeHTTP(ctx, door, pages) })
	}
	return group.Wait()
}

// ship moves the outbox into the spool: at least once, in order. What cannot
// be spooled stays in the ledger.
func (s *Service) ship(ctx context.Context) error {
	ticker := s.options.Clock.NewTicker(outboxTick)
	defer ticker.Stop()
	for {
		n, err := s.store.Outbox(ctx, outboxBatch, s.spool)
		if err != nil && ctx.Err() == nil {
			s.options.Logger.Error("Approvals could not be recorded; they stay in the ledger", "error", err)
		}
		if n == outboxBatch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
	}
}

func (s *Service) spool(rows []audit.Approval) error {
	for i := range rows {
		if err := s.options.Spool.Record(audit.Record{Table: audit.Approvals, Approval: &rows[i]}); err != nil {
			return err
		}
	}
	return s.options.Spool.Durable(context.Background())
}
