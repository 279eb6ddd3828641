package approvald

import (
	"cmp"
	"context"
	"fmt"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/notify"
	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

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
