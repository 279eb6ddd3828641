package daemon

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHealth(t *testing.T) {
	good := func(context.Context) error { return nil }
	bad := func(context.Context) error { return errors.New("the disk is full") }
	for _, tt := range []struct {
		name   string
		checks map[string]Check
		method string
		status int
		body   string
	}{
		{"nothing to check", nil, "GET", 200, `{"healthy":true,"checks":{}}` + "\n"},
		{"all good", map[string]Check{"b": good, "a": good}, "GET", 200, `{"healthy":true,"checks":{"a":"ok","b":"ok"}}` + "\n"},
		{"one bad", map[string]Check{"a": good, "spool": bad}, "GET", 503, `{"healthy":false,"checks":{"a":"ok","spool":"the disk is full"}}` + "\n"},
		{"one panics", map[string]Check{"a": func(context.Context) error { panic("x") }}, "GET", 503, `{"healthy":false,"checks":{"a":"the check panicked: x"}}` + "\n"},
		{"another method", nil, "POST", 405, "only GET\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := NewHealth()
			for name, check := range tt.checks {
				h.Add(name, check)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(tt.method, "/healthz", nil))
			if diff := cmp.Diff(tt.body, w.Body.String()); diff != "" || w.Code != tt.status {
				t.Error(w.Code, diff)
			}
		})
	}
}

func TestHealthEndsChecksWithTheRequest(t *testing.T) {
	h := NewHealth()
	h.Add("slow", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Error(w.Code, w.Body.String())
	}
}
