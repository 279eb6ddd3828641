package up

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/daemon"
)

// newMetrics is what this process tells of itself; its services add to it.
func newMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

func counter(r prometheus.Registerer, name, help string, value func() float64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}

func gauge(r prometheus.Registerer, name, help string, value func() float64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// watchSpool tells of one service's records.
func (b *base) watchSpool(s Service, spool *audit.Spool) {
	r := prometheus.WrapRegistererWith(prometheus.Labels{"service": string(s)}, b.metrics)
	counter(r, "sallyport_records_total", "Records taken.", func() float64 { return float64(spool.Stats().Records) })
	counter(r, "sallyport_records_refused_total", "Records not taken, because the disk failed or the spool is full: their calls were refused.", func() float64 { return float64(spool.Stats().Refused) })
	gauge(r, "sallyport_spool_bytes", "Bytes of records that are not shipped yet.", func() float64 { return float64(spool.Stats().Bytes) })
	gauge(r, "sallyport_spool_max_bytes", "Bytes at which calls are refused.", func() float64 { return spoolQuota })
}

// watchShipper tells of what goes to the analytics engine.
func (b *base) watchShipper(s *audit.Shipper) {
	gauge(b.metrics, "sallyport_records_waiting_segments", "Segments of records that the analytics engine does not have yet.", func() float64 {
		segments, _ := s.Backlog()
		return float64(segments)
	})
	counter(b.metrics, "sallyport_records_set_aside_total", "Damaged segments of records that were moved to bad/.", func() float64 { return float64(s.SetAside()) })
}

// watchQuota tells of lines that nothing read.
func (b *base) watchQuota(q *accesslog.Quota) {
	counter(b.metrics, "sallyport_access_log_lost_total", "Lines of Envoy's access log that were emptied away, because extauthz was not there to read them.", func() float64 { return float64(q.Lost()) })
}

// tellMetrics serves /metrics of a service that runs alone, where an address is
// given.
func (b *base) tellMetrics(ps *parts) error {
	address := b.config.AdminAddress
	if address == "" {
		return nil
	}
	door, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("admin cannot listen on %s: %w; choose another address with --admin-address", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.metrics, promhttp.HandlerOpts{}))
	ps.start("admin", func(ctx context.Context) error { return daemon.ServeHTTP(ctx, door, mux) })
	return nil
}
