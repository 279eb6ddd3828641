package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/daemon"
)

// gatewayFlags are shared by `up` and by the services that run alone beside it.
type gatewayFlags struct {
	dataFlag
	Local   string `help:"Folder of what is this replica's alone, when several share the data folder: sockets, Envoy's files, records on their way, counters. The data folder when absent." type:"path"`
	RunDir  string `help:"Folder of the unix sockets; run/ in the local folder when absent." type:"path"`
	Tenants string `help:"Folder with one folder a tenant." default:"examples/tenants" env:"SALLYPORT_TENANTS" type:"path"`
	Log     string `help:"Least level of the log: debug, info, warn, error." default:"warn" enum:"debug,info,warn,error"`

	Node                   string `help:"Name of this replica, its own among those on one database." default:"sallyport-1"`
	Database               string `help:"Postgres of the ledger, for several replicas: postgres://user@host/name?sslmode=verify-full. The password may stand in PGPASSFILE. A SQLite file in the data folder when absent." env:"SALLYPORT_DATABASE"`
	DatabaseWithoutStandby bool   `help:"Take a database without a synchronous standby: what it forgets when it is lost may be held and asked again."`

	Domain string `help:"A tool is also named by the first label of a host in this domain; empty for none." default:"sallyport.localhost"`

	DeskAddress string `help:"Where the Desk and its API listen." default:"127.0.0.1:10080"`
	IssuerURL   string `help:"Where clients reach the token endpoint, when it is not --issuer-address: something with a certificate in front of it." name:"issuer-url"`
	DeskURL     string `help:"Where browsers reach the Desk, when something with TLS stands in front of it, https://…: logins are bound to it." name:"desk-url"`
	DeskPages   string `help:"Where browsers reach the Desk: they refuse port 10080." default:"127.0.0.1:10082"`

	BehindTLS []string `help:"Listeners beyond this machine that something with TLS stands in front of, and nobody else reaches: desk, admin." name:"behind-tls" enum:"desk,admin"`
}

func (f gatewayFlags) config(s *surroundings) up.Config {
	return up.Config{
		Data: f.Data, Local: f.Local, RunDir: f.RunDir, Tenants: f.Tenants, Domain: f.Domain, DeskAddress: f.DeskAddress, DeskPages: f.DeskPages, DeskURL: f.DeskURL, IssuerURL: f.IssuerURL, BehindTLS: f.BehindTLS,
		Node: f.Node, Database: up.DatabaseURL(f.Database), DatabaseAlone: f.DatabaseWithoutStandby,
		Clock: clockwork.NewRealClock(), Logger: daemon.Logger(s.stderr, f.Log), Output: s.stderr,
		Progress: progress(s.stdout),
	}
}

type upCommand struct {
	gatewayFlags
	Cache             string   `help:"Folder of downloaded parts." default:".cache" env:"SALLYPORT_CACHE" type:"path"`
	AgentAddress      string   `help:"Where agents call." default:"127.0.0.1:10000"`
	AgentCert         string   `help:"PEM of the agent listener's certificate, with its chain." type:"path" placeholder:"FILE"`
	AgentKey          string   `help:"PEM of its key." type:"path" placeholder:"FILE"`
	AgentClientCA     string   `help:"PEM of who signs agents' certificates: they are asked for one, and a token can be bound to it." name:"agent-client-ca" type:"path" placeholder:"FILE"`
	AdminAddress      string   `help:"Health, metrics, tenants." default:"127.0.0.1:10081"`
	IssuerAddress     string   `help:"Where the token endpoint listens." default:"127.0.0.1:10083"`
	AgentURL          string   `help:"Where agents reach --agent-address, when it is another address; https:// when something in front of it has TLS." name:"agent-url"`
	ClickHouseAddress string   `help:"Where sallyport-chdb listens." default:"127.0.0.1:8123" name:"clickhouse-address"`
	ClickHouseURL     string   `help:"An engine that runs already, http://user:password@host:port/." env:"CLICKHOUSE_URL" name:"clickhouse-url"`
	ClickHouseLib     string   `help:"libchdb.so." default:".cache/chdb/libchdb.so" env:"CHDB_LIB_PATH" name:"clickhouse-lib" type:"path"`
	MaskModule        string   `help:"mask.wasm; beside this binary when absent." type:"path"`
	Examples          bool     `help:"Start the example provider and seed its keys."`
	ProviderAddress   string   `help:"Where the example provider listens; tools.yaml of the example tenants has it as origin, and must follow." default:"127.0.0.1:10090"`
	External          []string `help:"Services somebody else runs on the same data: extauthz, approvald." enum:"extauthz,approvald"`
}

// Run starts the gateway and waits for Ctrl-C.
func (c *upCommand) Run(s *surroundings) error {
	started := time.Now()
	config := c.config(s)
	config.Cache, config.AgentAddress, config.AdminAddress = c.Cache, c.AgentAddress, c.AdminAddress
	config.AgentCert, config.AgentKey, config.AgentClientCA = c.AgentCert, c.AgentKey, c.AgentClientCA
	config.IssuerAddress, config.AgentURL = c.IssuerAddress, c.AgentURL
	config.ClickHouseAddress, config.ClickHouseURL, config.ClickHouseLib = c.ClickHouseAddress, c.ClickHouseURL, c.ClickHouseLib
	config.ClickHouseBin, config.MaskModule = beside("sallyport-chdb"), c.MaskModule
	config.Examples, config.ProviderAddress = c.Examples, c.ProviderAddress
	if config.MaskModule == "" {
		config.MaskModule = beside("mask.wasm")
	}
	for _, name := range c.External {
		config.External = append(config.External, up.Service(name))
	}
	gateway, err := up.Start(s.ctx, config)
	if err != nil {
		return err
	}
	if err := greet(s.stdout, gateway, c, time.Since(started)); err != nil {
		return err
	}
	select {
	case <-s.ctx.Done():
		_, _ = fmt.Fprintln(s.stdout, "\nstopping")
		return gateway.Close()
	case err := <-gateway.Failed():
		_ = gateway.Close()
		return err
	}
}

// progress prints a line a step.
func progress(w io.Writer) func(string) {
	return func(line string) { _, _ = fmt.Fprintln(w, "  "+line) }
}

// aloneFlags are those of a service that runs alone.
type aloneFlags struct {
	gatewayFlags
	AdminAddress string `help:"Where /metrics of this process is; nowhere when absent."`
}

func (f aloneFlags) config(s *surroundings) up.Config {
	config := f.gatewayFlags.config(s)
	config.AdminAddress = f.AdminAddress
	return config
}

type extauthzCommand struct {
	aloneFlags
	OwnEnvoy           bool   `help:"Serve an Envoy of your own: there is no approvald, and what needs it is refused."`
	AllowEffectsDirect bool   `help:"With --own-envoy: effects that need no facts and no person, by rules without once, go to the tool as the agent sent them. Nothing makes them happen once."`
	ClickHouseURL      string `help:"With --own-envoy: where records are shipped, http://user:password@host:port/." env:"CLICKHOUSE_URL" name:"clickhouse-url"`
}

// Run serves until a signal.
func (c *extauthzCommand) Run(s *surroundings) error {
	if c.AllowEffectsDirect && !c.OwnEnvoy {
		return errors.New("--allow-effects-direct goes with --own-envoy: with approvald, effects go through its ledger")
	}
	config := c.config(s)
	config.OwnEnvoy, config.EffectsDirect = c.OwnEnvoy, c.AllowEffectsDirect
	if c.OwnEnvoy {
		config.ClickHouseURL = c.ClickHouseURL
	}
	return up.Alone(s.ctx, config, up.Extauthz)
}

type approvaldCommand struct{ aloneFlags }

// Run serves until a signal.
func (c *approvaldCommand) Run(s *surroundings) error {
	return up.Alone(s.ctx, c.config(s), up.Approvald)
}

// self is how to call this binary again.
func self() string {
	if len(os.Args) == 0 {
		return "sallyport"
	}
	return os.Args[0]
}
