package ads

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	cachev3 "github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	typeurl "github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	serverv3 "github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// Resources are all of one type by name.
type Resources map[string]types.Resource

// Server serves clusters and scopes.
type Server struct {
	logger *slog.Logger
	caches map[string]*cachev3.LinearCache // by type

	mu       sync.Mutex
	good     map[string]Resources // what an Envoy accepted last, by type
	wanted   map[string]Resources // what was published last, by type
	sent     map[string]delivery  // by nonce, until it is answered
	refused  map[string]string    // what Envoy has against a resource, by type and name
	rejected map[string]Resources // refused ones, so that they are not tried again unchanged
}

// delivery is one response on its way.
type delivery struct {
	stream    int64
	typeURL   string
	resources Resources
	removed   []string
}

// errRefused ends a stream after Envoy refused something.
var errRefused = errors.New("refused by Envoy; the last good version is restored")

// served are the types, clusters first: a route must not name one that is not
// there.
var served = [...]string{typeurl.ClusterType, typeurl.ScopedRouteType}

// New returns a Server that has nothing yet.
func New(logger *slog.Logger) *Server {
	s := &Server{
		logger: logger, caches: map[string]*cachev3.LinearCache{}, good: map[string]Resources{}, wanted: map[string]Resources{},
		sent: map[string]delivery{}, refused: map[string]string{}, rejected: map[string]Resources{},
	}
	for _, t := range served {
		s.caches[t] = cachev3.NewLinearCache(t)
		s.good[t], s.wanted[t], s.rejected[t] = Resources{}, Resources{}, Resources{}
	}
	return s
}

// Register adds the service to a gRPC server.
func (s *Server) Register(ctx context.Context, g *grpc.Server) {
	caches := map[string]cachev3.Cache{}
	for t, c := range s.caches {
		caches[t] = c
	}
	mux := &cachev3.MuxCache{
		Caches:        caches,
		Classify:      func(r *cachev3.Request) string { return r.GetTypeUrl() },
		ClassifyDelta: func(r *cachev3.DeltaRequest) string { return r.GetTypeUrl() },
	}
	discoveryv3.RegisterAggregatedDiscoveryServiceServer(g, serverv3.NewServer(ctx, mux, serverv3.CallbackFuncs{
		StreamDeltaRequestFunc: s.answered, StreamDeltaResponseFunc: s.delivered,
		DeltaStreamClosedFunc: func(id int64, _ *corev3.Node) { s.closed(id) },
	}))
}

// Publish makes clusters and scopes the wanted state. Equal resources are not
// sent again. What goes, goes after what comes.
func (s *Server) Publish(clusters, scopes Resources) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	byType := map[string]Resources{typeurl.ClusterType: clusters, typeurl.ScopedRouteType: scopes}
	for _, t := range served {
		if err := s.caches[t].UpdateResources(s.fresh(t, byType[t]), nil); err != nil {
			return fmt.Errorf("ads: %w", err)
		}
	}
	for i := len(served) - 1; i >= 0; i-- {
		t := served[i]
		if err := s.caches[t].UpdateResources(nil, gone(s.wanted[t], byType[t])); err != nil {
			return fmt.Errorf("ads: %w", err)
		}
		s.wanted[t] = maps.Clone(byType[t])
	}
	return nil
}

// fresh are resources that differ from what was wanted before, without those
// that Envoy refused exactly as they are.
func (s *Server) fresh(t string, now Resources) Resources {
	out := Resources{}
	for name, r := range now {
		if before, ok := s.wanted[t][name]; ok && proto.Equal(before, r) {
			continue
		}
		if refused, ok := s.rejected[t][name]; ok && proto.Equal(refused, r) {
			continue
		}
		out[name] = r
	}
	return out
}

func gone(before, now Resources) []string {
	var out []string
	for name := range before {
		if _, ok := now[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

// Refused is what Envoy has against resources, by "cluster NAME" and "scope
// NAME".
func (s *Server) Refused() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.refused)
}
