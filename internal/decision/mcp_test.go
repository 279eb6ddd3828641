package decision

import (
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

func TestMCPPath(t *testing.T) {
	for path, want := range map[string]struct {
		tool string
		ok   bool
	}{
		"/mcp": {"", true}, "/zoo/mcp": {"zoo", true}, "/mcp/mcp": {"mcp", true},
		"/mcp/": {}, "/zoo/mcp/": {}, "/zoo/v1/mcp": {}, "//mcp": {}, "/Mcp": {}, "/zoomcp": {}, "mcp": {}, "": {}, "/": {}, "zoo/mcp": {},
	} {
		if tool, ok := MCPPath(path); ok != want.ok || ok && tool != want.tool {
			t.Errorf("%q: %q, %v", path, tool, ok)
		}
	}
}

func toolCall(tb testing.TB, name, arguments string) mcpserver.ToolCall {
	tb.Helper()
	value, err := action.ReadJSON(arguments)
	if err != nil {
		tb.Fatal(err)
	}
	return mcpserver.ToolCall{Name: name, Arguments: value}
}

func TestNameToolFindsToolAndCall(t *testing.T) {
	s := shop(t, "")
	for name, tt := range map[string]struct {
		within, tool, arguments string
		called, of              string
		reason                  reason.Code
	}{
		"of all tools":            {"", "pets_pet_get", `{"pet":"rex"}`, "pets.pet.get", "zoo", ""},
		"of one tool":             {"zoo", "pets_pet_get", `{"pet":"rex"}`, "pets.pet.get", "zoo", ""},
		"the gateway's own":       {"zoo", "sallyport_status", `{"approval":"int_1"}`, StatusAction, wire.ToolMCP, ""},
		"no tool of the tenant":   {"cats", "pets_pet_get", `{"pet":"rex"}`, "", "", reason.ToolUnknown},
		"the gateway as a tool":   {"mcp", "pets_pet_get", `{"pet":"rex"}`, "", "", reason.ToolUnknown},
		"no action":               {"", "pets_pet_eat", `{}`, "", "", reason.ActionUnlisted},
		"no action of one":        {"zoo", "pets_pet_eat", `{}`, "", "zoo", reason.ActionUnlisted},
		"an argument is missing":  {"", "pets_pet_get", `{}`, "pets.pet.get", "zoo", reason.InputMissing},
		"an argument is too many": {"", "pets_pet_get", `{"pet":"rex","x":1}`, "pets.pet.get", "zoo", reason.InputUnlisted},
	} {
		t.Run(name, func(t *testing.T) {
			tool, call, act, refused := NameFrame("dec-1", s, tt.within, mcpserver.Frame{Kind: mcpserver.Call, Call: toolCall(t, tt.tool, tt.arguments)})
			if (tool == nil) != (tt.of == "") || tool != nil && tool.Name != tt.of || call.Action != tt.called || (act != nil) != (tt.called != "") {
				t.Fatalf("got %v %+v %v", tool, call, act)
			}
			if (refused != nil) != (tt.reason != "") {
				t.Fatalf("refused %+v", refused)
			}
			if refused != nil && (refused.Effect != Deny || refused.Reason != tt.reason || refused.ID != "dec-1" || refused.Bundle != s.Version || refused.Action != act) {
				t.Errorf("refused %+v", refused)
			}
			if refused == nil && call.Tool != tt.of {
				t.Errorf("call %+v", call)
			}
		})
	}
}

// Nothing of the gateway's own catalog is wrong, and no tenant needs it.
func TestGateway(t *testing.T) {
	if _, problems := action.Compile("own", []byte(gatewayCatalog)); len(problems) > 0 {
		t.Fatal(problems)
	}
	if first, again := Gateway(), Gateway(); first != again || len(first.Catalog.Actions()) != 3 {
		t.Error("the gateway is not one tool")
	}
}

// Over plain HTTP its actions stand under a path that no tool has.
func TestGatewayOverHTTP(t *testing.T) {
	s := shop(t, "")
	for text, want := range map[string]struct {
		action string
		reason reason.Code
	}{
		"GET /sallyport/approvals/int_1":         {StatusAction, ""},
		"POST /sallyport/approvals/int_1/cancel": {CancelAction, ""},
		"GET /sallyport/approvals/re_1":          {StatusAction, reason.InputInvalid},
		"GET /sallyport/approvals":               {"", reason.ActionUnlisted},
		"POST /sallyport/questions/ask_1":        {"", reason.ActionUnlisted},
		"DELETE /sallyport/approvals/int_1":      {"", reason.ActionUnlisted},
	} {
		method, path, _ := strings.Cut(text, " ")
		n := NameRequest("dec-1", s, action.Request{Method: method, Path: path})
		if n.Tool != Gateway() || n.MCP != nil || (n.Refused != nil) != (want.reason != "") || n.Refused != nil && n.Refused.Reason != want.reason {
			t.Errorf("%s: %+v %+v", text, n, n.Refused)
		}
		if n.Refused == nil && (n.Action.Name != want.action || n.Call.Tool != wire.ToolMCP) {
			t.Errorf("%s: %+v", text, n.Call)
		}
	}
}

// A status is asked of the gateway alone, in one's own tenant.
func TestStatusIsOfTheGatewayAlone(t *testing.T) {
	s := shop(t, "")
	act, _ := Gateway().Catalog.Action(StatusAction)
	q := Question{ID: "dec-1", Tenant: s, Tool: Gateway(), Identity: token.Identity{Tenant: s.Name}, Action: act, Call: action.Call{Tool: wire.ToolMCP, Action: StatusAction}, Now: time.Now()}
	if d := Status(q); d.Effect != Mediate || d.Lane != wire.LaneRead || d.Reason != reason.Allowed || d.Bundle != s.Version {
		t.Errorf("got %+v", d)
	}
	for name, change := range map[string]func(*Question){
		"another tenant": func(q *Question) { q.Identity.Tenant = "other" },
		"another tool":   func(q *Question) { q.Tool = s.Tools[0] },
		"a copy":         func(q *Question) { q.Tool = &tenant.Tool{Name: wire.ToolMCP, Catalog: Gateway().Catalog} },
		"no tenant":      func(q *Question) { q.Tenant = nil },
		"no action":      func(q *Question) { q.Action = nil },
	} {
		changed := q
		change(&changed)
		if d := Status(changed); d.Effect != Deny || d.Reason != reason.Internal {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := Decide(q); d.Effect != Deny {
		t.Errorf("a rule allows the gateway's own action: %+v", d)
	}
}

// An allowed read goes through approvald; what is refused stays so.
func TestMediated(t *testing.T) {
	read := &action.Action{Name: "a"}
	if d := (Decision{Effect: Allow, Lane: wire.LaneDirect, Action: read}).Mediated(); d.Effect != Mediate || d.Lane != wire.LaneRead {
		t.Errorf("got %+v", d)
	}
	if d := (Decision{Action: read}).Mediated(); d.Effect != Deny || d.Lane != "" {
		t.Errorf("got %+v", d)
	}
}
