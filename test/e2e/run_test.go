package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// Under `sallyport run` stripe-python keeps one key for longer than any token
// behind it lives, and the program's own end is the command's. The command is a
// process of its own with the machine's clock, so this gateway's is never moved.
func testRun(t *testing.T, r *rig.Rig) {
	python := os.Getenv("PYTHON")
	if python == "" {
		t.Fatal("PYTHON is not set: run `make check`, or `make deps-check` and name its python")
	}
	run := func(args ...string) (stdout, stderr string, code int) {
		command := exec.Command(rig.Built(t, "sallyport"), append([]string{"run", "--data", r.Data, "--issuer", r.Addresses().Issuer, "--tenant", "acme", "--agent", "billing-bot"}, args...)...)
		var out, errs bytes.Buffer
		command.Stdout, command.Stderr = &out, &errs
		err := command.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return out.String(), errs.String(), command.ProcessState.ExitCode()
	}
	t.Run("tokens are renewed behind one key", func(t *testing.T) {
		stdout, stderr, code := run("--ticket", "1003", "--ttl", "2s", "--set", "STRIPE_BASE=stripe", "--", python, filepath.Join("testdata", "renew.py"), "4")
		var got struct {
			Read, Other int
			Refused     []string
			Key         string
		}
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 7 {
			t.Fatalf("%v, status %d: %s %s", err, code, stdout, stderr)
		}
		if got.Read < 5 || len(got.Refused) > 0 || got.Other != 421 || !strings.HasPrefix(got.Key, "spgw_run_") {
			t.Errorf("got %+v", got)
		}
		if direct := call(t, r, "GET", "/stripe/v1/charges/ch_ada_1000", "", "authorization", "Bearer "+got.Key); direct.status != 401 {
			t.Errorf("the key at the gateway itself: %d", direct.status)
		}
		testkit.Eventually(t, "several tokens, each used, of one session", func() bool {
			return r.Count(t, "SELECT concat(toString(uniqExact(token_id) > 2), toString(uniqExact(session))) FROM audit.decisions WHERE step = 'agent' AND effect != 'deny' AND ticket = '1003'") == "11"
		})
	})
	t.Run("no token, no program", func(t *testing.T) {
		stdout, stderr, code := run("--ticket", "4242", "--", "echo", "started")
		if code != 1 || stdout != "" || !strings.Contains(stderr, "no such ticket") {
			t.Errorf("status %d: %s %s", code, stdout, stderr)
		}
		if stdout, stderr, code := run("--tenant", "acmee", "--", "echo", "started"); code != 1 || stdout != "" || !strings.Contains(stderr, "Is acmee a tenant of that gateway") {
			t.Errorf("no tenant: status %d: %s %s", code, stdout, stderr)
		}
	})
}
