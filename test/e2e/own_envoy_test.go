package e2e

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// ownEnvoy is somebody's own Envoy with examples/own-envoy/envoy.yaml, and the
// check alone beside it. Only addresses differ from the files.
type ownEnvoy struct {
	t       *testing.T
	data    string
	agents  string // the listener
	tool    *provider.Provider
	check   *exec.Cmd
	tenants string
}

const ownKey = "sk_test_own_51Canary"

func startOwnEnvoy(t *testing.T, flags ...string) *ownEnvoy {
	t.Helper()
	return startOwnEnvoyWithout(t, "", flags...)
}

// startOwnEnvoyWithout leaves a line of the example out.
func startOwnEnvoyWithout(t *testing.T, line string, flags ...string) *ownEnvoy {
	t.Helper()
	dir := rig.ShortDir(t)
	o := &ownEnvoy{t: t, data: filepath.Join(dir, "d"), agents: testkit.FreeAddress(t), tenants: filepath.Join(dir, "tenants")}
	p, err := provider.New(provider.Options{Accounts: []provider.Account{{Name: "acme", StripeKey: ownKey, ZendeskKey: "a@b.example/token:x", SlackKey: "xoxb-own"}}, Clock: clockwork.NewRealClock()})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(p.Handler())
	t.Cleanup(upstream.Close)
	o.tool = p
	example := filepath.Join(rig.Root(t), "examples", "own-envoy")
	if err := os.CopyFS(o.tenants, os.DirFS(filepath.Join(example, "tenants"))); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(example, "envoy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, agentPort, _ := net.SplitHostPort(o.agents)
	_, toolPort, _ := net.SplitHostPort(upstream.Listener.Addr().String())
	text := strings.NewReplacer("port_value: 10000", "port_value: "+agentPort, "port_value: 10090", "port_value: "+toolPort,
		"127.0.0.1:10090", upstream.Listener.Addr().String(), ".sallyport/run/", filepath.Join(o.data, "run")+"/").Replace(string(config))
	if !strings.Contains(text, line) {
		t.Fatalf("the example has no %q", line)
	}
	write(t, filepath.Join(dir, "envoy.yaml"), strings.Replace(text, line, "", 1))
	o.serve(flags...)
	o.start(os.Getenv("ENVOY"), "-c", filepath.Join(dir, "envoy.yaml"), "--disable-hot-restart", "--log-level", "warning", "--concurrency", "1")
	testkit.Eventually(t, "Envoy listens", func() bool {
		connection, err := net.Dial("tcp", o.agents)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	})
	return o
}

func (o *ownEnvoy) start(name string, args ...string) (*exec.Cmd, *testkit.Log) {
	o.t.Helper()
	log := &testkit.Log{}
	command := exec.Command(name, args...)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		if command.ProcessState == nil {
			_ = command.Process.Kill()
			_ = command.Wait()
		}
		if o.t.Failed() {
			o.t.Logf("%s: %s", filepath.Base(name), log)
		}
	})
	return command, log
}

// serve starts the check and stores the tool's key.
func (o *ownEnvoy) serve(flags ...string) {
	o.t.Helper()
	var log *testkit.Log
	o.check, log = o.start(rig.Built(o.t, "sallyport"), append([]string{"extauthz", "--own-envoy", "--data", o.data, "--tenants", o.tenants}, flags...)...)
	testkit.Eventually(o.t, "the check is ready", func() bool { return strings.Contains(log.String(), "extauthz is ready") })
	if said := "loading tenants from " + o.tenants; !strings.Contains(log.String(), said) {
		o.t.Errorf("who waits for a large folder is not told: %s", log)
	}
	for _, flag := range flags {
		if setting := strings.TrimPrefix(flag, "--"); !strings.Contains(log.String(), setting) {
			o.t.Errorf("nothing logs that %s is open: %s", setting, log)
		}
	}
	o.run(ownKey, "secret", "put", "--data", o.data, "--tenant", "shop", "billing_key")
}

// run runs the command of the README.
func (o *ownEnvoy) run(stdin string, args ...string) string {
	o.t.Helper()
	command := exec.Command(rig.Built(o.t, "sallyport"), args...)
	command.Stdin = strings.NewReader(stdin)
	out, err := command.Output()
	if err != nil {
		o.t.Fatalf("%v: %v %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (o *ownEnvoy) call(method, path, body string, headers ...string) (int, string) {
	o.t.Helper()
	return o.send(method, path, strings.NewReader(body), headers...)
}

// stream posts a body without saying how long it is.
func (o *ownEnvoy) stream(path, body string, headers ...string) (int, string) {
	o.t.Helper()
	return o.send(http.MethodPost, path, io.MultiReader(strings.NewReader(body)), headers...)
}

func (o *ownEnvoy) send(method, path string, body io.Reader, headers ...string) (int, string) {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), method, "http://"+o.agents+path, body)
	if err != nil {
		o.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (o *ownEnvoy) bearer(agent string) []string {
	return []string{"authorization", "Bearer " + o.run("", "token", "--data", o.data, "--tenant", "shop", "--agent", agent, "--customer", "cus_ada")}
}

// With a model, a policy and a catalog, the check decides alone for an Envoy
// that somebody else runs: reads pass with the real key, everything that would
// need the rest of the gateway is refused and says so, and nothing passes
// without a verdict.
func TestOwnEnvoy(t *testing.T) {
	o := startOwnEnvoy(t)
	bot := o.bearer("billing-bot")
	form := append([]string{"content-type", "application/x-www-form-urlencoded"}, bot...)
	testkit.Eventually(t, "the key is there", func() bool {
		status, _ := o.call("GET", "/billing/v1/charges?customer=cus_ada", "", bot...)
		return status == http.StatusOK
	})
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		says                     string
	}{
		{"a read", "GET", "/billing/v1/charges?customer=cus_ada", "", bot, 200, `"ch_ada_1000"`},
		{"another customer's", "GET", "/billing/v1/charges?customer=cus_bob", "", bot, 403, "Customer must be this session's own: customer=cus_ada"},
		{"a read that needs a fact", "GET", "/billing/v1/charges/ch_ada_1000", "", bot, 403, "Its rules wait for charge. (mediation_absent, dec-"},
		{"an effect", "POST", "/billing/v1/refunds", "charge=ch_ada_1000&amount=100", form, 403, "It changes something. (mediation_absent, dec-"},
		{"what no catalog lists", "GET", "/billing/v1/payouts", "", bot, 403, "action_unlisted"},
		{"a token for the tool", "GET", "/billing/v1/charges?customer=cus_ada", "", append([]string{"user-agent", bot[1]}, bot...), 400, "Leave the gateway's token out"},
		{"no token", "GET", "/billing/v1/charges?customer=cus_ada", "", nil, 401, "token_missing"},
		{"a forged verdict", "GET", "/billing/v1/charges?customer=cus_ada", "", []string{"x-sallyport-tenant", "shop", "x-sallyport-tool", "billing", "x-sallyport-lane", "direct"}, 401, "token_missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(o.tool.Requests())
			status, body := o.call(tt.method, tt.path, tt.body, tt.headers...)
			if status != tt.status || !strings.Contains(body, tt.says) {
				t.Errorf("%d %s", status, body)
			}
			if now := len(o.tool.Requests()); (now > before) != (tt.status == 200) {
				t.Errorf("%d requests reached the tool", now-before)
			}
		})
	}
	for _, seen := range o.tool.Requests() {
		if seen.Header.Get("authorization") != "Bearer "+ownKey {
			t.Errorf("the tool got %q", seen.Header.Get("authorization"))
		}
		for name := range seen.Header {
			if strings.HasPrefix(strings.ToLower(name), "x-sallyport-") {
				t.Errorf("the tool got %s", name)
			}
		}
	}
	_ = o.check.Process.Kill()
	_ = o.check.Wait()
	if status, body := o.call("GET", "/billing/v1/charges?customer=cus_ada", "", bot...); status != http.StatusServiceUnavailable {
		t.Errorf("without the check: %d %s", status, body)
	}
}

// Effects pass when that was opened by name, for roles and rules that allow
// them, and the opening is logged.
func TestOwnEnvoyWithEffects(t *testing.T) {
	o := startOwnEnvoy(t, "--allow-effects-direct")
	form := func(agent string) []string {
		return append([]string{"content-type", "application/x-www-form-urlencoded"}, o.bearer(agent)...)
	}
	bot := form("billing-bot")
	testkit.Eventually(t, "the key is there", func() bool {
		status, _ := o.call("GET", "/billing/v1/charges?customer=cus_ada", "", bot[2:]...)
		return status == http.StatusOK
	})
	if status, body := o.call("POST", "/billing/v1/refunds", "charge=ch_ada_1000&amount=100", bot...); status != http.StatusOK || !strings.Contains(body, `"refund"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := o.call("POST", "/billing/v1/refunds", "charge=ch_ada_1000&amount=100", form("report-bot")...); status != http.StatusForbidden || !strings.Contains(body, "policy_no_rule") {
		t.Errorf("another role: %d %s", status, body)
	}
	if status, body := o.call("GET", "/billing/v1/charges/ch_ada_1000", "", bot[2:]...); status != http.StatusForbidden || !strings.Contains(body, "mediation_absent") {
		t.Errorf("a fact is no effect: %d %s", status, body)
	}
}

// An Envoy that gives the check no bodies cannot hide it behind a body of no known
// length; one that gives them is known by the first.
func TestOwnEnvoyThatGivesNoBodies(t *testing.T) {
	const setting = "with_request_body: {max_request_bytes: 1048576, allow_partial_message: false, pack_as_bytes: true}"
	for line, first := range map[string]int{setting: http.StatusInternalServerError, "": http.StatusOK} {
		t.Run(line, func(t *testing.T) {
			o := startOwnEnvoyWithout(t, line, "--allow-effects-direct")
			bot := o.bearer("billing-bot")
			form := append([]string{"content-type", "application/x-www-form-urlencoded"}, bot...)
			testkit.Eventually(t, "the key is there", func() bool {
				status, _ := o.call("GET", "/billing/v1/charges?customer=cus_ada", "", bot...)
				return status == http.StatusOK
			})
			nothing := func() (int, string) { return o.call("POST", "/billing/v1/refunds", "", bot...) }
			if status, body := nothing(); status != http.StatusInternalServerError || !strings.Contains(body, "with_request_body") {
				t.Errorf("before any body: %d %s", status, body)
			}
			status, body := o.stream("/billing/v1/refunds", "charge=ch_ada_1000&amount=100", form...)
			if status != first || (status != http.StatusOK) != strings.Contains(body, "with_request_body") {
				t.Errorf("a body of no known length: %d %s", status, body)
			}
			if status, body := nothing(); first == http.StatusOK && (status != http.StatusUnsupportedMediaType && status != http.StatusBadRequest) {
				t.Errorf("none, once there was one: %d %s", status, body)
			}
		})
	}
}
