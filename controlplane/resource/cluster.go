package resource

import (
	"net/netip"
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

// Thousands of calls are held at once, and all of them can be released at once:
// Envoy's own breakers of 1,024 would refuse most of them.
const maxAtOnce = 20_000

const (
	connectTimeout = 5 * time.Second
	// An idle connection is closed before the other side does it: a request that
	// meets a connection on its way out has an unknown outcome. Common servers
	// wait 5 s, approvald two minutes.
	toolIdle    = 4 * time.Second
	daemonIdle  = time.Minute
	systemCA    = "/etc/ssl/certs/ca-certificates.crt"
	httpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
)

func breakers() *clusterv3.CircuitBreakers {
	return &clusterv3.CircuitBreakers{Thresholds: []*clusterv3.CircuitBreakers_Thresholds{{
		MaxConnections: number(maxAtOnce), MaxPendingRequests: number(maxAtOnce), MaxRequests: number(maxAtOnce), TrackRemaining: true,
	}}}
}

// daemonCluster is one of the gateway's own services behind a unix socket.
func (p *packer) daemonCluster(name, socket string, http2 bool) *clusterv3.Cluster {
	options := &httpv3.HttpProtocolOptions{UpstreamProtocolOptions: explicitHTTP(http2)}
	if !http2 {
		options.CommonHttpProtocolOptions = &corev3.HttpProtocolOptions{IdleTimeout: seconds(daemonIdle)}
	}
	return &clusterv3.Cluster{
		Name: name, ConnectTimeout: seconds(connectTimeout), CircuitBreakers: breakers(),
		ClusterDiscoveryType:          &clusterv3.Cluster_Type{Type: clusterv3.Cluster_STATIC},
		LoadAssignment:                assignment(name, pipe(socket)),
		TypedExtensionProtocolOptions: map[string]*anypb.Any{httpOptions: p.pack(options)},
	}
}

func explicitHTTP(http2 bool) *httpv3.HttpProtocolOptions_ExplicitHttpConfig_ {
	config := &httpv3.HttpProtocolOptions_ExplicitHttpConfig{
		ProtocolConfig: &httpv3.HttpProtocolOptions_ExplicitHttpConfig_HttpProtocolOptions{HttpProtocolOptions: &corev3.Http1ProtocolOptions{}},
	}
	if http2 {
		config.ProtocolConfig = &httpv3.HttpProtocolOptions_ExplicitHttpConfig_Http2ProtocolOptions{Http2ProtocolOptions: &corev3.Http2ProtocolOptions{
			ConnectionKeepalive: &corev3.KeepaliveSettings{Interval: seconds(10 * time.Second), Timeout: seconds(5 * time.Second)},
		}}
	}
	return &httpv3.HttpProtocolOptions_ExplicitHttpConfig_{ExplicitHttpConfig: config}
}

// toolCluster is one distinct upstream. It never retries, checks the name of
// the certificate, and refuses private addresses unless the origin allows them.
func (p *packer) toolCluster(o Origin) *clusterv3.Cluster {
	options := &httpv3.HttpProtocolOptions{
		UpstreamProtocolOptions:   explicitHTTP(false),
		CommonHttpProtocolOptions: &corev3.HttpProtocolOptions{IdleTimeout: seconds(toolIdle)},
		UpstreamHttpProtocolOptions: &corev3.UpstreamHttpProtocolOptions{
			AutoSni: true, AutoSanValidation: o.TLS,
		},
	}
	if !o.Private {
		options.HttpFilters = p.publicAddressesOnly()
	}
	c := &clusterv3.Cluster{
		Name: o.Cluster(), ConnectTimeout: seconds(connectTimeout), CircuitBreakers: breakers(),
		LoadAssignment:                assignment(o.Cluster(), tcp(o.Host, o.Port)),
		TypedExtensionProtocolOptions: map[string]*anypb.Any{httpOptions: p.pack(options)},
	}
	discover(c, o.Host)
	if o.TLS {
		c.TransportSocket = p.tls()
	}
	return c
}

// discover resolves names. One that does not resolve keeps no other tenant
// waiting; until one does, its calls are refused and not sent.
func discover(c *clusterv3.Cluster, host string) {
	if _, err := netip.ParseAddr(host); err == nil {
		c.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: clusterv3.Cluster_STATIC}
		return
	}
	c.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: clusterv3.Cluster_STRICT_DNS}
	c.DnsLookupFamily = clusterv3.Cluster_V4_PREFERRED
	c.WaitForWarmOnInit = no()
}

func (p *packer) tls() *corev3.TransportSocket {
	context := &tlsv3.UpstreamTlsContext{CommonTlsContext: &tlsv3.CommonTlsContext{
		TlsParams: tlsVersions(),
		ValidationContextType: &tlsv3.CommonTlsContext_ValidationContext{ValidationContext: &tlsv3.CertificateValidationContext{
			TrustedCa: file(systemCA),
		}},
	}}
	return &corev3.TransportSocket{
		Name: "envoy.transport_sockets.tls", ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: p.pack(context)},
	}
}

func assignment(name string, address *corev3.Address) *endpointv3.ClusterLoadAssignment {
	return &endpointv3.ClusterLoadAssignment{ClusterName: name, Endpoints: []*endpointv3.LocalityLbEndpoints{{
		LbEndpoints: []*endpointv3.LbEndpoint{{HostIdentifier: &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: address}}}},
	}}}
}

func pipe(path string) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_Pipe{Pipe: &corev3.Pipe{Path: path, Mode: 0o600}}}
}

func tcp(host string, port uint32) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address: host, PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}
}

func file(path string) *corev3.DataSource {
	return &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: path}}
}
