package extauthz_test

import (
	"strings"
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/wire"
)

// at is a request to a host.
func at(host string, in *authv3.CheckRequest) *authv3.CheckRequest {
	in.Attributes.Request.Http.Host = host
	return in
}

// A call whose host names the tool goes on as if its path did, on both lanes:
// whoever comes later looks at the path alone.
func TestHostGoesOnAsPath(t *testing.T) {
	r := newRig(t, nil)
	for _, tt := range []struct{ name, host, method, target, body, want, lane string }{
		{"a read", "stripe.sallyport.localhost", "GET", "/v1/charges?customer=cus_ada", "", "/stripe/v1/charges?customer=cus_ada", wire.LaneDirect},
		{"a read with a query", "Stripe.Sallyport.localhost:10000", "GET", "/v1/charges?customer=cus_ada&limit=3", "", "/stripe/v1/charges?customer=cus_ada&limit=3", wire.LaneDirect},
		{"an effect", "stripe.sallyport.localhost", "POST", "/v1/refunds", refund, "/stripe/v1/refunds", wire.LaneEffect},
		{"named twice", "stripe.sallyport.localhost", "GET", charges, "", charges, wire.LaneDirect},
		{"by the path", "127.0.0.1", "GET", charges, "", charges, wire.LaneDirect},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := r.bearer("acme")
			if tt.body != "" {
				headers = append(headers, "content-type", form)
			}
			in := at(tt.host, r.request(tt.method, tt.target, tt.body, headers...))
			got := forwarded(t, in, ask(t, r.agent, in))
			if path := strings.Join(got[":path"], " "); path != tt.want || got[wire.HeaderTool][0] != "stripe" || got[wire.HeaderLane][0] != tt.lane {
				t.Errorf("goes on as %q, %v", path, got)
			}
			if row := r.one(t); row.Tool != "stripe" || !strings.HasPrefix(row.Path, "/stripe/v1/") {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}

// The host says how a client reads errors, also before anybody knows whose it is.
func TestHostTellsTheDialect(t *testing.T) {
	r := newRig(t, nil)
	if got := read(t, ask(t, r.agent, at("stripe.sallyport.localhost", r.request("GET", "/v1/charges", "")))); got.kind != "authentication_error" {
		t.Errorf("got %+v", got)
	}
	if got := read(t, ask(t, r.agent, at("zendesk.sallyport.localhost", r.request("GET", "/api/v2/tickets/1.json", "")))); got.kind != "" || got.code != "token_missing" {
		t.Errorf("got %+v", got)
	}
}
