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

// start starts approvald; it may have been killed before.
func (g *gateway) start() {
	a := g.rig.Addresses()
	text, err := json.Marshal(settings{
		Data: g.rig.Data, Tenants: g.rig.Tenants, Desk: a.Desk, Pages: a.DeskPages, Database: g.database(),
		Ahead: time.Until(g.rig.Clock.Now()),
	})
	if err != nil {
		g.t.Fatal(err)
	}
	g.approvald = exec.Command(os.Args[0])
	g.approvald.Env = append(os.Environ(), child+"="+string(text))
	g.approvald.Stdout, g.approvald.Stderr = g.rig.Log, g.rig.Log
	g.approvald.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := g.approvald.Start(); err != nil {
		g.t.Fatal(err)
	}
}

// kill is kill -9.
func (g *gateway) kill() {
	_ = g.approvald.Process.Kill()
	_ = g.approvald.Wait()
}
