package admin

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestHandler(t *testing.T) {
	var sick error
	reader := Reader{All: true}
	h := New(Options{
		Tenants: func() []TenantStatus {
			return []TenantStatus{{Name: "acme", Live: "sha256:a", Seen: "sha256:b", Problems: []string{"policy.csv:1: x"}}, {Name: "globex", Problems: []string{}}}
		},
		Healthy:  func() error { return sick },
		Impaired: func() []string { return []string{"the store is away"} },
		Metrics:  prometheus.NewRegistry(),
		Reader:   func(*http.Request) Reader { return reader },
	})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	for path, want := range map[string]string{
		"/healthz": "ok\nglobex is not live, see /tenants\nthe store is away\n",
		"/metrics": `sallyport_tenant_problems{tenant="acme"} 1`,
		"/tenants": `[{"name":"acme","live":"sha256:a","seen":"sha256:b","problems":["policy.csv:1: x"]},{"name":"globex","live":"","seen":"","problems":[]}]`,
	} {
		if status, body := get(path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	// About tenants it tells who shows a proof; the rest is for probes.
	for name, c := range map[string]struct {
		reader Reader
		status int
		want   string
	}{
		"nobody":      {Reader{}, http.StatusUnauthorized, refused + "\n"},
		"of a tenant": {Reader{Tenant: "globex"}, http.StatusOK, `[{"name":"globex","live":"","seen":"","problems":[]}]` + "\n"},
		"of another":  {Reader{Tenant: "initech"}, http.StatusOK, "[]\n"},
	} {
		reader = c.reader
		if status, body := get("/tenants"); status != c.status || body != c.want {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if status, body := get("/healthz"); status != http.StatusOK || !strings.HasPrefix(body, "ok") {
			t.Errorf("%s: the probe gets %d %s", name, status, body)
		}
	}
	sick = errors.New("no tenants yet")
	if status, body := get("/healthz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "no tenants yet") {
		t.Errorf("%d %s", status, body)
	}
}
