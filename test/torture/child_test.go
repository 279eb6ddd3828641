package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/rig"
)

// child tells this test binary to be approvald.
const child = "TORTURE_APPROVALD"

// settings are what approvald in its own process is told.
type settings struct {
	Data, Tenants, Desk, Pages string
	Database                   string // without a type, which would hide the password
	Ahead                      time.Duration
}

func TestMain(m *testing.M) {
	if text := os.Getenv(child); text != "" {
		fmt.Fprintln(os.Stderr, approvald(text))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// approvald is `sallyport approvald`, with a clock that may be ahead.
func approvald(text string) error {
	var s settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	clock := rig.NewClock()
	clock.Advance(s.Ahead)
	c := up.Config{
		Data: s.Data, Tenants: s.Tenants, Domain: "sallyport.localhost", DeskAddress: s.Desk, DeskPages: s.Pages,
		Clock: clock, Logger: daemon.Logger(os.Stderr, "warn"), Progress: func(string) {}, Output: os.Stderr,
	}
	if s.Database != "" {
		c.Database, c.DatabaseClock = up.DatabaseURL(s.Database), clock
	}
	return up.Alone(context.Background(), c, up.Approvald)
}

// start starts approvald, and starts it again when it ends by itself, as it does
// while there is no database; it may have been killed before.
func (g *gateway) start() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	g.stop = func() {
		cancel()
		<-ended
	}
	g.spawn(ctx)
	go func() {
		defer close(ended)
		for {
			_ = g.process().Wait()
			if pause(ctx, 100*time.Millisecond); ctx.Err() != nil {
				return
			}
			g.spawn(ctx)
		}
	}()
}

func (g *gateway) spawn(ctx context.Context) {
	a := g.rig.Addresses()
	text, err := json.Marshal(settings{
		Data: g.rig.Data, Tenants: g.rig.Tenants, Desk: a.Desk, Pages: a.DeskPages, Database: g.database(),
		Ahead: time.Until(g.rig.Clock.Now()),
	})
	if err != nil {
		g.t.Error(err)
	}
	command := exec.CommandContext(ctx, os.Args[0]) // killed when ctx ends
	command.Env = append(os.Environ(), child+"="+string(text))
	command.Stdout, command.Stderr = g.rig.Log, g.rig.Log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil && ctx.Err() == nil {
		g.t.Error(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.approvald = command
}

// process is approvald as it runs now.
func (g *gateway) process() *exec.Cmd {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.approvald
}

// signal reaches approvald if it runs.
func (g *gateway) signal(s os.Signal) {
	if p := g.process().Process; p != nil {
		_ = p.Signal(s)
	}
}

// kill is kill -9.
func (g *gateway) kill() { g.stop() }
