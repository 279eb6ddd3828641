package up

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/envoy"
	"github.com/sallyport/sallyport/examples/database"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Gateway is a running gateway.
type Gateway struct {
	base     *base
	parts    *parts
	envoy    *envoy.Process
	engine   *engine
	provider *provider.Provider
	database *database.Database
	addr     Addresses
	prepared map[Service]func(context.Context) error
}

// Addresses are where the gateway listens, host:port.
type Addresses struct {
	Agent, Desk, Admin string
	AgentURL           string // of the agent listener itself, https:// when it has TLS
	DeskPages          string // the Desk for browsers
	ClickHouseURL      string // with a user who may only read, and the password
	Provider           string // "" without examples
	Issuer             string // URL of the token endpoint's server
}

// Start starts everything and returns once an agent's call would be served. On
// an error everything that had started is stopped again.
func Start(ctx context.Context, c Config) (*Gateway, error) {
	b, err := newBase(c)
	if err != nil {
		return nil, err
	}
	g := &Gateway{base: b, parts: newParts(), prepared: map[Service]func(context.Context) error{}}
	if err := g.startAll(ctx); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

func (g *Gateway) startAll(ctx context.Context) error {
	if err := g.pickPorts(); err != nil {
		return err
	}
	steps := []struct {
		line string
		run  func(context.Context) error
	}{
		{"example provider", g.startExamples},
		{"analytics engine", g.startEngine},
		{"tenants and control plane", g.startControl},
		{"checks (extauthz)", func(context.Context) error {
			err := g.prepare(Extauthz)
			g.run(Extauthz)
			return err
		}},
		{"approvals (approvald)", func(context.Context) error { return g.prepare(Approvald) }},
		{"Envoy", g.startEnvoy},
		// Runs last, because parts stop in reverse: what approvald has begun needs Envoy.
		{"approvals (approvald)", func(context.Context) error { g.run(Approvald); return nil }},
		{"token endpoint", g.startIssuer},
	}
	for _, step := range steps {
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.line, err)
		}
	}
	return nil
}

// Close stops everything, in reverse order.
func (g *Gateway) Close() error { return g.parts.stop() }

// Failed delivers the error of a part that ended by itself.
func (g *Gateway) Failed() <-chan error { return g.parts.failed }

// Addresses returns where the gateway listens.
func (g *Gateway) Addresses() Addresses { return g.addr }

// Envoy is the running Envoy, for tests that kill it or read its counters.
func (g *Gateway) Envoy() *envoy.Process { return g.envoy }

// Tenants are the names of the live tenants, sorted.
func (g *Gateway) Tenants() []string {
	out := make([]string, 0)
	for name := range g.base.tenants.All() {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// Calls says whether a tool of any live tenant has this origin.
func (g *Gateway) Calls(origin string) bool {
	for _, t := range g.base.tenants.All() {
		if slices.ContainsFunc(t.Tools, func(tool *tenant.Tool) bool { return tool.Origin == origin }) {
			return true
		}
	}
	return false
}

// DeskLink is a one-time link with which a person enters the Desk.
func (g *Gateway) DeskLink(tenant, person string) string {
	key := g.base.ring.Secret(keyring.DeskSession)
	return cmp.Or(g.base.config.DeskURL, "http://"+g.addr.DeskPages) + desk.Link(key, tenant, person, g.base.config.Clock.Now())
}

// prepare makes a service, which listens from then on.
func (g *Gateway) prepare(s Service) error {
	if g.base.config.external(s) {
		return nil
	}
	g.base.config.Progress("starting " + string(s))
	run, err := g.base.service(s)
	if err != nil {
		return err
	}
	g.prepared[s] = run
	return nil
}

// run starts a service that was prepared.
func (g *Gateway) run(s Service) {
	if run, ok := g.prepared[s]; ok {
		g.parts.start(string(s), run)
	}
}

// startControl loads the tenants first: a control plane that answers before it
// knows them takes every route away.
func (g *Gateway) startControl(ctx context.Context) error {
	g.base.config.Progress("loading tenants from " + g.base.config.Tenants)
	control, err := g.base.controlplane()
	if err != nil {
		return err
	}
	ready := make(chan struct{})
	g.parts.start("tenants", func(ctx context.Context) error { return g.base.follow(ctx, ready, control.Publish) })
	if err := await(ctx, g.parts, ready); err != nil {
		return err
	}
	g.addr.Admin = control.AdminAddress()
	g.parts.start("controlplane", control.Run)
	return nil
}

func (g *Gateway) startEnvoy(ctx context.Context) error {
	c := g.base.config
	path, err := envoy.Find(ctx, c.Cache)
	if err != nil {
		return err
	}
	module, err := filepath.Abs(c.MaskModule)
	if err != nil {
		return err
	}
	if _, err := os.Stat(module); err != nil {
		return fmt.Errorf("the mask is not built: %w; run `make build` or name it with --mask-module", err)
	}
	secured, err := g.startCertificates()
	if err != nil {
		return err
	}
	socket := g.base.paths.socket
	bootstrap, err := resource.Bootstrap(resource.BootstrapOptions{
		NodeID: c.node(), AgentAddress: g.addr.Agent, AgentTLS: secured,
		ExecuteSocket: socket(socketExecute), AdminSocket: socket(socketAdmin), ControlPlaneSocket: socket(socketControl),
		AgentCheckSocket: socket(socketAgentCheck), ExecuteCheckSocket: socket(socketExecuteCheck),
		AccessLogFile: g.base.paths.accessLog(), ApprovaldSocket: socket(socketApprovald),
		WasmFile: module,
	})
	if err != nil {
		return err
	}
	c.Progress("starting Envoy (compiling the mask takes some seconds)")
	g.parts.start("envoy", func(ctx context.Context) error {
		<-ctx.Done()
		if g.envoy != nil {
			return g.envoy.Stop()
		}
		return nil
	})
	quota := &accesslog.Quota{File: g.base.paths.accessLog(), MaxBytes: accessLogQuota, Logger: c.Logger}
	g.base.watchQuota(quota)
	g.parts.start("access log", quota.Run)
	g.envoy, err = envoy.Start(envoy.Options{
		Path: path, Bootstrap: bootstrap, Dir: g.base.paths.envoy(), AdminSocket: socket(socketAdmin), Output: c.Output,
	})
	if err != nil {
		return err
	}
	return g.envoy.Ready(ctx)
}

// startCertificates keeps the agent listener's TLS as its files say.
func (g *Gateway) startCertificates() (resource.ListenerTLS, error) {
	follow, err := newCertificates(g.base.config, g.base.paths.envoy())
	if err != nil || follow == nil {
		return resource.ListenerTLS{}, err
	}
	g.parts.start("certificates", follow.run)
	return follow.files, nil
}
