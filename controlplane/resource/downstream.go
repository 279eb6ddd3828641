package resource

import (
	"errors"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

// ListenerTLS names files of secrets, which Envoy follows: whoever renames another
// one over them changes the handshakes that come. The zero value is a listener
// without TLS.
type ListenerTLS struct {
	Certificate string // CertificateSecret; it has a private key
	Clients     string // ClientsSecret; "" asks clients for no certificate
}

// Names of the secrets in their files.
const (
	certificateName = "agent-certificate"
	clientsName     = "agent-clients"
)

func (l ListenerTLS) check() error {
	if l.Clients != "" && l.Certificate == "" {
		return errors.New("resource: a listener that asks for certificates has one")
	}
	return nil
}

// CertificateSecret is a file for ListenerTLS: a chain in PEM, the listener's own
// certificate first, and its key.
func CertificateSecret(chain, key []byte) ([]byte, error) {
	return secret(&tlsv3.Secret{Name: certificateName, Type: &tlsv3.Secret_TlsCertificate{
		TlsCertificate: &tlsv3.TlsCertificate{CertificateChain: inline(chain), PrivateKey: inline(key)},
	}})
}

// ClientsSecret is a file for ListenerTLS: in PEM, who signs clients' certificates.
func ClientsSecret(authorities []byte) ([]byte, error) {
	return secret(&tlsv3.Secret{Name: clientsName, Type: &tlsv3.Secret_ValidationContext{
		ValidationContext: &tlsv3.CertificateValidationContext{TrustedCa: inline(authorities)},
	}})
}

func secret(s *tlsv3.Secret) ([]byte, error) {
	p := &packer{}
	file := &discoveryv3.DiscoveryResponse{Resources: []*anypb.Any{p.pack(s)}}
	if p.err != nil {
		return nil, p.err
	}
	return render(file)
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
		TlsCertificateSdsSecretConfigs: []*tlsv3.SdsSecretConfig{followed(certificateName, l.Certificate)},
	}
	out := &tlsv3.DownstreamTlsContext{CommonTlsContext: common, RequireClientCertificate: no()}
	if l.Clients != "" {
		common.ValidationContextType = &tlsv3.CommonTlsContext_ValidationContextSdsSecretConfig{
			ValidationContextSdsSecretConfig: followed(clientsName, l.Clients),
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

// followed is a secret in a file. What Envoy cannot take of a new one changes
// nothing.
func followed(name, path string) *tlsv3.SdsSecretConfig {
	return &tlsv3.SdsSecretConfig{Name: name, SdsConfig: &corev3.ConfigSource{
		ConfigSourceSpecifier: &corev3.ConfigSource_PathConfigSource{PathConfigSource: &corev3.PathConfigSource{Path: path}},
		ResourceApiVersion:    corev3.ApiVersion_V3,
	}}
}

func inline(data []byte) *corev3.DataSource {
	return &corev3.DataSource{Specifier: &corev3.DataSource_InlineBytes{InlineBytes: data}}
}
