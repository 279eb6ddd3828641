package ads

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	typeurl "github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// Resources are all of one type by name.
type Resources map[string]proto.Message

// Server serves clusters and scopes. Its methods may be called together.
type Server struct {
	logger *slog.Logger
	loaded chan struct{} // closed by the first Publish
	once   sync.Once

	mu      sync.Mutex
	tables  map[string]*table // by type
	streams map[*stream]struct{}
}

// Envoy is what one connected Envoy has.
type Envoy struct {
	Node     string
	Accepted map[string]string // version by "cluster NAME" and "scope NAME"
}

// New returns a Server that answers nobody until the first Publish.
func New(logger *slog.Logger) *Server {
	return &Server{
		logger: logger, loaded: make(chan struct{}), streams: map[*stream]struct{}{},
		tables: map[string]*table{typeurl.ClusterType: newTable("cluster "), typeurl.ScopedRouteType: newTable("scope ")},
	}
}

// Register adds the service to a gRPC server. Streams end with ctx.
func (s *Server) Register(ctx context.Context, g *grpc.Server) {
	discoveryv3.RegisterAggregatedDiscoveryServiceServer(g, &endpoint{server: s, done: ctx.Done()})
}

// Publish makes clusters and scopes the wanted state. Equal resources are not
// sent again, and several changes while an Envoy is busy become one. It refuses
// to take every scope away.
func (s *Server) Publish(clusters, scopes Resources) error {
	if len(scopes) == 0 {
		return errors.New("ads: nothing is published without scopes: Envoy would have no routes at all")
	}
	newClusters, newScopes := digest(clusters), digest(scopes)
	s.mu.Lock()
	s.tables[typeurl.ClusterType].want(newClusters)
	s.tables[typeurl.ScopedRouteType].want(newScopes)
	s.wake()
	s.mu.Unlock()
	s.once.Do(func() { close(s.loaded) })
	return nil
}

// wake makes every stream look at what it has to send. The caller holds mu.
func (s *Server) wake() {
	for st := range s.streams {
		select {
		case st.woken <- struct{}{}:
		default: // it has not looked since the last time
		}
	}
}

// Refused is why the wanted version of a resource is not in use, by "cluster
// NAME" and "scope NAME".
func (s *Server) Refused() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for _, t := range s.tables {
		for name, r := range t.refused {
			out[t.label+name] = r.why
		}
	}
	return out
}

// Envoys are the connected ones, by node.
func (s *Server) Envoys() []Envoy {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Envoy{}
	for st := range s.streams {
		e := Envoy{Node: st.node, Accepted: map[string]string{}}
		for typ, sub := range st.subscriptions {
			for name, version := range sub.has {
				e.Accepted[s.tables[typ].label+name] = version
			}
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Envoy) int { return strings.Compare(a.Node, b.Node) })
	return out
}

// names are the keys of a map, sorted, so that the same state is sent the same
// way.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
