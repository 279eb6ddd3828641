package admin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// TenantStatus is what became of one tenant's newest files.
type TenantStatus struct {
	Name     string   `json:"name"`
	Live     string   `json:"live"` // version in use, "" when none ever worked
	Seen     string   `json:"seen"` // newest version
	Problems []string `json:"problems"`
	Tools    []string `json:"tools,omitempty"`  // names of those in use
	Agents   []string `json:"agents,omitempty"` // names that the policy in use speaks about
}

// Options are what the handler shows.
type Options struct {
	Tenants  func() []TenantStatus
	Healthy  func() error         // nil when this process does its work
	Impaired func() []string      // what of its work it cannot do now, in sentences
	Metrics  *prometheus.Registry // of this process; the tenants' are added
	// Reader is who asks for /tenants, by the proof that a request carries.
	Reader func(*http.Request) Reader
}

// Reader is which tenants somebody may read about; the zero Reader none.
type Reader struct {
	All    bool   // who holds the data folder
	Tenant string // of a person who logged in; "" for none
}

func (r Reader) may(tenant string) bool { return r.All || r.Tenant != "" && r.Tenant == tenant }

// New returns the handler: /healthz, /metrics and /tenants. /healthz names the
// tenants and origins that are not live and what else is impaired, and is 200 beside them.
func New(o Options) http.Handler {
	o.Metrics.MustRegister(tenantsCollector{o.Tenants})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if err := o.Healthy(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
		for _, t := range o.Tenants() { // the others are served: no reason to take this process away
			if t.Live == "" {
				_, _ = fmt.Fprintf(w, "%s is not live, see /tenants\n", t.Name)
			}
		}
		for _, what := range o.Impaired() {
			_, _ = fmt.Fprintln(w, what)
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /tenants", o.tenants)
	return mux
}

// refused is who may not read, in the words of the Desk's API.
const refused = `{"title":"Login needed","status":401,"detail":"The state of tenants is for a login at the Desk (sallyport login) of somebody in a group of operators in approvals.yaml, and for who names the gateway's data folder with --data."}`

// tenants are those that the reader may read about.
func (o Options) tenants(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("content-type", "application/json")
	w.Header().Set("cache-control", "no-store")
	reader := o.Reader(r)
	if reader == (Reader{}) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, refused+"\n")
		return
	}
	all := o.Tenants()
	_ = json.NewEncoder(w).Encode(slices.DeleteFunc(all, func(t TenantStatus) bool { return !reader.may(t.Name) }))
}

// tenantsCollector counts tenants by state at each scrape.
type tenantsCollector struct{ tenants func() []TenantStatus }

var tenantProblems = prometheus.NewDesc("sallyport_tenant_problems",
	"Mistakes in the newest files of a tenant; its last good version is live.", []string{"tenant"}, nil)

// Describe is part of prometheus.Collector.
func (tenantsCollector) Describe(ch chan<- *prometheus.Desc) { ch <- tenantProblems }

// Collect is part of prometheus.Collector.
func (c tenantsCollector) Collect(ch chan<- prometheus.Metric) {
	for _, t := range c.tenants() {
		ch <- prometheus.MustNewConstMetric(tenantProblems, prometheus.GaugeValue, float64(len(t.Problems)), t.Name)
	}
}
