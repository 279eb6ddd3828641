// Package contract_test holds what is shipped against what providers publish:
// every request that the Stripe catalog writes is one that Stripe's own
// description of its API takes, and the example provider answers in the shapes
// that it describes.
package contract_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/testkit"
)

const key = "sk_test_123"

// stripeMock starts stripe-mock; its address. It refuses what Stripe's OpenAPI
// description does not list, and keeps no state.
func stripeMock(t *testing.T) string {
	t.Helper()
	program := os.Getenv("STRIPE_MOCK")
	if program == "" {
		t.Fatal("STRIPE_MOCK is not set: run `make check`, or set it to a stripe-mock")
	}
	plain, secure := address(t), address(t)
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, "-http-addr", plain, "-https-addr", secure)
	if err := command.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = command.Wait()
	})
	testkit.Eventually(t, "stripe-mock listens", func() bool {
		res, err := http.Get("http://" + plain + "/")
		if err == nil {
			_ = res.Body.Close()
		}
		return err == nil
	})
	return "http://" + plain
}

func address(t *testing.T) string {
	t.Helper()
	return testkit.FreeAddress(t)
}

// fake starts the example provider.
func fake(t *testing.T) string {
	t.Helper()
	p, err := provider.New(provider.Options{
		Clock:    clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)),
		Accounts: []provider.Account{{Name: "acme", StripeKey: key, ZendeskKey: "a@b.example/token:z"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// answer is what a server said.
type answer struct {
	status int
	body   map[string]any
}

// send sends a request as Build wrote it.
func send(t *testing.T, server string, r action.Request) answer {
	t.Helper()
	target := server + r.Path
	if r.RawQuery != "" {
		target += "?" + r.RawQuery
	}
	req, err := http.NewRequest(r.Method, target, strings.NewReader(string(r.Body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range r.Header {
		if h.Name != "stripe-version" { // the mock knows one version, its own
			req.Header.Set(h.Name, h.Value)
		}
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := answer{status: res.StatusCode}
	if err := json.Unmarshal(data, &out.body); err != nil {
		t.Fatalf("%s %s answers %q", r.Method, r.Path, data)
	}
	return out
}
