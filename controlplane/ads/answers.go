package ads

import (
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	typeurl "github.com/envoyproxy/go-control-plane/pkg/resource/v3"
)

// delivered notes what a nonce carries.
func (s *Server) delivered(stream int64, _ *discoveryv3.DeltaDiscoveryRequest, response *discoveryv3.DeltaDiscoveryResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := delivery{stream: stream, typeURL: response.GetTypeUrl(), resources: Resources{}, removed: response.GetRemovedResources()}
	for _, r := range response.GetResources() {
		if wanted, ok := s.wanted[d.typeURL][r.GetName()]; ok {
			d.resources[r.GetName()] = wanted
		}
	}
	s.sent[response.GetNonce()] = d
}

// answered takes an acknowledgement: what was delivered is good now, or was
// refused.
func (s *Server) answered(_ int64, request *discoveryv3.DeltaDiscoveryRequest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.sent[request.GetResponseNonce()]
	if !ok {
		return nil
	}
	delete(s.sent, request.GetResponseNonce())
	if detail := request.GetErrorDetail(); detail != nil {
		s.restore(d, detail.GetMessage())
		return errRefused
	}
	for name, r := range d.resources {
		s.good[d.typeURL][name] = r
		delete(s.refused, label(d.typeURL, name))
		delete(s.rejected[d.typeURL], name)
	}
	for _, name := range d.removed {
		delete(s.good[d.typeURL], name)
		delete(s.refused, label(d.typeURL, name))
	}
	return nil
}

// restore puts back what Envoy had, so that a refused change of one tenant
// cannot keep the next changes of others away.
func (s *Server) restore(d delivery, message string) {
	back, drop := Resources{}, []string{}
	for name, r := range d.resources {
		s.logger.Error("Envoy refused a change; the last good version stays", "resource", label(d.typeURL, name), "error", message)
		s.refused[label(d.typeURL, name)] = message
		s.rejected[d.typeURL][name] = r
		if good, ok := s.good[d.typeURL][name]; ok {
			back[name] = good
		} else {
			drop = append(drop, name)
		}
	}
	if err := s.caches[d.typeURL].UpdateResources(back, drop); err != nil {
		s.logger.Error("the last good version could not be restored", "error", err)
	}
}

// closed forgets what a stream never answered.
func (s *Server) closed(stream int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for nonce, d := range s.sent {
		if d.stream == stream {
			delete(s.sent, nonce)
		}
	}
}

func label(typeURL, name string) string {
	if typeURL == typeurl.ClusterType {
		return "cluster " + name
	}
	return "scope " + name
}
