package up

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/internal/decision"
)

// Node is the id of the Envoy beside these services where there is only one.
const Node = "sallyport-1"

var nodePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// maxSocketPath is what Linux takes as a unix socket's path.
const maxSocketPath = 107

// Service is one of the services that can run alone.
type Service string

// The services.
const (
	Extauthz     Service = "extauthz"
	Approvald    Service = "approvald"
	Controlplane Service = "controlplane"
	Issuer       Service = "issuer"
)

// Config is everything that can be chosen. Zero members of Addresses that end
// in port 0 are picked free and reported by Gateway.
type Config struct {
	Data    string // state that survives: keys, secrets, ledger, spool
	Local   string // what of it is this replica's alone, when several share Data; Data when empty
	RunDir  string // sockets; Local/run when empty
	Cache   string // downloaded parts
	Tenants string // one folder a tenant

	Node          string          // id of the Envoy beside these services, each replica its own; Node when empty
	Database      DatabaseURL     // of the ledger, for several replicas; a SQLite file in Data when empty
	DatabaseAlone bool            // it needs no synchronous standby
	DatabaseClock clockwork.Clock // in the place of the database's time; nil takes that

	Domain string // below which the first label of a host names a tool; "" for none

	AgentAddress      string
	AgentCert         string // PEM files of the agent listener; "" for no TLS
	AgentKey          string
	AgentClientCA     string // who signs clients' certificates; "" asks for none
	DeskAddress       string
	DeskPages         string // the Desk for browsers; DeskAddress when empty
	DeskURL           string // where browsers reach it, when something with TLS stands in front; http://DeskPages when empty
	AdminAddress      string
	IssuerAddress     string // of the token endpoint
	IssuerURL         string // of the same as clients reach it; http://IssuerAddress when empty
	AgentURL          string // where clients reach the agent listener; https:// or http://AgentAddress when empty
	ClickHouseAddress string
	BehindTLS         []string // of desk, admin: listeners beyond this machine that something with TLS stands in front of
	ProviderAddress   string   // of the example provider

	ClickHouseURL string // an engine that runs already; "" starts sallyport-chdb
	ClickHouseBin string // sallyport-chdb
	ClickHouseLib string // libchdb.so
	MaskModule    string // mask.wasm

	Examples bool      // start the example provider and seed its keys
	External []Service // run by somebody else on the same Data

	OwnEnvoy      bool // extauthz alone serves somebody's own Envoy, and there is no approvald
	EffectsDirect bool // then: effects that need nothing else go to the tool as they are

	Clock    clockwork.Clock
	Logger   *slog.Logger
	Progress func(string) // one line a step
	Output   io.Writer    // of child processes
}

// DatabaseURL prints without its password.
type DatabaseURL = approvald.DatabaseURL

func (c Config) node() string { return cmp.Or(c.Node, Node) }

// RevocationsFile is where a data folder keeps what is revoked.
func RevocationsFile(data string) string { return filepath.Join(data, "revocations.jsonl") }

// paths are where things stand: those below data may be other replicas' too, those
// below local are not.
type paths struct{ data, local, run string }

func (c Config) paths() paths {
	local := cmp.Or(c.Local, c.Data)
	return paths{data: c.Data, local: local, run: cmp.Or(c.RunDir, filepath.Join(local, "run"))}
}

func (p paths) socket(name string) string   { return filepath.Join(p.run, name+".sock") }
func (p paths) keys() string                { return filepath.Join(p.data, "keys") }
func (p paths) secrets() string             { return filepath.Join(p.data, "secrets.age") }
func (p paths) identity() string            { return filepath.Join(p.data, "keys", "secrets.identity") }
func (p paths) ledger() string              { return filepath.Join(p.data, "ledger", "ledger.db") }
func (p paths) revocations() string         { return RevocationsFile(p.data) }
func (p paths) servers() string             { return filepath.Join(p.local, "mcp-servers.json") }
func (p paths) issuers() string             { return filepath.Join(p.data, "issuers.json") }
func (p paths) limits() string              { return filepath.Join(p.local, "limits.json") }
func (p paths) clickhouse() string          { return filepath.Join(p.local, "clickhouse") }
func (p paths) accessLog() string           { return filepath.Join(p.envoy(), "access.log") }
func (p paths) envoy() string               { return filepath.Join(p.local, "envoy") }
func (p paths) deskToken() string           { return filepath.Join(p.data, "desk.token") }
func (p paths) passkeys() string            { return filepath.Join(p.data, "passkeys") }
func (p paths) deskLinks() string           { return filepath.Join(p.data, "desk-links") }
func (p paths) password(user string) string { return filepath.Join(p.data, "keys", user+".password") }
func (p paths) engineURL() string           { return filepath.Join(p.data, "clickhouse.url") }
func (p paths) spool(s Service) string      { return filepath.Join(p.local, "spool", string(s)) }

// Names of the sockets between Envoy and the services.
const (
	socketAgentCheck   = "agent-check"
	socketExecuteCheck = "execute-check"
	socketApprovald    = "approvald"
	socketControl      = "control"
	socketExecute      = "execute"
	socketAdmin        = "envoy-admin"
)

// check refuses what would fail later with a worse sentence.
func (c Config) check() error {
	longest := c.paths().socket(socketExecuteCheck)
	if len(longest) > maxSocketPath {
		return fmt.Errorf("the data folder's path is too long for unix sockets (%s has %d bytes, at most %d): choose a shorter one with --data, --local or --run-dir", longest, len(longest), maxSocketPath)
	}
	if _, err := decision.ParseDomain(c.Domain); err != nil {
		return fmt.Errorf("--domain: %w", err)
	}
	if c.DeskURL != "" && (!isBase(c.DeskURL) || !isHTTPS(c.DeskURL)) {
		return fmt.Errorf("--desk-url must be like https://desk.example.com (got %q)", c.DeskURL)
	}
	if !nodePattern.MatchString(c.node()) {
		return fmt.Errorf("--node must be a name in a-z, 0-9 and '-' (got %q)", c.Node)
	}
	if c.DatabaseAlone && c.Database == "" {
		return errors.New("--database-without-standby goes with --database: a SQLite file has no standby")
	}
	if err := c.checkIssuer(); err != nil {
		return err
	}
	if err := c.checkAgent(); err != nil {
		return err
	}
	if err := c.checkPlain(); err != nil {
		return err
	}
	if c.Clock == nil || c.Logger == nil || c.Progress == nil || c.Output == nil {
		return fmt.Errorf("up: an option is missing")
	}
	return nil
}

func (c Config) external(s Service) bool {
	for _, e := range c.External {
		if e == s {
			return true
		}
	}
	return false
}
