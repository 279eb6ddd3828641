package accesslog

import (
	"encoding/json"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/wire"
)

// masked tells what the mask did, and that it was not there.
type masked struct {
	values   *prometheus.CounterVec
	withheld *prometheus.CounterVec
	unseen   prometheus.Counter
	logger   *slog.Logger
}

func newMasked(r prometheus.Registerer, logger *slog.Logger) masked {
	metrics := promauto.With(r)
	m := masked{
		values: metrics.NewCounterVec(prometheus.CounterOpts{
			Name: "sallyport_masked_values_total", Help: "Values that the mask took out of answers, by what they are.",
		}, []string{"type"}),
		withheld: metrics.NewCounterVec(prometheus.CounterOpts{
			Name: "sallyport_answers_withheld_total", Help: "Answers that the mask withheld or broke off: unreadable ones, and a fault of its own, which is an alarm.",
		}, []string{"why"}),
		unseen: metrics.NewCounter(prometheus.CounterOpts{
			Name: "sallyport_mask_reports_missing_total", Help: "Answers of tools that agents got and the mask left no report of: an alarm.",
		}),
		logger: logger,
	}
	for t := pii.Email; int(t) < pii.Types; t++ {
		m.values.WithLabelValues(t.String()) // 0 from the start, so that a rate can be seen
	}
	for _, why := range reasons {
		m.withheld.WithLabelValues(why)
	}
	return m
}

// reasons are why an answer was withheld, as the mask says it and as it is counted.
var reasons = map[string]string{wire.MaskWithheld: "unreadable", wire.MaskFault: "fault"}

// count takes one request, which an upstream answered or Envoy itself. What is no type
// of the mask's is not counted: labels are a closed list.
func (m masked) count(row *audit.Request, upstream bool) {
	if upstream && unseen(row) {
		m.unseen.Inc()
		m.logger.Error("An answer left without a report of the mask: it does not stand in the way, or it could not report", "decision", row.Decision, "tenant", row.Tenant, "status", row.Status)
	}
	if row.Listener != wire.ListenerAgent || len(row.Masked) <= len("{}") {
		return // nearly every one
	}
	var report map[string]uint32
	if json.Unmarshal([]byte(row.Masked), &report) != nil {
		return
	}
	for name, n := range report {
		if why, ok := reasons[name]; ok {
			m.withheld.WithLabelValues(why).Inc()
		} else if _, ok := pii.ParseType(name); ok {
			m.values.WithLabelValues(name).Add(float64(n))
		}
	}
}

// unseen reports an answer of a tool, or of approvald, that agents got and the mask
// says nothing about. It says {} of one in which it found nothing.
func unseen(row *audit.Request) bool {
	return row.Listener == wire.ListenerAgent && row.Cluster != "" && row.Flags == "" && row.Masked == ""
}
