package ads

import (
	"strconv"

	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	typeurl "github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// endpoint is the gRPC service; only deltas are spoken.
type endpoint struct {
	discoveryv3.UnimplementedAggregatedDiscoveryServiceServer
	server *Server
	done   <-chan struct{}
}

type deltaStream = discoveryv3.AggregatedDiscoveryService_DeltaAggregatedResourcesServer

// stream is one connected Envoy. Its fields are guarded by the server's mu.
type stream struct {
	server        *Server
	node          string
	nonce         int
	subscriptions map[string]*subscription // by type
	woken         chan struct{}
}

// subscription is one type of one Envoy. Envoy subscribes to all of a type.
type subscription struct {
	has      map[string]string // version by name
	answered bool              // Envoy waits for a first answer, even an empty one
	flight   *flight
}

// flight is a response that Envoy has not answered yet. There is one a type at a
// time, so that changes gather while Envoy is busy.
type flight struct {
	nonce string
	come  []item
	gone  []string
}

// DeltaAggregatedResources serves one Envoy until it, or this process, ends.
func (e *endpoint) DeltaAggregatedResources(wire deltaStream) error {
	select {
	case <-e.server.loaded:
	case <-e.done:
		return nil
	case <-wire.Context().Done():
		return nil
	}
	s := e.server.open()
	defer e.server.close(s)
	requests := receive(wire)
	for {
		select {
		case <-e.done:
			return nil
		case <-s.woken:
		case r, ok := <-requests:
			if !ok {
				return nil
			}
			if err := s.take(r); err != nil {
				return err
			}
		}
		for r := s.next(); r != nil; r = s.next() {
			if err := wire.Send(r); err != nil {
				return err
			}
		}
	}
}

// receive hands on requests until the stream ends.
func receive(wire deltaStream) <-chan *discoveryv3.DeltaDiscoveryRequest {
	out := make(chan *discoveryv3.DeltaDiscoveryRequest)
	go func() {
		defer close(out)
		for {
			r, err := wire.Recv()
			if err != nil {
				return
			}
			select {
			case out <- r:
			case <-wire.Context().Done():
				return
			}
		}
	}()
	return out
}

func (s *Server) open() *stream {
	st := &stream{server: s, subscriptions: map[string]*subscription{}, woken: make(chan struct{}, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[st] = struct{}{}
	return st
}

func (s *Server) close(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.streams, st)
}

// take reads one message of Envoy's: a subscription, or the answer to a
// response. Types that are not served here are nobody's business.
func (st *stream) take(r *discoveryv3.DeltaDiscoveryRequest) error {
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	if id := r.GetNode().GetId(); id != "" {
		st.node = id
	}
	t, ok := st.server.tables[r.GetTypeUrl()]
	if !ok {
		return nil
	}
	sub := st.subscriptions[r.GetTypeUrl()]
	if sub == nil {
		sub = &subscription{has: map[string]string{}, answered: len(r.GetInitialResourceVersions()) > 0}
		for name, version := range r.GetInitialResourceVersions() {
			sub.has[name] = version
		}
		t.confirm(sub.has)
		st.subscriptions[r.GetTypeUrl()] = sub
		return nil
	}
	if sub.flight == nil || r.GetResponseNonce() != sub.flight.nonce {
		return nil
	}
	f := sub.flight
	sub.flight = nil
	if detail := r.GetErrorDetail(); detail != nil {
		what := t.reject(f.come, detail.GetMessage())
		st.server.logger.Error("Envoy refused a change; the last good version stays", "envoy", st.node, "resource", what, "error", detail.GetMessage())
		st.server.wake()
		return status.Error(codes.Aborted, "refused by Envoy; connect again and say what is there")
	}
	t.accept(f.come)
	for _, i := range f.come {
		sub.has[i.name] = i.version
	}
	for _, name := range f.gone {
		delete(sub.has, name)
	}
	return nil
}

// next is the response that can be sent now, or nil. Clusters come before
// scopes and go after them.
func (st *stream) next() *discoveryv3.DeltaDiscoveryResponse {
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	clusters, scopes := st.subscriptions[typeurl.ClusterType], st.subscriptions[typeurl.ScopedRouteType]
	clustersCome, clustersGo := st.missing(typeurl.ClusterType, clusters)
	scopesCome, scopesGo := st.missing(typeurl.ScopedRouteType, scopes)
	calm := clusters == nil || (clusters.flight == nil && clusters.answered && len(clustersCome) == 0)
	settled := scopes == nil || (scopes.flight == nil && len(scopesCome)+len(scopesGo) == 0)
	switch {
	case idle(clusters) && (len(clustersCome) > 0 || !clusters.answered):
		return st.send(typeurl.ClusterType, clusters, clustersCome, nil)
	case idle(scopes) && calm && (len(scopesCome)+len(scopesGo) > 0 || !scopes.answered):
		return st.send(typeurl.ScopedRouteType, scopes, scopesCome, scopesGo)
	case idle(clusters) && settled && len(clustersGo) > 0:
		return st.send(typeurl.ClusterType, clusters, nil, clustersGo)
	}
	return nil
}

func idle(sub *subscription) bool { return sub != nil && sub.flight == nil }

func (st *stream) missing(typ string, sub *subscription) (come []item, gone []string) {
	if sub == nil {
		return nil, nil
	}
	return st.server.tables[typ].missing(sub.has)
}

func (st *stream) send(typ string, sub *subscription, come []item, gone []string) *discoveryv3.DeltaDiscoveryResponse {
	st.nonce++
	sub.flight = &flight{nonce: strconv.Itoa(st.nonce), come: st.server.tables[typ].batch(come), gone: gone}
	sub.answered = true
	r := &discoveryv3.DeltaDiscoveryResponse{TypeUrl: typ, Nonce: sub.flight.nonce, RemovedResources: gone}
	for _, i := range sub.flight.come {
		r.Resources = append(r.Resources, &discoveryv3.Resource{Name: i.name, Version: i.version, Resource: i.body})
	}
	return r
}
