package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tokenEndpoint stands for the gateway: it shows what it was asked.
func tokenEndpoint(t *testing.T) (address string, forms chan map[string][]string) {
	t.Helper()
	forms = make(chan map[string][]string, 100)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	answer := func(v map[string]any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_ = r.ParseForm()
				forms <- r.PostForm
			}
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	mux.Handle("/.well-known/oauth-authorization-server", answer(map[string]any{"issuer": "https://tokens.example", "token_endpoint": "https://tokens.example/token"}))
	mux.Handle("/.well-known/oauth-protected-resource", answer(map[string]any{"resource": server.URL}))
	mux.Handle("/token", answer(map[string]any{"access_token": "spgw_t", "expires_in": 900}))
	return server.URL, forms
}

func TestRunEndsAsTheProgramDoes(t *testing.T) {
	address, forms := tokenEndpoint(t)
	data := started(t)
	for name, tt := range map[string]struct {
		script string
		code   int
		stdout string
	}{
		"well":               {`echo done`, 0, "done\n"},
		"with a status":      {`exit 9`, 9, ""},
		"by a signal":        {`kill -KILL $$`, 128 + 9, ""},
		"its variables":      {`echo $SALLYPORT_URL | cut -d: -f1-2; echo $SALLYPORT_TOKEN | cut -c1-9; echo $ZENPY_FORCE_SCHEME; case $ZENPY_FORCE_NETLOC in 127.0.0.1:*/zendesk) echo zenpy;; esac; case $BASE in http://127.0.0.1:*/stripe) echo base;; esac`, 0, "http://127.0.0.1\nspgw_run_\nhttp\nzenpy\nbase\n"},
		"its input":          {`cat`, 0, "typed"},
		"not the real token": {`env | grep -c spgw_t$`, 1, "0\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := sallyport(t, "typed", "run", "--data", data, "--issuer", address, "--tenant", "acme", "--agent", "bot", "--ticket", "1001", "--role", "billing", "--set", "BASE=stripe", "--", "sh", "-c", tt.script)
			if got.code != tt.code || got.stdout != tt.stdout || got.stderr != "" {
				t.Errorf("got %+v", got)
			}
			form := <-forms
			if form["tenant"][0] != "acme" || form["agent"][0] != "bot" || form["subject_token"][0] != "1001" || form["scope"][0] != "billing" || form["lifetime"][0] != "900" || strings.Count(form["client_assertion"][0], ".") != 2 {
				t.Errorf("asked with %v", form)
			}
		})
	}
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "spcs_1\n")
	if got := sallyport(t, "", "run", "--issuer", address, "--client-id", "acme.backend", "--client-secret-file", secret, "true"); got.code != 0 {
		t.Errorf("as a client: %+v", got)
	}
	if form := <-forms; form["client_id"][0] != "acme.backend" || form["client_secret"][0] != "spcs_1" || form["tenant"] != nil || form["grant_type"][0] != "client_credentials" {
		t.Errorf("asked with %v", form)
	}
}

func TestRunStartsNothing(t *testing.T) {
	address, _ := tokenEndpoint(t)
	data := started(t)
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"no program":      {[]string{"--issuer", address, "--tenant", "acme", "--agent", "bot", "--data", data, "--"}, "after --"},
		"no such program": {[]string{"--issuer", address, "--tenant", "acme", "--agent", "bot", "--data", data, "--", "no-such-program"}, "does not start"},
		"no agent":        {[]string{"--issuer", address, "--tenant", "acme", "--data", data, "--", "true"}, "--agent"},
		"no data":         {[]string{"--issuer", address, "--tenant", "acme", "--agent", "bot", "--data", t.TempDir(), "--", "true"}, "there is no gateway's data"},
		"no gateway":      {[]string{"--issuer", "http://127.0.0.1:1", "--tenant", "acme", "--agent", "bot", "--data", data, "--", "true"}, "--issuer"},
		"half a client":   {[]string{"--issuer", address, "--client-id", "acme.b", "--", "true"}, "--client-secret-file"},
		"a lifetime":      {[]string{"--issuer", address, "--tenant", "acme", "--agent", "bot", "--data", data, "--ttl", "25h", "--", "true"}, "--ttl must be"},
	} {
		got := sallyport(t, "", append([]string{"run"}, tt.args...)...)
		if got.code == 0 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, tt.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A signal to the command is a signal to the program, which decides what it means.
func TestRunPassesSignalsOn(t *testing.T) {
	address, _ := tokenEndpoint(t)
	data, ready := started(t), filepath.Join(t.TempDir(), "ready")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		_ = os.Remove(ready)
		script := `trap 'echo got; exit 5' TERM INT HUP; : >"` + ready + `"; while :; do sleep 0.05; done`
		command := exec.Command(self, "run", "--data", data, "--issuer", address, "--tenant", "acme", "--agent", "bot", "--", "bash", "-c", script)
		command.Env = append(os.Environ(), "SALLYPORT_TEST_MAIN=1")
		command.WaitDelay = time.Second
		var out strings.Builder
		command.Stdout = &out
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); ; {
			if _, err := os.Stat(ready); err == nil {
				break
			}
			if time.Now().After(deadline) {
				_ = command.Process.Kill()
				t.Fatal("the program did not start")
			}
			<-time.After(5 * time.Millisecond)
		}
		if err := command.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		tooLong := time.AfterFunc(20*time.Second, func() { _ = command.Process.Kill() })
		_ = command.Wait()
		tooLong.Stop()
		if code := command.ProcessState.ExitCode(); code != 5 || out.String() != "got\n" {
			t.Errorf("%s: status %d, %q", s, code, out.String())
		}
	}
}
