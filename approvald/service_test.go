package approvald_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/testkit"
)

// A start that fails leaves nothing behind that would stop the next one.
func TestFailedStartLetsGo(t *testing.T) {
	o := options(t, start(t))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.DeskPages = taken.Addr().String()
	if _, err := approvald.New(o); err == nil || !strings.Contains(err.Error(), "--desk-address") {
		t.Fatalf("the error does not say what to do: %v", err)
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := approvald.New(o)
	if err != nil {
		t.Fatalf("the second start: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	for _, address := range []string{o.DeskAddress, o.DeskPages} {
		response, err := http.Get("http://" + address + "/api/v1/intents")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("the Desk on %s without a token: %d", address, response.StatusCode)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
}

// options are those of a daemon on a bench.
func options(t *testing.T, b *bench) approvald.Options {
	t.Helper()
	dir, err := os.MkdirTemp("", "sp") // short: a socket's path has a limit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	spool, err := audit.OpenSpool(audit.SpoolOptions{Dir: t.TempDir(), Instance: "test", MaxBytes: 1 << 20, Clock: b.Clock, Logger: b.Log.Logger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = spool.Close() })
	return approvald.Options{
		DeskPasskeys: filepath.Join(dir, "passkeys"),
		Tenants:      b.Tenants, Ring: b.Ring, Spool: spool, RevocationsFile: filepath.Join(dir, "revocations"), Secret: func(string, string) (string, bool) { return "", false }, Database: filepath.Join(dir, "ledger.db"), Node: "n", Owner: "o",
		Socket: filepath.Join(dir, "calls.sock"), ExecuteSocket: b.Door.Socket, DeskAddress: free(t),
		DeskToken: strings.Repeat("t", 40), DeskLinks: filepath.Join(dir, "links"), Clock: b.Clock, Logger: b.Log.Logger(),
	}
}

func free(t *testing.T) string {
	t.Helper()
	return testkit.FreeAddress(t)
}
