package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
)

// Figure is one number of one run.
type Figure struct {
	Suite    string  `json:"suite"`
	Subject  string  `json:"subject"`
	Workload string  `json:"workload"`
	Metric   string  `json:"metric"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Ratio    float64 `json:"ratio"`    // value next to the same metric of RatioTo; 1 for RatioTo itself
	RatioTo  string  `json:"ratio_to"` // another subject of the same run
}

// compare fills the ratios of all figures to one subject.
func compare(figures []Figure, to string) {
	for i := range figures {
		f := &figures[i]
		f.RatioTo = to
		for _, base := range figures {
			if base.Subject == to && base.Workload == f.Workload && base.Metric == f.Metric && base.Value > 0 {
				f.Ratio = f.Value / base.Value
			}
		}
	}
}

// write appends figures to a file of JSON lines.
func write(path string, figures []Figure) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(file)
	for _, f := range figures {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return file.Close()
}

// table prints figures for people.
func table(w io.Writer, figures []Figure) error {
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(tab, "workload\tsubject\tmetric\tvalue\tunit\tratio\tto\t")
	for _, f := range figures {
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%s\t%.1f\t%s\t%.2f\t%s\t\n", f.Workload, f.Subject, f.Metric, f.Value, f.Unit, f.Ratio, f.RatioTo)
	}
	return tab.Flush()
}

// median of several rounds; a single disturbed round does not count.
func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}
