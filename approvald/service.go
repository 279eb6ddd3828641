package approvald

import (
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
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/keyring"
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
