package resource

import (
	"slices"
	"testing"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
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
	o.AgentTLS = ListenerTLS{Certificate: "/cert.pem", Key: "/key.pem"}
	listeners = built(t, o).GetStaticResources().GetListeners()
	got := shaken(t, listeners[0])
	common := got.GetCommonTlsContext()
	if pair := common.GetTlsCertificates()[0]; pair.GetCertificateChain().GetFilename() != "/cert.pem" || pair.GetPrivateKey().GetFilename() != "/key.pem" {
		t.Errorf("got %v", pair)
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
	o.AgentTLS = ListenerTLS{Certificate: "/cert.pem", Key: "/key.pem", ClientCA: "/ca.pem"}
	got := shaken(t, built(t, o).GetStaticResources().GetListeners()[0])
	validation := got.GetCommonTlsContext().GetValidationContext()
	if validation.GetTrustedCa().GetFilename() != "/ca.pem" || validation.GetTrustChainVerification() != tlsv3.CertificateValidationContext_VERIFY_TRUST_CHAIN || validation.GetAllowExpiredCertificate() {
		t.Errorf("got %v", validation)
	}
	if got.GetRequireClientCertificate().GetValue() || !got.GetDisableStatelessSessionResumption() || !got.GetDisableStatefulSessionResumption() {
		t.Errorf("got %v", got)
	}
}

// Half of a TLS is not none.
func TestHalfATLSIsRefused(t *testing.T) {
	for _, half := range []ListenerTLS{{Certificate: "/cert.pem"}, {Key: "/key.pem"}, {ClientCA: "/ca.pem"}, {Key: "/key.pem", ClientCA: "/ca.pem"}, {Certificate: "/cert.pem", ClientCA: "/ca.pem"}} {
		o := options()
		o.AgentTLS = half
		if data, err := Bootstrap(o); err == nil || data != nil {
			t.Errorf("%+v is taken", half)
		}
	}
}
