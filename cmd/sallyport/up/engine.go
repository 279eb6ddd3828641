package up

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
)

// The engine's accounts: records are shipped with the one and read with the
// other.
const (
	engineWriter = "sallyport"
	engineReader = "audit_reader"
)

// engineStopWithin is how long the engine may take to end.
const engineStopWithin = 15 * time.Second

// engine is the analytics engine and what ships records to it.
type engine struct {
	url     string // of the writer
	reader  string // of the reader; the same where the engine is somebody else's
	command *exec.Cmd
	exited  chan error
}

// startEngine starts sallyport-chdb, unless an engine's URL was given, and
// ships the spools of all services.
func (g *Gateway) startEngine(ctx context.Context) error {
	c := g.base.config
	g.engine = &engine{url: c.ClickHouseURL, reader: c.ClickHouseURL}
	if g.engine.url == "" {
		c.Progress("starting the analytics engine")
		var err error
		if g.engine.url, err = g.account(engineWriter); err != nil {
			return err
		}
		if g.engine.reader, err = g.account(engineReader); err != nil {
			return err
		}
		if err := g.spawnEngine(); err != nil {
			return err
		}
		g.parts.start("sallyport-chdb", g.keepEngine)
	}
	g.addr.ClickHouseURL = g.engine.reader
	if err := g.writeEngineURL(); err != nil {
		return err
	}
	return g.startShipper()
}

// account is the engine's URL for one user, whose password is made when there is
// none yet.
func (g *Gateway) account(user string) (string, error) {
	password, err := keep(g.base.paths.password(user))
	if err != nil {
		return "", err
	}
	u := url.URL{Scheme: "http", Host: g.base.config.ClickHouseAddress, User: url.UserPassword(user, password), Path: "/"}
	return u.String(), nil
}

// spawnEngine starts the engine's process. It dies with this one, and gets
// nothing of its environment: queries can read it.
func (g *Gateway) spawnEngine() error {
	c := g.base.config
	if _, err := os.Stat(c.ClickHouseBin); err != nil {
		return fmt.Errorf("%s is not built: run `make build`, or set CLICKHOUSE_URL to an engine that runs", c.ClickHouseBin)
	}
	if _, err := os.Stat(c.ClickHouseLib); err != nil {
		return fmt.Errorf("the engine's library %s is not there: run `make deps`, or set CLICKHOUSE_URL to an engine that runs", c.ClickHouseLib)
	}
	cmd := exec.Command(c.ClickHouseBin,
		"--listen", c.ClickHouseAddress, "--data", g.base.paths.clickhouse(), "--lib", c.ClickHouseLib, "--log", "warn",
		"--password-file", g.base.paths.password(engineWriter), "--reader-password-file", g.base.paths.password(engineReader))
	cmd.Env = []string{"SALLYPORT_CHDB_UNCONFINED=" + cmp.Or(os.Getenv("SALLYPORT_CHDB_UNCONFINED"), "false")}
	cmd.Stdout, cmd.Stderr = c.Output, c.Output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", c.ClickHouseBin, err)
	}
	g.engine.command, g.engine.exited = cmd, make(chan error, 1)
	go func(exited chan<- error) { exited <- cmd.Wait() }(g.engine.exited)
	return nil
}

// keepEngine restarts an engine that ends: records wait in the spool meanwhile.
func (g *Gateway) keepEngine(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return g.endEngine()
		case err := <-g.engine.exited:
			g.base.config.Logger.Error("The analytics engine ended; it is started again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		if err := g.spawnEngine(); err != nil {
			return err
		}
	}
}

// endEngine asks the engine to end, and ends it. It loses nothing that way.
func (g *Gateway) endEngine() error {
	_ = g.engine.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-g.engine.exited:
	case <-time.After(engineStopWithin):
		_ = g.engine.command.Process.Kill()
		<-g.engine.exited
	}
	return nil
}

// KillEngine ends the analytics engine as a crash would, for tests.
func (g *Gateway) KillEngine() error { return g.engine.command.Process.Kill() }

func (g *Gateway) startShipper() error {
	shipper, err := audit.NewShipper(audit.ShipperOptions{
		Dirs:       []string{g.base.paths.spool(Extauthz), g.base.paths.spool(Approvald), g.base.paths.spool(Issuer)},
		ClickHouse: audit.ClickHouseOptions{URL: g.engine.url, Database: "audit"},
		Clock:      g.base.config.Clock, Logger: g.base.config.Logger,
	})
	if err != nil {
		return err
	}
	g.base.watchShipper(shipper)
	g.parts.start("shipper", shipper.Run)
	return nil
}

// writeEngineURL tells commands on this machine where records can be read. It
// holds the password, so only its owner reads it.
func (g *Gateway) writeEngineURL() error {
	return os.WriteFile(g.base.paths.engineURL(), []byte(g.engine.reader+"\n"), 0o600)
}
