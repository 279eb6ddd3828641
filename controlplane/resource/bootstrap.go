package resource

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	overloadv3 "github.com/envoyproxy/go-control-plane/envoy/config/overload/v3"
	connectionsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/resource_monitors/downstream_connections/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/sallyport/sallyport/internal/wire"
)

// maxConnections is of all clients together.
const maxConnections = 50_000

// BootstrapOptions are what differs from one Envoy to the next. Sockets are
// paths of unix sockets.
type BootstrapOptions struct {
	NodeID             string
	AgentAddress       string // IP:port
	AgentTLS           ListenerTLS
	ExecuteSocket      string
	AdminSocket        string
	ControlPlaneSocket string
	AgentCheckSocket   string
	ExecuteCheckSocket string
	AccessLogFile      string
	ApprovaldSocket    string
	WasmFile           string // the mask
	Unmasked           bool   // an opening: no mask, for tests of everything else
}

// Bootstrap is Envoy's configuration as JSON.
func Bootstrap(o BootstrapOptions) ([]byte, error) {
	host, port, _ := splitPort(o.AgentAddress)
	host, ok := address(host)
	number, err := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || number == 0 {
		return nil, fmt.Errorf("the agent listener's address must be IP:port, like 127.0.0.1:10000 or [::1]:10000 (got %q)", o.AgentAddress)
	}
	if (o.WasmFile == "") != o.Unmasked {
		return nil, errors.New("resource: name the mask's module, or say that nothing is masked")
	}
	if err := o.AgentTLS.check(); err != nil {
		return nil, err
	}
	p := &packer{}
	b := &bootstrapv3.Bootstrap{
		Node: &corev3.Node{Id: o.NodeID, Cluster: "sallyport"}, Admin: admin(o.AdminSocket), DynamicResources: dynamic(),
		OverloadManager: p.overload(), Watchdogs: watchdogs(),
		StaticResources: &bootstrapv3.Bootstrap_StaticResources{
			Clusters: p.daemons(o),
			Listeners: []*listenerv3.Listener{
				p.listener(side{
					name: wire.ListenerAgent, address: tcp(host, uint32(number)), tls: o.AgentTLS, check: wire.ClusterAgentCheck,
					mask: o.WasmFile, early: agentMutations(), replies: agentReplies(), log: o.AccessLogFile,
					maxBody: SmallBody,
				}),
				p.listener(side{
					name: wire.ListenerExecute, address: pipe(o.ExecuteSocket), check: wire.ClusterExecuteCheck,
					early: executeMutations(), replies: executeReplies(), log: o.AccessLogFile,
					maxBody: LargeBody,
				}),
			},
		},
	}
	if p.err != nil {
		return nil, p.err
	}
	if err := b.ValidateAll(); err != nil {
		return nil, fmt.Errorf("resource: %w", err)
	}
	return render(b)
}

// render is JSON that is the same each time: protojson varies its spaces.
func render(m proto.Message) ([]byte, error) {
	data, err := protojson.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("resource: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", " "); err != nil {
		return nil, fmt.Errorf("resource: %w", err)
	}
	return out.Bytes(), nil
}

// stuckFor is how long a worker may do one thing. The mask's work grows with a body
// alone and takes milliseconds, so that a worker which does not come back for this
// long, on a busy machine too, does not come back.
const stuckFor = 10 * time.Second

// watchdogs end Envoy when a worker is stuck: every connection that the worker has
// would hang for ever, and Envoy has no way to end one call of a filter alone.
// Whoever runs Envoy starts it again. The main thread is let be: it compiles the
// mask, which takes seconds.
func watchdogs() *bootstrapv3.Watchdogs {
	return &bootstrapv3.Watchdogs{WorkerWatchdog: &bootstrapv3.Watchdog{KillTimeout: seconds(stuckFor)}}
}

// overload bounds the connections of all clients together.
func (p *packer) overload() *overloadv3.OverloadManager {
	return &overloadv3.OverloadManager{ResourceMonitors: []*overloadv3.ResourceMonitor{{
		Name: "envoy.resource_monitors.global_downstream_max_connections",
		ConfigType: &overloadv3.ResourceMonitor_TypedConfig{
			TypedConfig: p.pack(&connectionsv3.DownstreamConnectionsConfig{MaxActiveDownstreamConnections: maxConnections}),
		},
	}}}
}

func (p *packer) daemons(o BootstrapOptions) []*clusterv3.Cluster {
	return []*clusterv3.Cluster{
		p.daemonCluster(wire.ClusterAgentCheck, o.AgentCheckSocket, true),
		p.daemonCluster(wire.ClusterExecuteCheck, o.ExecuteCheckSocket, true),
		p.daemonCluster(wire.ClusterControlPlane, o.ControlPlaneSocket, true),
		p.daemonCluster(wire.ClusterApprovald, o.ApprovaldSocket, false),
	}
}

// admin is a socket, and reads only what harms nobody: with everything open,
// one POST to /logging prints the injected credential.
func admin(socket string) *bootstrapv3.Admin {
	return &bootstrapv3.Admin{Address: pipe(socket), AllowPaths: []*matcherv3.StringMatcher{
		exact("/ready"), prefix("/stats"), exact("/server_info"), prefix("/drain_listeners"),
	}}
}

// dynamic asks the control plane for everything else, as deltas on one stream.
func dynamic() *bootstrapv3.Bootstrap_DynamicResources {
	return &bootstrapv3.Bootstrap_DynamicResources{
		CdsConfig: overADS(),
		AdsConfig: &corev3.ApiConfigSource{
			ApiType: corev3.ApiConfigSource_DELTA_GRPC, TransportApiVersion: corev3.ApiVersion_V3, SetNodeOnFirstMessageOnly: true,
			GrpcServices: []*corev3.GrpcService{{TargetSpecifier: &corev3.GrpcService_EnvoyGrpc_{
				EnvoyGrpc: &corev3.GrpcService_EnvoyGrpc{ClusterName: wire.ClusterControlPlane},
			}}},
		},
	}
}
