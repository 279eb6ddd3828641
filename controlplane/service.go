package controlplane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/sallyport/sallyport/controlplane/admin"
	"github.com/sallyport/sallyport/controlplane/ads"
	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mask/maskfile"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// Options are what the daemon needs.
type Options struct {
	Tenants      *tenant.Set
	Status       func() []tenant.Status
	Socket       string // Envoy's control plane cluster
	AdminAddress string // host:port
	Domain       string // below which the first label of a host names a tool, or ""
	// HasSecret says whether a tenant's secret is stored.
	HasSecret func(tenant, name string) bool
	// Reader is who asks admin about tenants.
	Reader func(*http.Request) admin.Reader
	// Impaired is what of its work this process cannot do now, in sentences.
	Impaired func() []string
	Metrics  *prometheus.Registry // of this process
	Logger   *slog.Logger
}

// Service is the control plane as a daemon.
type Service struct {
	options   Options
	ads       *ads.Server
	published chan struct{}
	once      sync.Once
	adminDoor net.Listener
}

// New returns a Service whose admin listens already. Envoy is answered only
// after the first Publish.
func New(o Options) (*Service, error) {
	door, err := net.Listen("tcp", o.AdminAddress)
	if err != nil {
		return nil, fmt.Errorf("admin cannot listen on %s: %w; choose another address with --admin-address", o.AdminAddress, err)
	}
	return &Service{options: o, ads: ads.New(o.Logger), published: make(chan struct{}), adminDoor: door}, nil
}

// AdminAddress is where admin listens.
func (s *Service) AdminAddress() string { return s.adminDoor.Addr().String() }

// Publish sends Envoy what the live tenants need. A tenant whose routes cannot
// be built has none: the loader lets none of those pass.
func (s *Service) Publish() {
	tenants := s.options.Tenants.All()
	none, err := resource.None(s.options.Domain, bodyClasses(tenants))
	if err != nil {
		s.options.Logger.Error("Envoy's configuration could not be built", "error", err)
		return
	}
	clusters, scopes := ads.Resources{}, ads.Resources{wire.ScopeNone: none}
	for _, t := range tenants {
		if err := add(clusters, scopes, t); err != nil {
			s.options.Logger.Error("A tenant's routes cannot be built", "tenant", t.Name, "error", err)
		}
	}
	if err := s.ads.Publish(clusters, scopes); err != nil {
		s.options.Logger.Error("Envoy's configuration could not be published", "error", err)
		return
	}
	s.once.Do(func() { close(s.published) })
}

// add builds one tenant's scope and the clusters of its origins.
func add(clusters, scopes ads.Resources, t *tenant.Tenant) error {
	var names []string
	for _, tool := range t.Tools {
		names = append(names, tool.Name)
	}
	routes := resource.TenantRoutes{Tenant: t.Name, Gateway: masks(t, func(r maskfile.Rules) mask.Policy { return r.Strictest(names) })}
	for _, tool := range t.Tools {
		origin, err := resource.ParseOrigin(tool.Origin, tool.Private)
		if err != nil {
			return err
		}
		cluster, err := resource.Cluster(origin)
		if err != nil {
			return err
		}
		clusters[origin.Cluster()] = cluster
		routes.Tools = append(routes.Tools, resource.ToolRoute{
			Name: tool.Name, Origin: origin, Timeout: tool.Timeout, Mask: masks(t, func(r maskfile.Rules) mask.Policy { return r.For(tool.Name) }),
		})
	}
	scopes[t.Name] = resource.Tenant(routes)
	return nil
}

// masks are what a tenant's rules give, for all and for each role.
func masks(t *tenant.Tenant, policy func(maskfile.Rules) mask.Policy) resource.Masks {
	out := resource.Masks{"": policy(t.Mask).AppendJSON(nil)}
	for _, role := range t.Mask.Roles() {
		out[role] = policy(t.Mask.As(role)).AppendJSON(nil)
	}
	return out
}

// Run serves until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return daemon.ServeHTTP(ctx, s.adminDoor, admin.New(admin.Options{Tenants: s.status, Healthy: s.healthy, Impaired: s.options.Impaired, Metrics: s.options.Metrics, Reader: s.options.Reader}))
	})
	group.Go(func() error { return s.serveEnvoy(ctx) })
	return group.Wait()
}

// serveEnvoy loads, then listens: a control plane that answers before it has
// tenants deletes every route.
func (s *Service) serveEnvoy(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.published:
	}
	listener, err := daemon.ListenUnix(s.options.Socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer(append(daemon.GRPCServerOptions(), daemon.RecoverPanics(s.options.Logger)...)...)
	s.ads.Register(ctx, server)
	go func() {
		<-ctx.Done()
		server.Stop()
	}()
	return server.Serve(listener)
}

func (s *Service) healthy() error {
	select {
	case <-s.published:
		return nil
	default:
		return errors.New("tenants are not loaded yet")
	}
}

// status joins what the compiler and what Envoy have against a tenant.
func (s *Service) status() []admin.TenantStatus {
	refused := s.ads.Refused()
	out := []admin.TenantStatus{}
	for _, t := range s.options.Status() {
		row := admin.TenantStatus{Name: t.Name, Live: t.Live, Seen: t.Seen, Problems: []string{}}
		for _, p := range t.Problems {
			row.Problems = append(row.Problems, p.String())
		}
		row.Problems = append(row.Problems, s.missing(t.Name)...)
		row.Tools, row.Agents = s.names(t.Name)
		if message, ok := refused["scope "+t.Name]; ok {
			row.Problems = append(row.Problems, "tools.yaml: Envoy refused the routes (got "+message+")")
		}
		out = append(out, row)
	}
	for name, message := range refused {
		if cluster, ok := strings.CutPrefix(name, "cluster "); ok {
			out = append(out, admin.TenantStatus{Name: cluster, Problems: []string{"tools.yaml: Envoy refused this origin (got " + message + ")"}})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// names are those of a live tenant's tools, and of its policy's agents.
func (s *Service) names(tenant string) (tools, agents []string) {
	t, ok := s.options.Tenants.Get(tenant)
	if !ok {
		return nil, nil
	}
	for _, tool := range t.Tools {
		tools = append(tools, tool.Name)
	}
	return tools, t.Policy.Agents()
}

// missing are the secrets that a live tenant's tools name and nobody stored.
func (s *Service) missing(name string) []string {
	t, ok := s.options.Tenants.Get(name)
	if !ok {
		return nil
	}
	var out []string
	for _, tool := range t.Tools {
		if secret := tool.Credential.Secret; !s.options.HasSecret(t.Name, secret) {
			out = append(out, fmt.Sprintf("tools.yaml: %s has no credential: store one with `sallyport secret put --tenant %s %s` (its value on standard input)", tool.Name, t.Name, secret))
		}
	}
	return out
}
