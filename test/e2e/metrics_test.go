package e2e

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/rig"
)

var (
	documented = regexp.MustCompile("(?m)^\\| `(sallyport_[a-z_]+)` \\|")
	told       = regexp.MustCompile(`(?m)^# TYPE (sallyport_[a-z_]+) `)
	taken      = regexp.MustCompile(`(?m)^sallyport_records_total\{service="extauthz"\} [1-9]`)
)

// testMetrics holds docs/reference/metrics.md equal to what is told.
func testMetrics(t *testing.T, r *rig.Rig) {
	res, err := http.Get("http://" + r.Addresses().Admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err != nil || !taken.Match(page) {
		t.Errorf("%v:\n%s", err, page)
	}
	doc, err := os.ReadFile("../../docs/reference/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(names(documented, doc), names(told, page)); diff != "" {
		t.Error("the documentation (-) is not what is told (+):\n" + diff)
	}
}

// names are what an expression finds, sorted.
func names(expression *regexp.Regexp, text []byte) []string {
	var out []string
	for _, match := range expression.FindAllSubmatch(text, -1) {
		out = append(out, string(match[1]))
	}
	slices.Sort(out)
	return out
}
