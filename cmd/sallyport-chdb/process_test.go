package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/testkit"
)

// asCommand makes this test binary the command itself.
const asCommand = "SALLYPORT_CHDB_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], os.Getenv("SALLYPORT_CHDB_PASSWORD"), os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"=1", "SALLYPORT_CHDB_PASSWORD=pass word")
	return c
}

func libraryPath(t *testing.T) string {
	t.Helper()
	lib := os.Getenv("CHDB_LIB_PATH")
	if lib == "" {
		t.Fatal(`run "make deps" or set CHDB_LIB_PATH: this test needs the real engine`)
	}
	return lib
}

// process is the command, running.
type process struct {
	t       *testing.T
	data    string
	address string
	reader  string // the file with audit_reader's password
	cmd     *exec.Cmd
}

func startProcess(t *testing.T) *process {
	t.Helper()
	libraryPath(t)
	address := testkit.FreeAddress(t)
	p := &process{t: t, data: t.TempDir(), address: address, reader: filepath.Join(t.TempDir(), "reader")}
	if err := os.WriteFile(p.reader, []byte("only reading\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.start()
	t.Cleanup(func() { p.kill() })
	return p
}

func (p *process) start() {
	p.t.Helper()
	p.cmd = command("--listen", p.address, "--data", p.data, "--reader-password-file", p.reader)
	p.cmd.Stderr = p.t.Output()
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if got := p.do(request{path: "/ping"}); got.status == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatal("the engine did not start")
		case <-tick.C:
		}
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// request is one HTTP request; an empty user is the writer.
type request struct {
	method string // POST when empty
	path   string // "/" when empty
	params string
	header http.Header
	user   string
	pass   string
	body   string
}

type response struct {
	status int
	header http.Header
	body   string
}

func (p *process) do(r request) response {
	p.t.Helper()
	if r.method == "" {
		r.method = http.MethodPost
	}
	if r.path == "/ping" {
		r.method = http.MethodGet
	}
	if r.user == "" {
		r.user, r.pass = writer, "pass word"
	}
	u := url.URL{Scheme: "http", Host: p.address, Path: "/" + strings.TrimPrefix(r.path, "/"), RawQuery: r.params}
	req, err := http.NewRequestWithContext(p.t.Context(), r.method, u.String(), strings.NewReader(r.body))
	if err != nil {
		p.t.Fatal(err)
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	if r.user != "nobody" {
		req.SetBasicAuth(r.user, r.pass)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return response{}
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response{res.StatusCode, res.Header, string(data)}
}

// must runs a statement that has to work and returns what it prints.
func (p *process) must(sql string) string {
	p.t.Helper()
	got := p.do(request{body: sql})
	if got.status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", sql, got.status, got.body)
	}
	return got.body
}

func TestRefusesToStart(t *testing.T) {
	p := startProcess(t)
	lib, dir := libraryPath(t), t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		want string
	}{
		"an owned folder":      {[]string{"--listen", "127.0.0.1:0", "--data", p.data, "--lib", lib}, "another sallyport-chdb owns " + p.data + ": use that one, stop it, or choose another folder with --data"},
		"a taken address":      {[]string{"--listen", p.address, "--data", dir, "--lib", lib}, "choose another port with --listen"},
		"an open address":      {[]string{"--listen", "0.0.0.0:0", "--data", dir, "--lib", lib}, "say --allow-remote"},
		"any address":          {[]string{"--listen", ":0", "--data", dir, "--lib", lib}, "say --allow-remote"},
		"no library":           {[]string{"--listen", "127.0.0.1:0", "--data", dir, "--lib", dir + "/none.so"}, "run `make deps`"},
		"another library":      {[]string{"--listen", "127.0.0.1:0", "--data", dir, "--lib", empty}, "run `make deps`"},
		"an empty password":    {[]string{"--listen", "127.0.0.1:0", "--data", dir, "--lib", lib, "--password-file", empty}, "is empty: write a password into it"},
		"no password file":     {[]string{"--listen", "127.0.0.1:0", "--data", dir, "--lib", lib, "--password-file", dir + "/none"}, "password file"},
		"an unknown flag":      {[]string{"--nope"}, "Run `sallyport-chdb --help`"},
		"no reader's password": {[]string{"--listen", "127.0.0.1:0", "--data", dir, "--lib", lib, "--reader-password-file", empty}, "is empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			c := command(tt.args...)
			c.Stderr = &stderr
			if err := c.Run(); err == nil {
				t.Error("it started")
			}
			if !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("it said %q", stderr.String())
			}
		})
	}
}

func TestNoPassword(t *testing.T) {
	if _, err := readUsers(flags{}, ""); err != errNoPassword { //nolint:errorlint // this very error
		t.Error(err)
	}
}

// SIGTERM ends the process in order, and what was stored is there again.
func TestTermination(t *testing.T) {
	p := startProcess(t)
	p.must("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
	p.must("INSERT INTO t VALUES (7)")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
	p.start()
	if got := p.must("SELECT * FROM t"); got != "7\n" {
		t.Errorf("got %q", got)
	}
}
