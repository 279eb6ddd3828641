package ads_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/sallyport/sallyport/controlplane/ads"
	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/wire"
)

// gateway is a real Envoy between small services of the test's own.
type gateway struct {
	dir, agent string
	workers    string                    // of Envoy
	check      atomic.Pointer[checkFunc] // answers both checks
	control    *grpc.Server
	server     *ads.Server
	log        *testkit.Log
	envoy      *exec.Cmd
}

type checkFunc func(*authv3.CheckRequest) *authv3.CheckResponse

// boot publishes what it is given and starts Envoy on it.
func boot(t *testing.T, clusters, scopes ads.Resources) *gateway {
	t.Helper()
	dir, err := os.MkdirTemp("", "ads")
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{dir: dir, agent: testkit.FreeAddress(t), workers: "1", log: &testkit.Log{}}
	t.Cleanup(func() {
		g.stop()
		if t.Failed() {
			t.Logf("log:\n%s", g.log)
		}
		_ = os.RemoveAll(dir)
	})
	g.answer(allow("acme", "stripe", wire.LaneDirect))
	g.serve(t, "agent-check", func(s *grpc.Server) { authv3.RegisterAuthorizationServer(s, checker{g: g}) })
	g.serve(t, "execute-check", func(s *grpc.Server) { authv3.RegisterAuthorizationServer(s, checker{g: g}) })
	g.startControl(t, clusters, scopes)
	g.startEnvoy(t)
	return g
}

func (g *gateway) socket(name string) string { return filepath.Join(g.dir, name+".sock") }

func (g *gateway) serve(t *testing.T, name string, register func(*grpc.Server)) *grpc.Server {
	t.Helper()
	listener, err := daemon.ListenUnix(g.socket(name))
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(daemon.GRPCServerOptions()...)
	register(s)
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(s.Stop)
	return s
}

func bootWorld(t *testing.T, origins map[string]string) *gateway {
	t.Helper()
	clusters, scopes := world(t, origins)
	return boot(t, clusters, scopes)
}

func (g *gateway) publishWorld(t *testing.T, origins map[string]string) {
	t.Helper()
	clusters, scopes := world(t, origins)
	g.publish(t, clusters, scopes)
}

// startControl starts a control plane that knows nothing of an earlier one.
func (g *gateway) startControl(t *testing.T, clusters, scopes ads.Resources) {
	t.Helper()
	g.server = ads.New(slog.New(slog.NewTextHandler(g.log, nil)))
	g.publish(t, clusters, scopes)
	g.control = g.serve(t, "control", func(s *grpc.Server) { g.server.Register(t.Context(), s) })
}

func (g *gateway) publish(t *testing.T, clusters, scopes ads.Resources) {
	t.Helper()
	if err := g.server.Publish(clusters, scopes); err != nil {
		t.Fatal(err)
	}
}

func (g *gateway) startEnvoy(t *testing.T) {
	t.Helper()
	path := os.Getenv("ENVOY")
	if path == "" {
		t.Fatal(`this test runs a real Envoy: run "make deps" or set ENVOY`)
	}
	config, err := resource.Bootstrap(resource.BootstrapOptions{
		NodeID: "node-1", AgentAddress: g.agent, ExecuteSocket: g.socket("execute"), AdminSocket: g.socket("admin"),
		ControlPlaneSocket: g.socket("control"), AgentCheckSocket: g.socket("agent-check"), ExecuteCheckSocket: g.socket("execute-check"),
		AccessLogFile: filepath.Join(g.dir, "access.log"), ApprovaldSocket: g.socket("approvald"), Unmasked: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(g.dir, "bootstrap.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	g.envoy = exec.Command(path, "-c", file, "--disable-hot-restart", "--reject-unknown-dynamic-fields", "--log-level", "warning", "--concurrency", g.workers, "--file-flush-interval-msec", "20")
	g.envoy.Stdout, g.envoy.Stderr = g.log, g.log
	g.envoy.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := g.envoy.Start(); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "Envoy is ready", func() bool { return strings.Contains(g.admin("/ready"), "LIVE") })
}

func (g *gateway) stop() {
	if g.envoy != nil && g.envoy.Process != nil && g.envoy.ProcessState == nil {
		_ = g.envoy.Process.Kill()
		_ = g.envoy.Wait()
	}
}

func (g *gateway) admin(path string) string {
	response, err := overUnix(g.socket("admin")).Get("http://envoy" + path)
	if err != nil {
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

// received is one answer with its body.
type received struct {
	status int
	header http.Header
	body   string
}

// call goes through the agent listener; headers are name, value pairs.
func (g *gateway) call(t *testing.T, path string, headers ...string) received {
	t.Helper()
	return send(t, http.DefaultClient, "http://"+g.agent+path, headers)
}

// execute goes through the execute listener.
func (g *gateway) execute(t *testing.T, path string, headers ...string) received {
	t.Helper()
	return send(t, overUnix(g.socket("execute")), "http://stripe"+path, headers)
}

func send(t *testing.T, client *http.Client, url string, headers []string) received {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return received{status: response.StatusCode, header: response.Header, body: string(body)}
}

func overUnix(socket string) *http.Client {
	dialer := &net.Dialer{}
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		},
	}}
}

func (g *gateway) answer(f checkFunc) { g.check.Store(&f) }

type checker struct {
	authv3.UnimplementedAuthorizationServer
	g *gateway
}

func (c checker) Check(_ context.Context, in *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	return (*c.g.check.Load())(in), nil
}

// allow answers as extauthz does.
func allow(tenant, tool, lane string, more ...string) checkFunc {
	return func(in *authv3.CheckRequest) *authv3.CheckResponse {
		ok := &authv3.OkHttpResponse{}
		set := append([]string{wire.HeaderTenant, tenant, wire.HeaderTool, tool, wire.HeaderLane, lane, "authorization", "Bearer real"}, more...)
		for i := 0; i < len(set); i += 2 {
			ok.Headers = append(ok.Headers, &corev3.HeaderValueOption{
				Header:       &corev3.HeaderValue{Key: set[i], Value: set[i+1]},
				AppendAction: corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
			})
		}
		return &authv3.CheckResponse{
			Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: ok},
			DynamicMetadata: &structpb.Struct{Fields: map[string]*structpb.Value{
				wire.MetaVerdict:  structpb.NewStringValue(wire.VerdictAllow),
				wire.MetaDecision: structpb.NewStringValue(wire.DecisionID(requestID(in))),
				wire.MetaSlot:     structpb.NewStringValue("authorization"),
			}},
		}
	}
}

func requestID(in *authv3.CheckRequest) string {
	for _, h := range in.GetAttributes().GetRequest().GetHttp().GetHeaderMap().GetHeaders() {
		if h.GetKey() == wire.RequestID {
			return string(h.GetRawValue())
		}
	}
	return ""
}

// tool is an upstream that remembers what reached it.
type tool struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func newTool(t *testing.T, answer http.HandlerFunc) *tool {
	t.Helper()
	u := &tool{}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mu.Lock()
		u.seen = append(u.seen, r)
		u.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(u.Close)
	return u
}

func (u *tool) requests() []*http.Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]*http.Request(nil), u.seen...)
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// world builds what tenants need, each with one tool, stripe, at an origin.
// "public " before an origin leaves its guard on.
func world(t *testing.T, origins map[string]string) (clusters, scopes ads.Resources) {
	t.Helper()
	none, err := resource.None("", nil)
	if err != nil {
		t.Fatal(err)
	}
	clusters, scopes = ads.Resources{}, ads.Resources{wire.ScopeNone: none}
	for tenant, url := range origins {
		url, guarded := strings.CutPrefix(url, "public ")
		origin, err := resource.ParseOrigin(url, !guarded)
		if err != nil {
			t.Fatal(err)
		}
		cluster, err := resource.Cluster(origin)
		if err != nil {
			t.Fatal(err)
		}
		clusters[origin.Cluster()] = cluster
		scopes[tenant] = resource.Tenant(resource.TenantRoutes{Tenant: tenant, Tools: []resource.ToolRoute{
			{Name: "stripe", Origin: origin, Mask: resource.Masks{"": []byte("{}")}, Timeout: 5 * time.Second},
		}})
	}
	return clusters, scopes
}
