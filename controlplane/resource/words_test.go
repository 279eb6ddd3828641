package resource

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/answer"
)

// Every answer of Envoy's own is whole JSON with its code and the decision, for
// every client, once Envoy has put in what it alone knows.
func TestEnvoysAnswers(t *testing.T) {
	seen := map[answer.Dialect]bool{}
	known := strings.NewReplacer(decisionFormat, "dec-7", "%DYNAMIC_METADATA(envoy.filters.http.ext_authz:mcp)%", `"c1"`, "%RESPONSE_CODE%", "403", "%%", "")
	for _, c := range clients() {
		seen[c.dialect] = true
		for _, e := range events() {
			m := e.told(c)
			body := known.Replace(m.GetBodyFormatOverride().GetTextFormatSource().GetInlineString())
			if !json.Valid([]byte(body)) || strings.Contains(body, "%") || !strings.Contains(body, "("+string(e.code)+", dec-7)") || strings.Contains(body, someDecision) || strings.Contains(body, "call-0") {
				t.Errorf("%s, %s: %s", c.dialect, e.code, body)
			}
			if (c.dialect == answer.MCP || c.dialect == answer.MCPRequest) != strings.Contains(body, `"id":"c1"`) {
				t.Errorf("%s, %s: whose answer is %s", c.dialect, e.code, body)
			}
		}
	}
	for _, d := range append(answer.Dialects(), answer.MCP, answer.MCPRequest, answer.MCPError) {
		if !seen[d] {
			t.Errorf("nobody is told in %s", d)
		}
	}
}
