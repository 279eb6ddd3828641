package provider_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/examples/provider"
)

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault   provider.Fault
		dropped bool
		status  int
		refunds int
	}{
		"drop before":         {provider.Fault{Fault: provider.DropBefore}, true, 0, 0},
		"drop after effect":   {provider.Fault{Fault: provider.DropAfterEffect}, true, 0, 1},
		"status":              {provider.Fault{Fault: provider.Status, Status: 503}, false, 503, 0},
		"status after effect": {provider.Fault{Fault: provider.StatusAfterEffect, Status: 500}, false, 500, 1},
		"another method":      {provider.Fault{Fault: provider.DropBefore, Method: "GET"}, false, 200, 1},
		"another path":        {provider.Fault{Fault: provider.DropBefore, Path: "/v1/refund"}, false, 200, 1},
		"a prefix":            {provider.Fault{Fault: provider.Status, Status: 500, Path: "/v1/*"}, false, 500, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			if c.fault.Path == "" {
				c.fault.Path = "/v1/refunds"
			}
			if err := b.Inject(c.fault); err != nil {
				t.Fatal(err)
			}
			got, err := b.send("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key, "Authorization: Bearer "+acmeStripe)
			equal(t, c.dropped, err != nil)
			equal(t, c.status, got.status)
			equal(t, c.refunds, len(b.Refunds("ch_bob_90")))
			equal(t, c.status, b.Requests()[0].Status)
			if c.dropped || c.status != 200 {
				equal(t, 200, b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key).status)
				equal(t, 1, len(b.Refunds("ch_bob_90")))
			}
		})
	}
}

func TestFaultsThatCouldNeverBeMet(t *testing.T) {
	b := start(t)
	for name, f := range map[string]provider.Fault{
		"unknown kind":      {Fault: "explode", Path: "/"},
		"no path":           {Fault: provider.DropBefore},
		"no delay":          {Fault: provider.Slow, Path: "/"},
		"no failing status": {Fault: provider.Status, Path: "/", Status: 200},
		"negative times":    {Fault: provider.DropBefore, Path: "/", Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			if b.Inject(f) == nil {
				t.Error("was accepted")
			}
		})
	}
}

func TestControl(t *testing.T) {
	b := start(t)
	control := httptest.NewServer(b.Control())
	t.Cleanup(control.Close)
	call := func(method, path, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, control.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		data, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, strings.TrimSpace(string(data))
	}
	status, _ := call("POST", "/_fake/faults", `{"path":"/v1/refunds","method":"POST","fault":"status","status":500,"times":2}`)
	equal(t, 204, status)
	status, why := call("POST", "/_fake/faults", `{"path":"/v1/refunds","fault":"status","code":500}`)
	equal(t, 400, status)
	equal(t, `json: unknown field "code"`, why)
	for _, want := range []int{500, 500, 200} {
		equal(t, want, b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100").status)
	}
	_, effects := call("GET", "/_fake/effects", "")
	equal(t, `{"refunds":{"ch_bob_90":1},"comments":{}}`, effects)
	_, requests := call("GET", "/_fake/requests", "")
	for _, want := range []string{`"Authorization":["Bearer ` + acmeStripe + `"]`, `"body":"charge=ch_bob_90\u0026amount=100"`, `"status":200`} {
		if !strings.Contains(requests, want) {
			t.Errorf("no %s in %s", want, requests)
		}
	}
	status, _ = call("POST", "/_fake/reset", "")
	equal(t, 204, status)
	equal(t, 0, len(b.Requests()))
	equal(t, 0, len(b.Refunds("ch_bob_90")))
	equal(t, http.StatusNotFound, statusOf(t, b.url+"/_fake/requests"))
}

func statusOf(t *testing.T, url string) int {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}
