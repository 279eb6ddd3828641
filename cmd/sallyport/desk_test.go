package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/testkit"
)

// shortDir leaves room for the paths of unix sockets.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// realDesk is approvald alone, with its own ledger and nothing in it.
func realDesk(t *testing.T) []string { return realDeskOf(t, exampleTenants) }

// realDeskOf is one of a folder of tenants.
func realDeskOf(t *testing.T, tenants string) []string {
	t.Helper()
	return deskAlone(t, up.Config{Tenants: tenants})
}

func TestServiceAloneTellsMetrics(t *testing.T) {
	admin := testkit.FreeAddress(t)
	deskAlone(t, up.Config{Tenants: exampleTenants, AdminAddress: admin})
	response, err := http.Get("http://" + admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(page), `sallyport_records_total{service="approvald"}`) {
		t.Errorf("%v: %s", err, page)
	}
}

// deskAlone runs approvald alone and returns the flags that reach it.
func deskAlone(t *testing.T, config up.Config) (to []string) {
	t.Helper()
	data, address := shortDir(t), testkit.FreeAddress(t)
	config.Data, config.DeskAddress, config.Clock = data, address, clockwork.NewRealClock()
	config.Logger, config.Output, config.Progress = daemon.Logger(io.Discard, "error"), io.Discard, func(string) {}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- up.Alone(ctx, config, up.Approvald)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("approvald ended with %v", err)
		}
	})
	to = []string{"--data", data, "--desk-url", "http://" + address}
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-tick.C:
		case err := <-ended:
			ended <- nil
			t.Fatalf("approvald did not start: %v", err)
		case <-deadline:
			t.Fatal("approvald is not ready")
		}
		if sallyport(t, "", append([]string{"approvals", "list"}, to...)...).code == 0 {
			tick.Stop()
			return to
		}
	}
}

func TestApprovalsOfARealDesk(t *testing.T) {
	to := realDesk(t)
	with := func(args ...string) []string { return append(append([]string{"approvals"}, args...), to...) }
	if out := succeeds(t, "", with("list")...); !strings.Contains(out, "Nothing waits for a person.") {
		t.Errorf("got %q", out)
	}
	if out := succeeds(t, "", with("list", "--json", "--all", "--tenant", "acme")...); out != "[]\n" || len(decoded[[]desk.Item](t, out)) != 0 {
		t.Errorf("got %q", out)
	}
	link := succeeds(t, "", append([]string{"desk", "ann", "--tenant", "acme"}, to...)...)
	said := decoded[desk.LinkAnswer](t, succeeds(t, "", append([]string{"desk", "ann", "--tenant", "acme", "--json"}, to...)...))
	for _, got := range []string{link, said.Link + "\n"} {
		if !strings.HasPrefix(got, "http://") || !strings.Contains(got, "/enter/") || strings.Count(got, "\n") != 1 {
			t.Errorf("got %q", got)
		}
	}
	for _, args := range [][]string{append([]string{"desk", "zoe", "--tenant", "acme"}, to...), with("show", id), with("approve", id), with("approve", id, "--digest", "sha256:x"), with("settle", id, "--done", "--reason", "x"), with("deny", id, "--reason", "no", "--json")} {
		got := sallyport(t, "", args...)
		if got.code != 1 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || len(got.stderr) < 30 {
			t.Errorf("%v: %+v", args, got)
		}
	}
	write(t, to[1]+"/desk.token", "another\n")
	if got := sallyport(t, "", with("list")...); got.code != 1 || !strings.Contains(got.stderr, "--data") {
		t.Errorf("a wrong token: %+v", got)
	}
}
