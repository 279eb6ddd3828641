package bench

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"

	"github.com/sallyport/sallyport/envoy"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/testkit"
)

// allowAll is the usual small ext_authz: it allows everything.
type allowAll struct {
	authv3.UnimplementedAuthorizationServer
}

// Check allows.
func (allowAll) Check(context.Context, *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	return &authv3.CheckResponse{Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: &authv3.OkHttpResponse{}}}, nil
}

// floorConfig is the least Envoy that asks somebody: listener, ext_authz over
// gRPC with the body, router, one upstream.
const floorConfig = `{
 "admin": {"address": {"pipe": {"path": %[1]q}}},
 "static_resources": {
  "listeners": [{"name": "floor", "address": {"socket_address": {"address": %[2]q, "port_value": %[3]s}}, "filter_chains": [{"filters": [{
   "name": "hcm", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    "stat_prefix": "floor",
    "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "tool"}}]}]},
    "http_filters": [
     {"name": "authz", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz", "transport_api_version": "V3",
      "grpc_service": {"envoy_grpc": {"cluster_name": "authz"}, "timeout": "2s"}, "with_request_body": {"max_request_bytes": 65536, "pack_as_bytes": true}}},
     {"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}],
  "clusters": [
   {"name": "tool", "type": "STATIC", "load_assignment": {"cluster_name": "tool", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": %[4]q, "port_value": %[5]s}}}}]}]}},
   {"name": "authz", "type": "STATIC",
    "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions", "explicit_http_config": {"http2_protocol_options": {}}}},
    "load_assignment": {"cluster_name": "authz", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"pipe": {"path": %[6]q}}}}]}]}}]}
}`

// startFloor runs the floor in front of an upstream and returns its URL.
func startFloor(tb testing.TB, dir, envoyPath, upstream string) string {
	tb.Helper()
	socket, admin := filepath.Join(dir, "floor.sock"), filepath.Join(dir, "floor-admin.sock")
	listener, err := daemon.ListenUnix(socket)
	if err != nil {
		tb.Fatal(err)
	}
	server := grpc.NewServer(daemon.GRPCServerOptions()...)
	authv3.RegisterAuthorizationServer(server, allowAll{})
	go func() { _ = server.Serve(listener) }()
	tb.Cleanup(server.Stop)
	address := testkit.FreeAddress(tb)
	host, port, _ := net.SplitHostPort(address)
	toolHost, toolPort, _ := net.SplitHostPort(upstream)
	process, err := envoy.Start(envoy.Options{
		Path: envoyPath, Bootstrap: fmt.Appendf(nil, floorConfig, admin, host, port, toolHost, toolPort, socket),
		Dir: filepath.Join(dir, "floor"), AdminSocket: admin, Output: tb.Output(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = process.Stop() })
	if err := process.Ready(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return "http://" + address
}
