package bench

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/envoy"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mask/masktest"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/wire"
)

// bodies are the answers of the suite "mask", by their last part of the path.
func bodies() map[string][]byte {
	out := map[string][]byte{}
	for _, size := range []int{1, 10, 100} {
		out[fmt.Sprintf("%dKiB-realistic", size)] = masktest.Realistic(size << 10)
		out[fmt.Sprintf("%dKiB-dense", size)] = masktest.Dense(size << 10)
	}
	return out
}

// masked are the bodies of which the speed alone is measured, by workload.
func masked() map[string][]byte {
	return map[string][]byte{"json": masktest.Realistic(64 << 10), "dense": masktest.Dense(64 << 10), "chinese": masktest.Chinese(64 << 10)}
}

// chainBody is what the whole chain is measured with.
const chainBody = "10KiB-realistic"

// maskTool answers with the body that the query names, which the loop masks as
// often as times says.
func maskTool(tb testing.TB) (address string) {
	tb.Helper()
	answers := bodies()
	for name, body := range masked() {
		answers[name] = body
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[cmp.Or(r.URL.Query().Get("body"), chainBody)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("content-type", "application/json")
		w.Header().Set("content-length", fmt.Sprint(len(body)))
		if times := r.URL.Query().Get("times"); times != "" {
			w.Header().Set("x-times", times)
		}
		_, _ = w.Write(body)
	}))
	tb.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// maskConfig is an Envoy with one worker's worth of listeners in front of one
// upstream, each with the filters that stand in its place. Routes say the mask's rules,
// and Envoy adds no headers of its own, as in the gateway.
const maskConfig = `{
 "admin": {"address": {"pipe": {"path": %q}}},
 "static_resources": {
  "listeners": [%s],
  "clusters": [{"name": "tool", "type": "STATIC", "load_assignment": {"cluster_name": "tool", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": %q, "port_value": %s}}}}]}]}}]}
}`

const maskListener = `{"name": %[1]q, "address": {"socket_address": {"address": "127.0.0.1", "port_value": %[2]s}}, "per_connection_buffer_limit_bytes": 2097152,
 "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
  "stat_prefix": %[1]q,
  "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "tool", "timeout": "0s"},
   "metadata": {"filter_metadata": {%[4]q: {%[5]q: %[6]q}}},
   "response_headers_to_add": [{"header": {"key": %[7]q, "value": %[8]q}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]}]}]},
  "http_filters": [
   {"name": "check", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config",
    "request_rules": [{"header": "x-scope", "on_header_present": {"metadata_namespace": "envoy.filters.http.ext_authz", "key": "mask"}, "remove": true}]}},
   %[3]s {"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router", "suppress_envoy_headers": true}}]}}]}]}`

const maskFilter = `{"name": "wasm", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm", "config": {
  "name": %[1]q, "failure_policy": "FAIL_RELOAD", "allow_on_headers_stop_iteration": true,
  "vm_config": {"vm_id": %[1]q, "runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": %[2]q}}}}}},`

// Subjects of the suite "mask": an Envoy without the filter, with one that does
// nothing, with one that puts bodies back as they came, with the mask, and with one
// that masks an answer again and again.
const (
	unfiltered = "unfiltered"
	noop       = "noop"
	copying    = "copy"
	sallyport  = "sallyport"
	loop       = "loop"
)

// maskProxy is an Envoy with a listener for each subject.
type maskProxy struct {
	id   int // of its process
	urls map[string]string
}

func startMaskProxy(tb testing.TB, tool string) *maskProxy {
	tb.Helper()
	dir := rig.ShortDir(tb)
	modules := map[string]string{sallyport: rig.Built(tb, "mask.wasm"), noop: filepath.Join(dir, "noop.wasm"), copying: filepath.Join(dir, "copy.wasm"), loop: filepath.Join(dir, "loop.wasm")}
	testkit.BuildModule(tb, modules[noop], "../../wasm/testdata/noop")
	testkit.BuildModule(tb, modules[copying], "../../wasm/testdata/copy")
	testkit.BuildModule(tb, modules[loop], "../../wasm/testdata/loop")
	p, rules := &maskProxy{urls: map[string]string{}}, wire.MaskRules(string(mask.Default().AppendJSON(nil)), false)
	var listeners []string
	for _, name := range []string{unfiltered, noop, copying, sallyport, loop} {
		filter := ""
		if modules[name] != "" {
			filter = fmt.Sprintf(maskFilter, name, modules[name])
		}
		address := testkit.FreeAddress(tb)
		_, port, _ := net.SplitHostPort(address)
		listeners = append(listeners, fmt.Sprintf(maskListener, name, port, filter,
			wire.RouteMetadataNamespace, wire.RouteMetaMask, rules, wire.RulesHeader, wire.RulesDigest(rules)))
		p.urls[name] = "http://" + address + "/"
	}
	host, port, _ := net.SplitHostPort(tool)
	admin := filepath.Join(dir, "admin.sock")
	runEnvoy(tb, dir, admin, fmt.Appendf(nil, maskConfig, admin, strings.Join(listeners, ","), host, port), 1)
	p.id = envoyOf(tb, dir)
	return p
}

// runEnvoy runs an Envoy until the test ends.
func runEnvoy(tb testing.TB, dir, admin string, config []byte, workers int) {
	tb.Helper()
	process, err := envoy.Start(envoy.Options{
		Path: os.Getenv("ENVOY"), Bootstrap: config, Dir: dir, AdminSocket: admin, Concurrency: workers, Output: tb.Output(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = process.Stop() })
	if err := process.Ready(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// unmasked is the subject that startUnmasked runs.
const unmasked = "unmasked"

// unlogged takes the gateway's log away, in which each answer without a mask would be
// an error, and cost as much.
func unlogged(c *up.Config) { c.Logger = slog.New(slog.DiscardHandler) }

// startUnmasked runs a second Envoy with the gateway's own chain but for the
// mask, on the gateway's services, and returns its agent listener's URL.
func startUnmasked(tb testing.TB, data string) string {
	tb.Helper()
	dir := rig.ShortDir(tb)
	socket := func(name string) string { return filepath.Join(data, "run", name+".sock") }
	address, admin := testkit.FreeAddress(tb), filepath.Join(dir, "admin.sock")
	config, err := resource.Bootstrap(resource.BootstrapOptions{
		NodeID: "unmasked", AgentAddress: address, ExecuteSocket: filepath.Join(dir, "execute.sock"), AdminSocket: admin,
		ControlPlaneSocket: socket("control"), AgentCheckSocket: socket("agent-check"), ExecuteCheckSocket: socket("execute-check"),
		// The gateway's own, so that these lines are recorded as well.
		AccessLogFile: filepath.Join(data, "envoy", "access.log"), ApprovaldSocket: socket("approvald"), Unmasked: true,
	})
	if err != nil {
		tb.Fatal(err)
	}
	runEnvoy(tb, dir, admin, config, 0)
	return "http://" + address
}

// cpu is what Envoy uses while something runs.
func (p *maskProxy) cpu(tb testing.TB, run func()) time.Duration {
	tb.Helper()
	from, err := processCPU(p.id)
	if err != nil {
		tb.Fatal(err)
	}
	run()
	to, err := processCPU(p.id)
	if err != nil {
		tb.Fatal(err)
	}
	return to - from
}
