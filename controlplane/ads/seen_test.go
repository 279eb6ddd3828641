package ads_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/wire"
)

// The check refuses a call that would hand a token to its tool, so that it MUST
// see every header of an agent's that a tool gets.
func TestCheckSeesWhatToolsGet(t *testing.T) {
	one := newTool(t, says("one"))
	g := bootWorld(t, map[string]string{"acme": one.URL})
	var asked *authv3.CheckRequest
	g.answer(func(in *authv3.CheckRequest) *authv3.CheckResponse {
		asked = in
		return allow("acme", "stripe", wire.LaneDirect)(in)
	})
	var headers []string
	for _, name := range []string{
		"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "dnt", "from", "if-match", "if-range", "max-forwards", "pragma",
		"priority", "range", "referer", "sec-ch-ua", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "stripe-version", "user-agent", "via", "warning",
		"x-forwarded-user", "x-original-host", "x-envoy-peer-metadata", "traceparent", "x-anything",
	} {
		headers = append(headers, name, "mine")
	}
	if got := g.call(t, "/stripe/v1/charges", headers...); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var saw []string
	for _, h := range asked.GetAttributes().GetRequest().GetHttp().GetHeaderMap().GetHeaders() {
		saw = append(saw, h.GetKey())
	}
	for name, values := range one.requests()[0].Header {
		if name := strings.ToLower(name); slices.Contains(values, "mine") && !slices.Contains(saw, name) {
			t.Errorf("the tool got %s, which the check did not see", name)
		}
	}
}
