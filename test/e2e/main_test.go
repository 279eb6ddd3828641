// Package e2e proves the gateway from outside: a real provider SDK, a browser
// and plain HTTP on one side, the example provider on the other, the real Envoy
// and the real analytics engine in between.
package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/wire"
)

// answer is one HTTP answer as an agent gets it.
type answer struct {
	status int
	header http.Header
	body   string
}

// decision is the id every answer carries.
func (a answer) decision() string { return a.header.Get(wire.HeaderDecision) }

// gateway is a rig, or a replica beside one.
type gateway interface{ Addresses() up.Addresses }

// call makes one request to the agent listener. Headers are name, value pairs.
func call(t *testing.T, r gateway, method, path, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+r.Addresses().Agent+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(data)}
}

// refund asks for a refund over plain HTTP.
func refund(t *testing.T, r gateway, token, charge, amount string, headers ...string) answer {
	t.Helper()
	form := "charge=" + charge
	if amount != "" {
		form += "&amount=" + amount
	}
	return call(t, r, http.MethodPost, "/stripe/v1/refunds", form,
		append([]string{"authorization", "Bearer " + token, "content-type", "application/x-www-form-urlencoded"}, headers...)...)
}
