package executetest

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/sqldb"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/testkit"
)

// Start is what the clock says first.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Bench is one ledger, one Door and the example tenants.
type Bench struct {
	TB      testing.TB
	Clock   *clockwork.FakeClock
	Ring    *keyring.Ring
	Tenants *tenant.Set
	Store   ledger.Store
	Client  *execute.Client
	Door    *Door
	Records *Records
	Offers  *observed.Servers // what MCP servers were seen to offer
	Log     *testkit.Log
	open    func() (*sqldb.DB, error)
	// Channels are the ledger's, of stores that Connect opens from then on.
	Channels func(audit.Approval, string) []string
	People   func(audit.Approval, string) func(string, []string) bool
}

// New starts a Bench; tool answers what passes the Door.
func New(tb testing.TB, clock *clockwork.FakeClock, tool http.Handler) *Bench {
	tb.Helper()
	ring, err := keyring.Open(filepath.Join(tb.TempDir(), "keys"))
	if err != nil {
		tb.Fatal(err)
	}
	b := &Bench{
		TB: tb, Clock: clock, Ring: ring, Tenants: tenant.NewSet(), Records: &Records{}, Log: &testkit.Log{},
	}
	path := filepath.Join(tb.TempDir(), "ledger.db")
	b.open = func() (*sqldb.DB, error) { return sqldb.OpenSQLite(path) }
	b.Door = newDoor(tb, clock, ring, tool)
	b.Offers = &observed.Servers{}
	b.Client = execute.NewClient(execute.ClientOptions{
		Socket: b.Door.Socket, Node: node, Sealer: grant.NewSealer(ring), Surrogates: sessionkey.New(ring), Clock: clock,
		MCP: execute.MCPOptions{Servers: b.Offers, File: observed.NewFile(filepath.Join(tb.TempDir(), "servers.json")), Recorder: b.Records, Logger: b.Log.Logger()},
	})
	for _, name := range []string{"acme", "globex"} {
		b.Load(name, nil)
	}
	b.Store = b.Connect()
	return b
}

// Connect opens the ledger as another process would.
func (b *Bench) Connect() ledger.Store {
	b.TB.Helper()
	db, err := b.open()
	if err != nil {
		b.TB.Fatal(err)
	}
	store, err := ledger.NewSQL(ledger.Options{DB: db, Sealer: bodykey.New(b.Ring), Clock: b.Clock, Channels: b.Channels, People: b.People})
	if err != nil {
		b.TB.Fatal(err)
	}
	b.TB.Cleanup(func() { _ = store.Close() })
	return store
}

// On moves the bench to another, empty database.
func (b *Bench) On(open func() (*sqldb.DB, error)) {
	b.TB.Helper()
	b.open = open
	b.Store = b.Connect()
}

// Load puts an example tenant live, with its files edited.
func (b *Bench) Load(name string, edit func(files map[string]string)) {
	b.TB.Helper()
	files := exampleFiles(b.TB, name)
	if edit != nil {
		edit(files)
	}
	bundle := tenant.Bundle{Name: name, Files: map[string][]byte{}}
	for file, text := range files {
		bundle.Files[file] = []byte(text)
	}
	bundle.Version = tenant.Version(bundle.Files)
	t, problems := tenant.Load(bundle)
	if len(problems) > 0 {
		b.TB.Fatal(problems)
	}
	b.Tenants.Update([]*tenant.Tenant{t}, nil)
}

// Replace is an edit for Load; what it replaces must be there.
func Replace(tb testing.TB, file, from, to string) func(map[string]string) {
	return func(files map[string]string) {
		tb.Helper()
		if !strings.Contains(files[file], from) {
			tb.Fatalf("%s has no %q", file, from)
		}
		files[file] = strings.ReplaceAll(files[file], from, to)
	}
}

func exampleFiles(tb testing.TB, name string) map[string]string {
	tb.Helper()
	_, here, _, _ := runtime.Caller(0)
	root := os.DirFS(filepath.Join(filepath.Dir(here), "..", "..", "..", "examples", "tenants", name))
	files := map[string]string{}
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = string(data)
		return err
	})
	if err != nil || len(files) == 0 {
		tb.Fatalf("no example tenant %s: %v", name, err)
	}
	return files
}

// Engine makes an engine on a store; it does nothing by itself before Run.
func (b *Bench) Engine(owner string, store ledger.Store) *execute.Engine {
	b.TB.Helper()
	e, err := execute.NewEngine(execute.Options{
		Store: store, Client: b.Client, Tenants: b.Tenants, ProviderSecret: b.Ring.Secret(keyring.ProviderKey),
		Recorder: b.Records, Owner: owner, Clock: b.Clock, Logger: b.Log.Logger(),
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	return e
}

// Run runs an engine until the returned function has stopped it, at the latest
// when the test ends.
func (b *Bench) Run(e *execute.Engine) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := e.Run(ctx); err != nil {
			b.TB.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	b.TB.Cleanup(stop)
	return stop
}

// Eventually waits for what no event tells.
func (b *Bench) Eventually(what string, condition func() bool) {
	b.TB.Helper()
	testkit.Eventually(b.TB, what, condition)
}
