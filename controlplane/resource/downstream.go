package resource

import (
	"errors"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
)

// ListenerTLS names files in PEM, which Envoy reads when it starts; the zero
// value is a listener without TLS.
type ListenerTLS struct {
	Certificate string // chain, the listener's own certificate first
	Key         string
	ClientCA    string // who signs clients' certificates; "" asks for none
}

func (l ListenerTLS) check() error {
	if (l.Certificate == "") != (l.Key == "") || l.ClientCA != "" && l.Certificate == "" {
		return errors.New("resource: a listener with TLS has a certificate and its key")
	}
	return nil
}

// secure puts TLS in front of a chain. Who opens a connection and does not shake
// hands holds it no longer than one who does not send headers.
func (p *packer) secure(chain *listenerv3.FilterChain, l ListenerTLS) {
	if l.Certificate == "" {
		return
	}
	chain.TransportSocketConnectTimeout = seconds(headersTimeout)
	chain.TransportSocket = &corev3.TransportSocket{
		Name: "envoy.transport_sockets.tls", ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: p.pack(downstream(l))},
	}
}

// downstream asks clients for a certificate and insists on none: most tokens are
// not bound to one, and the check refuses those that are. One that is shown and
// not signed by the authority ends the handshake. Every connection of a listener
// that asks shakes hands anew, so that a certificate is worth nothing once it has
// expired.
func downstream(l ListenerTLS) *tlsv3.DownstreamTlsContext {
	common := &tlsv3.CommonTlsContext{
		TlsParams: tlsVersions(), AlpnProtocols: []string{"h2", "http/1.1"},
		TlsCertificates: []*tlsv3.TlsCertificate{{CertificateChain: file(l.Certificate), PrivateKey: file(l.Key)}},
	}
	out := &tlsv3.DownstreamTlsContext{CommonTlsContext: common, RequireClientCertificate: no()}
	if l.ClientCA != "" {
		common.ValidationContextType = &tlsv3.CommonTlsContext_ValidationContext{
			ValidationContext: &tlsv3.CertificateValidationContext{TrustedCa: file(l.ClientCA)},
		}
		out.SessionTicketKeysType = &tlsv3.DownstreamTlsContext_DisableStatelessSessionResumption{DisableStatelessSessionResumption: true}
		out.DisableStatefulSessionResumption = true
	}
	return out
}

// tlsVersions are of both sides of Envoy.
func tlsVersions() *tlsv3.TlsParameters {
	return &tlsv3.TlsParameters{
		TlsMinimumProtocolVersion: tlsv3.TlsParameters_TLSv1_2, TlsMaximumProtocolVersion: tlsv3.TlsParameters_TLSv1_3,
	}
}

func file(path string) *corev3.DataSource {
	return &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: path}}
}
