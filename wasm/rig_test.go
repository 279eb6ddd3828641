package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/wire"
)

// within ends a hang; it measures nothing. Envoy compiles two modules first.
const within = 2 * time.Minute

// proxy is a real Envoy with the mask in front of a tool.
type proxy struct {
	dir   string
	urls  map[string]string // by listener
	admin *http.Client
	pid   int
	log   testkit.Log
}

// startProxy builds both modules, starts Envoy and waits until it listens. What stands
// under /hunt is another tool's.
func startProxy(t *testing.T, tool, hunt net.Addr, policies map[string]string) *proxy {
	t.Helper()
	envoy := os.Getenv("ENVOY")
	if envoy == "" {
		t.Fatal(`no Envoy: run "make deps" or set ENVOY`)
	}
	dir, err := os.MkdirTemp("", "mask") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	testkit.BuildModule(t, filepath.Join(dir, "mask.wasm"), ".")
	testkit.BuildModule(t, filepath.Join(dir, "crash.wasm"), "./testdata/crash")
	config := filepath.Join(dir, "envoy.yaml")
	digests, toolOf := map[string]string{}, map[string]string{}
	for prefix, rules := range policies {
		toolOf[prefix] = "tool"
		if strings.HasPrefix(prefix, "/hunt") {
			toolOf[prefix] = "hunt"
		}
		if !strings.HasPrefix(prefix, "/bare") {
			digests[prefix] = wire.RulesDigest(rules)
		}
	}
	writeConfig(t, config, map[string]any{
		"Dir": dir, "Tools": map[string]int{"tool": tool.(*net.TCPAddr).Port, "hunt": hunt.(*net.TCPAddr).Port}, "Modules": []string{"mask", "crash"},
		"Policies": policies, "ToolOf": toolOf, "Support": supportRules(), "RulesHeader": wire.RulesHeader, "Digests": digests,
	})

	p := &proxy{dir: dir, urls: map[string]string{}, admin: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, "admin.sock"))
		},
	}}}
	p.run(t, envoy, config)
	p.await(t)
	return p
}

// supportRules are those of the role support: it is shown e-mail addresses.
func supportRules() string {
	p := mask.Default()
	p.Types = pii.Set(0).With(pii.Card)
	return string(p.AppendJSON(nil))
}
func writeConfig(t *testing.T, path string, values map[string]any) {
	t.Helper()
	var out bytes.Buffer
	if err := template.Must(template.ParseFiles("testdata/envoy.yaml")).Execute(&out, values); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts Envoy and ends it with the test.
func (p *proxy) run(t *testing.T, envoy, config string) {
	t.Helper()
	cmd := exec.Command(envoy, "-c", config, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warn", "--file-flush-interval-msec", "20")
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.pid = cmd.Process.Pid
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("Envoy's log:\n%s", p.log.String())
		}
	})
}

// await waits for readiness and learns the ports.
func (p *proxy) await(t *testing.T) {
	t.Helper()
	testkit.Eventually(t, "Envoy is ready", func() bool {
		res, err := p.admin.Get("http://envoy/listeners?format=json")
		if err != nil {
			return false
		}
		defer func() { _ = res.Body.Close() }()
		var status struct {
			Listeners []struct {
				Name    string `json:"name"`
				Address struct {
					Socket struct {
						Port int `json:"port_value"`
					} `json:"socket_address"`
				} `json:"local_address"`
			} `json:"listener_statuses"`
		}
		if json.NewDecoder(res.Body).Decode(&status) != nil {
			return false
		}
		for _, l := range status.Listeners {
			p.urls[l.Name] = fmt.Sprintf("http://127.0.0.1:%d", l.Address.Socket.Port)
		}
		return len(p.urls) == 2 && p.urls["mask"] != "http://127.0.0.1:0" && p.ready()
	})
}

func (p *proxy) ready() bool {
	res, err := p.admin.Get("http://envoy/ready")
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode == http.StatusOK
}

// received is Envoy's word about how much has come from the tool.
func (p *proxy) received(t *testing.T) string {
	t.Helper()
	res, err := p.admin.Get("http://envoy/stats?filter=cluster.tool.upstream_cx_rx_bytes_total")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// logged waits for the access log line of a path.
func (p *proxy) logged(t *testing.T, path string) string {
	t.Helper()
	var line string
	testkit.Eventually(t, "the access log has "+path, func() bool {
		data, err := os.ReadFile(filepath.Join(p.dir, "access.log"))
		if err != nil {
			return false
		}
		for l := range strings.Lines(string(data)) {
			if strings.HasPrefix(l, path+" ") {
				line = strings.TrimSpace(l)
			}
		}
		return line != ""
	})
	return line
}

// answer is what a client reads.
type answer struct {
	Status int
	Media  string
	Body   string
}

func read(t *testing.T, method, url string, header http.Header) (answer, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	res, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v behind %q", url, err, body)
	}
	return answer{res.StatusCode, res.Header.Get("Content-Type"), string(body)}, res
}
