// Command sallyport-chdb is the ClickHouse engine in a process of its own, for
// one machine and for tests. It owns one data folder and serves as much of
// ClickHouse's HTTP interface as clickhouse-go and curl use.
//
// Each request is a session of its own: a database, settings and query
// parameters given with it hold for it alone. What it cannot do it refuses with
// a sentence; nothing is ignored that would change what is stored.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/sallyport/sallyport/internal/daemon"
)

// flags is the command line.
type flags struct {
	Listen             string `help:"Address to listen on." default:"127.0.0.1:8123"`
	Data               string `help:"Folder of the database." default:".sallyport/clickhouse" type:"path"`
	Lib                string `help:"libchdb.so." default:".cache/chdb/libchdb.so" env:"CHDB_LIB_PATH" type:"path"`
	PasswordFile       string `help:"File with the password of user sallyport; else SALLYPORT_CHDB_PASSWORD." type:"path"`
	ReaderPasswordFile string `help:"File with the password of user audit_reader, who can only read; without it there is none." type:"path"`
	Log                string `help:"Least level of the log: debug, info, warn, error." default:"info" enum:"debug,info,warn,error"`
	AllowRemote        bool   `help:"Listen on an address that is not loopback, without TLS."`
	Unconfined         bool   `help:"Let queries read every file that this process can." env:"SALLYPORT_CHDB_UNCONFINED"`
}

// stopWithin is how long statements on their way may keep the process.
const stopWithin = 8 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv("SALLYPORT_CHDB_PASSWORD"), os.Stdout, os.Stderr))
}

// run serves until ctx ends: 0 for success, 1 for failure, 2 for a command line
// that cannot be read.
func run(ctx context.Context, args []string, password string, stdout, stderr io.Writer) int {
	var f flags
	parser, err := kong.New(&f, kong.Name("sallyport-chdb"), kong.Writers(stdout, stderr),
		kong.Description("The ClickHouse engine for one machine, over HTTP."))
	if err != nil {
		fmt.Fprintln(stderr, "sallyport-chdb:", err)
		return 2
	}
	if _, err := parser.Parse(args); err != nil {
		fmt.Fprintf(stderr, "sallyport-chdb: %v\nRun `sallyport-chdb --help` to see the flags.\n", err)
		return 2
	}
	if err := serve(ctx, f, password, stderr); err != nil {
		fmt.Fprintln(stderr, "sallyport-chdb:", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, f flags, password string, stderr io.Writer) error {
	if err := daemon.NoCoreDumps(); err != nil {
		return err
	}
	known, err := readUsers(f, password)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, f.Listen, f.AllowRemote)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	if !f.Unconfined {
		if err := confine(f.Lib, f.Data); err != nil {
			return err
		}
	}
	engine, err := openEngine(f.Lib, f.Data)
	if err != nil {
		return err
	}
	defer engine.close()
	log := daemon.Logger(stderr, f.Log).With("component", "sallyport-chdb")
	log.InfoContext(ctx, "Engine is ready", "address", listener.Addr().String(), "data", f.Data, "remote", f.AllowRemote, "unconfined", f.Unconfined)
	// What the engine computes cannot be stopped from outside. It survives any end.
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, func() { os.Exit(1) }) })()
	return daemon.ServeHTTP(ctx, listener, newServer(engine, known))
}
