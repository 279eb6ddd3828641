package resource

import (
	"slices"
	"testing"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/encoding/protojson"
)

// shaken is the TLS of a listener; nil without.
func shaken(t *testing.T, l *listenerv3.Listener) *tlsv3.DownstreamTlsContext {
	t.Helper()
	chain := l.GetFilterChains()[0]
	if chain.GetTransportSocket() == nil {
		return nil
	}
	if chain.GetTransportSocketConnectTimeout().AsDuration() != headersTimeout {
		t.Errorf("a handshake takes as long as it likes: %v", chain.GetTransportSocketConnectTimeout())
	}
	out := &tlsv3.DownstreamTlsContext{}
	if err := chain.GetTransportSocket().GetTypedConfig().UnmarshalTo(out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAgentListenerHasTLS(t *testing.T) {
	o := options()
	listeners := built(t, o).GetStaticResources().GetListeners()
	if shaken(t, listeners[0]) != nil || shaken(t, listeners[1]) != nil {
		t.Error("TLS that nobody asked for")
	}
	o.AgentTLS = ListenerTLS{Certificate: "/certificate.json"}
	listeners = built(t, o).GetStaticResources().GetListeners()
	got := shaken(t, listeners[0])
	common := got.GetCommonTlsContext()
	if of := common.GetTlsCertificateSdsSecretConfigs()[0]; of.GetSdsConfig().GetPathConfigSource().GetPath() != "/certificate.json" || of.GetName() != "agent-certificate" {
		t.Errorf("got %v", of)
	}
	if common.GetTlsParams().GetTlsMinimumProtocolVersion() != tlsv3.TlsParameters_TLSv1_2 || !slices.Equal(common.GetAlpnProtocols(), []string{"h2", "http/1.1"}) {
		t.Errorf("got %v", common)
	}
	if common.GetValidationContextType() != nil || got.GetRequireClientCertificate().GetValue() {
		t.Errorf("clients are asked for a certificate: %v", got)
	}
	if shaken(t, listeners[1]) != nil {
		t.Error("the execute listener is a socket of this machine")
	}
}

// A certificate that is asked for is verified, each time anew, and none is allowed.
func TestAgentListenerAsksForCertificates(t *testing.T) {
	o := options()
	o.AgentTLS = ListenerTLS{Certificate: "/certificate.json", Clients: "/clients.json"}
	got := shaken(t, built(t, o).GetStaticResources().GetListeners()[0])
	if of := got.GetCommonTlsContext().GetValidationContextSdsSecretConfig(); of.GetSdsConfig().GetPathConfigSource().GetPath() != "/clients.json" || of.GetName() != "agent-clients" {
		t.Errorf("got %v", of)
	}
	validation := kept(t)(ClientsSecret([]byte("authority"))).GetValidationContext()
	if string(validation.GetTrustedCa().GetInlineBytes()) != "authority" || validation.GetTrustChainVerification() != tlsv3.CertificateValidationContext_VERIFY_TRUST_CHAIN || validation.GetAllowExpiredCertificate() {
		t.Errorf("got %v", validation)
	}
	if got.GetRequireClientCertificate().GetValue() || !got.GetDisableStatelessSessionResumption() || !got.GetDisableStatefulSessionResumption() {
		t.Errorf("got %v", got)
	}
}

// kept is the one secret of a file.
func kept(t *testing.T) func([]byte, error) *tlsv3.Secret {
	return func(file []byte, err error) *tlsv3.Secret {
		t.Helper()
		var response discoveryv3.DiscoveryResponse
		if err != nil || protojson.Unmarshal(file, &response) != nil || len(response.GetResources()) != 1 {
			t.Fatalf("%v: %s", err, file)
		}
		out := &tlsv3.Secret{}
		if err := response.GetResources()[0].UnmarshalTo(out); err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func TestCertificateSecret(t *testing.T) {
	got := kept(t)(CertificateSecret([]byte("chain"), []byte("key")))
	pair := got.GetTlsCertificate()
	if got.GetName() != "agent-certificate" || string(pair.GetCertificateChain().GetInlineBytes()) != "chain" || string(pair.GetPrivateKey().GetInlineBytes()) != "key" {
		t.Errorf("got %v", got)
	}
}

// Half of a TLS is not none.
func TestHalfATLSIsRefused(t *testing.T) {
	o := options()
	o.AgentTLS = ListenerTLS{Clients: "/clients.json"}
	if data, err := Bootstrap(o); err == nil || data != nil {
		t.Error("it is taken")
	}
}
