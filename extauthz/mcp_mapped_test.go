package extauthz_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/wire"
)

// Envoy's own answer to a resource or a prompt is in other words than to a tool call.
func TestMCPReadIsToldApart(t *testing.T) {
	r := newRig(t, nil)
	for method, tt := range map[string]struct{ name, params, dialect string }{
		"resources/read": {"orders://help/statuses", `"uri":"orders://help/statuses"`, "mcp_request"},
		"prompts/get":    {"database_order_summarize", `"name":"database_order_summarize","arguments":{"customer":"cus_ada"}`, "mcp_request"},
		"tools/call":     {"database_order_find", `"name":"database_order_find","arguments":{"customer":"cus_ada"}`, ""},
	} {
		out, got := r.speak(t, "POST", "/database/mcp", `{"jsonrpc":"2.0","id":7,"method":"`+method+`","params":{`+tt.params+`,`+modernMeta+`}}`,
			append(r.bearer("acme"), "mcp-protocol-version", "2026-07-28", "mcp-method", method, "mcp-name", tt.name)...)
		if !allowed(out) || meta(out, wire.MetaMCP) != "7" || meta(out, wire.MetaDialect) != tt.dialect {
			t.Errorf("%s: %v %s", method, out.GetDynamicMetadata(), got.body)
		}
	}
}
