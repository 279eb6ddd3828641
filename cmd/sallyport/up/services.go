package up

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/controlplane"
	"github.com/sallyport/sallyport/extauthz"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/people"
)

// spoolQuota is how many bytes of records a service keeps while they cannot be
// shipped.
const spoolQuota = 1 << 30

// spoolReserve is how much of it only decisions about effects may take: what
// fills a spool is requests, and anybody can make those.
const spoolReserve = spoolQuota / 8

// segmentAge is how long a record waits at most before it can be shipped.
const segmentAge = time.Second

// accessLogQuota is how many bytes of Envoy's lines are kept while extauthz, which
// reads them, is away: about 300,000 requests.
const accessLogQuota = 64 << 20

func (b *base) openSpool(s Service) (*audit.Spool, error) {
	spool, err := audit.OpenSpool(audit.SpoolOptions{
		Dir: b.paths.spool(s), Instance: b.config.node() + "-" + string(s), MaxBytes: spoolQuota, Reserve: spoolReserve, SegmentAge: segmentAge, Clock: b.config.Clock, Logger: b.config.Logger,
	})
	if err == nil {
		b.watchSpool(s, spool)
	}
	return spool, err
}

// service makes one service of this process and returns what runs it.
func (b *base) service(s Service) (func(context.Context) error, error) {
	switch s {
	case Extauthz:
		return b.extauthz()
	case Approvald:
		return b.approvald()
	default:
		return nil, fmt.Errorf("%s cannot run alone", s)
	}
}

func (b *base) extauthz() (func(context.Context) error, error) {
	spool, err := b.openSpool(Extauthz)
	if err != nil {
		return nil, err
	}
	s, err := extauthz.NewService(extauthz.ServiceOptions{
		Alone:   b.alone(),
		Tenants: b.tenants, Ring: b.ring, Secrets: b.secrets, Spool: spool, Node: b.config.node(), Domain: decision.Domain(b.config.Domain), LimitsFile: b.paths.limits(), RevocationsFile: b.paths.revocations(), MetadataURL: b.config.metadataURL(), ServersFile: b.paths.servers(),
		AgentSocket: b.paths.socket(socketAgentCheck), ExecuteSocket: b.paths.socket(socketExecuteCheck),
		AccessLogFile: b.paths.accessLog(), Metrics: b.metrics, Clock: b.config.Clock, Logger: b.config.Logger,
	})
	if err != nil {
		return nil, err
	}
	return closing(spool, s.Run), nil
}

func (b *base) approvald() (func(context.Context) error, error) {
	spool, err := b.openSpool(Approvald)
	if err != nil {
		return nil, err
	}
	deskToken, err := keep(b.paths.deskToken())
	if err != nil {
		return nil, err
	}
	s, err := approvald.New(approvald.Options{
		Tenants: b.tenants, Ring: b.ring, Spool: spool, RevocationsFile: b.paths.revocations(), ServersFile: b.paths.servers(), Database: b.paths.ledger(), Postgres: approvald.Postgres{URL: b.config.Database, WithoutStandby: b.config.DatabaseAlone, Clock: b.config.DatabaseClock},
		Node: b.config.node(), Owner: b.config.node() + "/" + random(),
		Socket: b.paths.socket(socketApprovald), ExecuteSocket: b.paths.socket(socketExecute),
		DeskAddress: b.config.DeskAddress, DeskPages: b.config.DeskPages, DeskToken: deskToken, DeskLinks: b.paths.deskLinks(),
		DeskURL: b.config.DeskURL, DeskPasskeys: b.paths.passkeys(), Secret: b.secret, Clock: b.config.Clock, Logger: b.config.Logger,
	})
	if err != nil {
		return nil, err
	}
	takes := s.StoreTakes
	b.takes.Store(&takes)
	gauge(b.metrics, "sallyport_ledger_available", "1 while the ledger's store takes effects, 0 while they are refused because it does not.", func() float64 {
		if takes() != nil {
			return 0
		}
		return 1
	})
	return closing(spool, s.Run), nil
}

// impaired is what this process cannot do now.
func (b *base) impaired() []string {
	if takes := b.takes.Load(); takes != nil {
		if err := (*takes)(); err != nil {
			return []string{err.Error()}
		}
	}
	return nil
}

func (b *base) controlplane() (*controlplane.Service, error) {
	reader, err := b.reader()
	if err != nil {
		return nil, err
	}
	return controlplane.New(controlplane.Options{
		Tenants: b.tenants, Status: b.follower.Status, Socket: b.paths.socket(socketControl),
		AdminAddress: b.config.AdminAddress, Domain: b.config.Domain, Logger: b.config.Logger, Metrics: b.metrics, Reader: reader, Impaired: b.impaired,
		HasSecret: func(tenant, name string) bool { _, ok := b.secrets.Lookup(tenant, name); return ok },
	})
}

// secret is what a tenant's identity provider knows the Desk by, or what a
// channel needs. The credentials of tools are none of approvald's.
func (b *base) secret(tenant, name string) (string, bool) {
	if !strings.HasPrefix(name, people.SecretPrefix) && !strings.HasPrefix(name, channel.SecretPrefix) {
		return "", false
	}
	v, ok := b.secrets.Lookup(tenant, name)
	return v.Reveal(), ok
}

// closing closes the spool after its service ended.
func closing(spool *audit.Spool, run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		defer func() { _ = spool.Close() }()
		return run(ctx)
	}
}

// Alone runs one service in this process, beside others on the same data.
func Alone(ctx context.Context, c Config, s Service) error {
	b, err := newBase(c)
	if err != nil {
		return err
	}
	c.Progress("loading tenants from " + c.Tenants)
	ps, ready := newParts(), make(chan struct{})
	ps.start("tenants", func(ctx context.Context) error { return b.follow(ctx, ready, func() {}) })
	defer func() { _ = ps.stop() }()
	if err := await(ctx, ps, ready); err != nil {
		return err
	}
	run, err := b.service(s)
	if err != nil {
		return err
	}
	ps.start(string(s), run)
	if err := errors.Join(b.shipAlone(ps), b.tellMetrics(ps)); err != nil {
		return errors.Join(err, ps.stop())
	}
	c.Progress(string(s) + " is ready")
	select {
	case <-ctx.Done():
		return ps.stop()
	case err := <-ps.failed:
		return err
	}
}

// await waits until ready is closed, a part fails or ctx ends.
func await(ctx context.Context, ps *parts, ready <-chan struct{}) error {
	select {
	case <-ready:
		return nil
	case err := <-ps.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
