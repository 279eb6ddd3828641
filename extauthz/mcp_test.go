package extauthz_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

const modernMeta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}`

// said is what an MCP client gets of an answer that the gateway gives itself.
type said struct {
	status  int
	headers map[string]string
	body    string
	result  struct {
		ProtocolVersion   string
		SupportedVersions []string
		Instructions      string
		Tools             []struct {
			Name, Description string
			InputSchema       json.RawMessage
		}
		Content           []struct{ Type, Text string }
		StructuredContent struct{ Code, Message, Decision, Approval string }
		IsError           bool
	}
	id    json.RawMessage
	error struct {
		Code    int
		Message string
	}
}

// speak sends one message; headers are beside the content type.
func (r *rig) speak(tb testing.TB, method, path, body string, headers ...string) (*authv3.CheckResponse, said) {
	tb.Helper()
	out, err := r.agent.Check(tb.Context(), r.request(method, path, body, append(headers, "content-type", "application/json")...))
	if err != nil {
		tb.Fatal(err)
	}
	if allowed(out) {
		return out, said{}
	}
	denied := out.GetDeniedResponse()
	if denied == nil || meta(out, wire.MetaVerdict) != wire.VerdictDeny {
		tb.Fatalf("half an answer: %v", out)
	}
	got := said{status: int(denied.GetStatus().GetCode()), headers: map[string]string{}, body: denied.GetBody()}
	for _, h := range denied.GetHeaders() {
		got.headers[h.GetHeader().GetKey()] = h.GetHeader().GetValue()
	}
	var message struct {
		ID     json.RawMessage
		Result json.RawMessage
		Error  json.RawMessage
	}
	if got.body != "" {
		if err := json.Unmarshal([]byte(got.body), &message); err != nil {
			tb.Fatalf("%v: %s", err, got.body)
		}
	}
	got.id = message.ID
	_ = json.Unmarshal(message.Result, &got.result)
	_ = json.Unmarshal(message.Error, &got.error)
	return out, got
}

// begin opens a session of the older era.
func (r *rig) begin(tb testing.TB, path string, who ...string) (session string) {
	tb.Helper()
	_, got := r.speak(tb, "POST", path, `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`, who...)
	if got.status != 200 || got.headers["mcp-session-id"] == "" || got.result.ProtocolVersion != "2025-06-18" || got.result.Instructions == "" {
		tb.Fatalf("initialize: %+v", got)
	}
	r.one(tb)
	return got.headers["mcp-session-id"]
}

// Messages of the protocol are answered from memory, and recorded.
func TestMCPMessages(t *testing.T) {
	r := newRig(t, nil)
	who := r.bearer("acme")
	session := r.begin(t, "/stripe/mcp", who...)
	old := append(slices.Clone(who), "mcp-session-id", session)
	modern := func(method string, more ...string) []string {
		return append(append(slices.Clone(who), "mcp-protocol-version", "2026-07-28", "mcp-method", method), more...)
	}
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status, code             int
		reason                   reason.Code
		action                   string
	}{
		{"ping", "", "", `{"jsonrpc":"2.0","id":"a","method":"ping"}`, old, 200, 0, reason.Allowed, "mcp.ping"},
		{"initialized", "", "", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, old, 202, 0, reason.Allowed, "mcp.notification"},
		{"cancelled", "", "", `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":4}}`, old, 202, 0, reason.Allowed, "mcp.notification"},
		{"a response", "", "", `{"jsonrpc":"2.0","id":7,"result":{}}`, old, 202, 0, reason.Allowed, "mcp.response"},
		{"a list", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, old, 200, 0, reason.Allowed, "mcp.tools_list"},
		{"a stream", "GET", "", "", old, 405, 0, reason.Allowed, "mcp.get"},
		{"discover", "", "", `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{` + modernMeta + `}}`, modern("server/discover"), 200, 0, reason.Allowed, "mcp.discover"},
		{"a list without a session", "", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`, modern("tools/list"), 200, 0, reason.Allowed, "mcp.tools_list"},

		{"resources", "", "", `{"jsonrpc":"2.0","id":1,"method":"resources/list"}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"a resource", "", "", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"a completion of nothing", "", "", `{"jsonrpc":"2.0","id":1,"method":"completion/complete"}`, old, 400, -32602, reason.FrameInvalid, "mcp.invalid"},
		{"a subscription to a resource", "", "", `{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"orders://dump"}}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"prompts", "", "", `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"a"}}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"completion", "", "", `{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a"},"argument":{"name":"b","value":""}}}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"a sampling of the client's own", "", "", `{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"logging", "", "", `{"jsonrpc":"2.0","id":1,"method":"logging/setLevel"}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"a subscription", "", "", `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{` + modernMeta + `}}`, modern("subscriptions/listen"), 404, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"a method in capitals", "", "", `{"jsonrpc":"2.0","id":1,"method":"Tools/Call"}`, old, 200, -32601, reason.FrameUnlisted, "mcp.unlisted"},
		{"a call without an id", "", "", `{"jsonrpc":"2.0","method":"tools/call","params":{"name":"stripe_refund_create"}}`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"a batch", "", "", `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"no JSON", "", "", `ping`, old, 400, -32700, reason.FrameInvalid, "mcp.invalid"},
		{"a key twice", "", "", `{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}`, old, 400, -32700, reason.FrameInvalid, "mcp.invalid"},
		{"deep", "", "", `{"jsonrpc":"2.0","id":1,"method":"ping","params":` + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40) + "}", old, 400, -32700, reason.FrameInvalid, "mcp.invalid"},
		{"a long id", "", "", `{"jsonrpc":"2.0","id":"` + strings.Repeat("a", 129) + `","method":"ping"}`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"an id of a float", "", "", `{"jsonrpc":"2.0","id":1.5,"method":"ping"}`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"an id of null", "", "", `{"jsonrpc":"2.0","id":null,"method":"ping"}`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"another JSON-RPC", "", "", `{"jsonrpc":"1.0","id":1,"method":"ping"}`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"another member", "", "", `{"jsonrpc":"2.0","id":1,"method":"ping","auth":"x"}`, old, 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"another method than its header", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`, modern("ping"), 400, -32020, reason.FrameInvalid, "mcp.invalid"},
		{"without the method's header", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`, append(slices.Clone(who), "mcp-protocol-version", "2026-07-28"), 400, -32020, reason.FrameInvalid, "mcp.invalid"},
		{"another version than its header", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`, append(slices.Clone(who), "mcp-protocol-version", "2025-11-25", "mcp-method", "tools/list"), 400, -32020, reason.FrameInvalid, "mcp.invalid"},
		{"a version to come", "", "", strings.ReplaceAll(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+modernMeta+`}}`, "2026-07-28", "2027-01-01"), append(slices.Clone(who), "mcp-protocol-version", "2027-01-01", "mcp-method", "tools/list"), 400, -32022, reason.FrameInvalid, "mcp.invalid"},
		{"a version in the header alone", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, modern("tools/list"), 400, -32602, reason.FrameInvalid, "mcp.invalid"},
		{"another tool than its header", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"stripe_refund_create","arguments":{"charge":"ch_ada_1000"},` + modernMeta + `}}`, modern("tools/call", "mcp-name", "stripe_charge_get"), 400, -32020, reason.FrameInvalid, "mcp.invalid"},
		{"a task", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"stripe_charge_get","task":{"ttl":1}}}`, old, 400, -32602, reason.FrameInvalid, "mcp.invalid"},
		{"a compressed body", "", "", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, append(slices.Clone(old), "content-encoding", "gzip"), 415, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"two sessions", "", "", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, append(slices.Clone(old), "mcp-session-id", session), 400, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"from a page in a browser", "", "", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, append(slices.Clone(old), "origin", "https://evil.example"), 403, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"another HTTP method", "PUT", "", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, old, 405, -32600, reason.FrameInvalid, "mcp.invalid"},
		{"no tool of the tenant", "", "/zen/mcp", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, old, 200, -32600, reason.ToolUnknown, "mcp.ping"},
		{"no session", "", "", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, who, 400, -32600, reason.SessionUnknown, "mcp.tools_list"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method, path := tt.method, tt.path
			if method == "" {
				method = "POST"
			}
			if path == "" {
				path = "/stripe/mcp"
			}
			_, got := r.speak(t, method, path, tt.body, tt.headers...)
			if got.status != tt.status || got.error.Code != tt.code || got.headers[wire.HeaderDecision] != r.id() {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			if (tt.code != 0) != (len(got.error.Message) > 10) {
				t.Errorf("no sentence: %s", got.body)
			}
			if row := r.one(t); row.Reason != string(tt.reason) || row.Action != tt.action || (row.Effect == "allow") != (tt.reason == reason.Allowed) || (row.Lane == "gateway") != (tt.reason == reason.Allowed) {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}

// A session id is good for the tenant, agent and session it was made for, until
// it ends.
func TestMCPSessionIsItsOwners(t *testing.T) {
	r := newRig(t, nil)
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	session := r.begin(t, "/mcp", r.bearer("acme")...)
	try := func(change func(*token.Identity), id string) said {
		who := identity("acme")
		who.Expires = r.clock.Now().Add(15 * time.Minute)
		change(&who)
		_, got := r.speak(t, "POST", "/mcp", ping, "authorization", "Bearer "+r.token(who), "mcp-session-id", id)
		if row := r.one(t); (row.Reason == string(reason.SessionUnknown)) != (got.status == 404) {
			t.Errorf("recorded %+v", row)
		}
		return got
	}
	same := func(*token.Identity) {}
	if got := try(func(id *token.Identity) { id.TokenID = "tok_9" }, session); got.status != 200 {
		t.Errorf("a renewed token: %+v", got)
	}
	for name, change := range map[string]func(*token.Identity){
		"another tenant":  func(id *token.Identity) { id.Tenant = "globex" },
		"another agent":   func(id *token.Identity) { id.Agent = "support-bot" },
		"another session": func(id *token.Identity) { id.Session.ID = "ses_2" },
	} {
		if got := try(change, session); got.status != 404 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, id := range map[string]string{
		"nobody's": "mcp1.AAAA.BBBB", "cut": session[:len(session)-1], "none": "x",
		"changed": strings.Replace(session, session[8:9], map[bool]string{true: "B", false: "A"}[session[8] == 'A'], 1),
	} {
		if got := try(same, id); got.status != 404 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, got := r.speak(t, "DELETE", "/mcp", "", append(r.bearer("acme"), "mcp-session-id", session)...); got.status != 204 {
		t.Errorf("delete: %+v", got)
	}
	r.one(t)
	if got := try(same, session); got.status != 404 {
		t.Errorf("after its end: %+v", got)
	}
	later := r.begin(t, "/mcp", r.bearer("acme")...)
	r.clock.Advance(7*24*time.Hour - time.Second)
	if got := try(same, later); got.status != 200 {
		t.Errorf("a week old: %+v", got)
	}
	r.clock.Advance(2 * time.Second)
	if got := try(same, later); got.status != 404 {
		t.Errorf("too old: %+v", got)
	}
}

// The list has what some rule could allow to this identity, and the gateway's own.
func TestMCPListsWhatMayBeCalled(t *testing.T) {
	r := newRig(t, nil)
	for name, tt := range map[string]struct {
		path string
		who  func(*token.Identity)
		want []string
	}{
		"of one tool": {"/stripe/mcp", func(*token.Identity) {}, []string{
			"sallyport_cancel", "sallyport_status", "stripe_charge_get", "stripe_charge_list", "stripe_customer_get", "stripe_refund_create", "stripe_refund_get", "stripe_refund_list",
		}},
		"of all tools, to support": {"/mcp", func(id *token.Identity) { id.Agent = "support-bot" }, []string{
			"sallyport_cancel", "sallyport_status", "zendesk_comment_create", "zendesk_ticket_comments", "zendesk_ticket_get", "zendesk_user_get",
		}},
		"to a token narrowed to nothing": {"/mcp", func(id *token.Identity) { id.Roles = []string{} }, []string{"sallyport_cancel", "sallyport_status"}},
		"to nobody":                      {"/mcp", func(id *token.Identity) { id.Agent = "stranger" }, []string{"sallyport_cancel", "sallyport_status"}},
	} {
		t.Run(name, func(t *testing.T) {
			who := identity("acme")
			tt.who(&who)
			_, got := r.speak(t, "POST", tt.path, `{"jsonrpc":"2.0","id":"l","method":"tools/list","params":{`+modernMeta+`}}`,
				"authorization", "Bearer "+r.token(who), "mcp-protocol-version", "2026-07-28", "mcp-method", "tools/list")
			r.one(t)
			var names []string
			for _, tool := range got.result.Tools {
				names = append(names, tool.Name)
				if tool.Description == "" || !json.Valid(tool.InputSchema) {
					t.Errorf("%+v", tool)
				}
			}
			for _, want := range tt.want {
				if !slices.Contains(names, want) {
					t.Errorf("%s is missing in %v", want, names)
				}
			}
			for _, name := range names {
				if tt.path == "/stripe/mcp" && !strings.HasPrefix(name, "stripe_") && !strings.HasPrefix(name, "sallyport_") || len(tt.want) == 2 && !slices.Contains(tt.want, name) {
					t.Errorf("%s is listed", name)
				}
				if strings.HasPrefix(name, "stripe_") && tt.path == "/mcp" {
					t.Errorf("%s is listed to support", name)
				}
			}
		})
	}
}

// A call over MCP is the call over REST: the same digest, and so one intent. It
// takes the mediated lane, with the tool and an admission; nothing of a credential.
func TestMCPCallIsTheSameCall(t *testing.T) {
	r := newRig(t, nil)
	who := r.bearer("acme")
	for name, tt := range map[string]struct {
		path, tool, arguments      string
		method, target, body, lane string
		media                      string
	}{
		"a refund":                          {"/stripe/mcp", "stripe_refund_create", `{"charge":"ch_ada_1000","amount":4000}`, "POST", refunds, refund, wire.LaneEffect, form},
		"a refund among all tools":          {"/mcp", "stripe_refund_create", `{"amount":4000,"charge":"ch_ada_1000"}`, "POST", refunds, refund, wire.LaneEffect, form},
		"a read":                            {"/mcp", "stripe_charge_get", `{"charge":"ch_ada_1000"}`, "GET", "/stripe/v1/charges/ch_ada_1000", "", wire.LaneRead, ""},
		"a read that goes direct over REST": {"/mcp", "stripe_charge_list", `{"customer":"cus_ada"}`, "GET", "/stripe/v1/charges?customer=cus_ada", "", wire.LaneRead, ""},
		"a comment":                         {"/zendesk/mcp", "zendesk_comment_create", `{"ticket":"1001","body":"hello"}`, "PUT", ticket, comment, wire.LaneEffect, typeJSON},
		"a number as an id":                 {"/zendesk/mcp", "zendesk_comment_create", `{"ticket":1001,"body":"hello"}`, "PUT", ticket, comment, wire.LaneEffect, typeJSON},
	} {
		t.Run(name, func(t *testing.T) {
			rest := append(slices.Clone(who), "content-type", tt.media)
			if tt.media == "" {
				rest = who
			}
			if !allowed(ask(t, r.agent, r.request(tt.method, tt.target, tt.body, rest...))) {
				t.Fatal("refused over REST")
			}
			want := r.one(t)
			out, refused := r.speak(t, "POST", tt.path, `{"jsonrpc":"2.0","id":"c 1\n%REQ(x)%","method":"tools/call","params":{"name":"`+tt.tool+`","arguments":`+tt.arguments+`,`+modernMeta+`}}`,
				append(slices.Clone(who), "mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", tt.tool)...)
			if !allowed(out) {
				t.Fatalf("refused over MCP: %s", refused.body)
			}
			got := r.one(t)
			if got.Digest != want.Digest || got.Action != want.Action || got.Tool != want.Tool || got.Lane != tt.lane || got.Effect != "mediate" {
				t.Errorf("got %+v, want %+v", got, want)
			}
			set := sets(out)
			if set[wire.HeaderTool] != want.Tool || set[wire.HeaderLane] != tt.lane || set[wire.HeaderAdmission] == "" || set["authorization"] != "" || meta(out, wire.MetaSlot) != "" {
				t.Errorf("headers %v", slices.Sorted(maps.Keys(set)))
			}
			if id := meta(out, wire.MetaMCP); id != `"c 1\u000a\u0025REQ\u0028x\u0029\u0025"` {
				t.Errorf("the id for Envoy's own answers is %s", id)
			}
		})
	}
}

func sets(out *authv3.CheckResponse) map[string]string {
	set := map[string]string{}
	for _, h := range out.GetOkResponse().GetHeaders() {
		set[h.GetHeader().GetKey()] = h.GetHeader().GetValue()
	}
	return set
}

// A refusal is a result that the model reads, with the call's id; never an error
// of the protocol or of HTTP.
func TestMCPRefusalIsAResult(t *testing.T) {
	r := newRig(t, nil)
	for name, tt := range map[string]struct {
		path, tool, arguments string
		who                   func(*token.Identity)
		want                  reason.Code
		action                string
	}{
		"a hidden tool":           {"/mcp", "stripe_refund_create", `{"charge":"ch_ada_1000"}`, func(id *token.Identity) { id.Agent = "support-bot" }, reason.PolicyNoRule, "stripe.refund.create"},
		"a tool of another tool":  {"/zendesk/mcp", "stripe_refund_create", `{"charge":"ch_ada_1000"}`, nil, reason.ActionUnlisted, ""},
		"no tool":                 {"/mcp", "stripe_payout_create", `{}`, nil, reason.ActionUnlisted, ""},
		"an action's own name":    {"/mcp", "stripe.refund.create", `{"charge":"ch_ada_1000"}`, nil, reason.ActionUnlisted, ""},
		"no tool of the path":     {"/zen/mcp", "stripe_refund_create", `{}`, nil, reason.ToolUnknown, ""},
		"an argument too many":    {"/mcp", "stripe_refund_create", `{"charge":"ch_ada_1000","expand":["charge"]}`, nil, reason.InputUnlisted, "stripe.refund.create"},
		"an argument missing":     {"/mcp", "stripe_refund_create", `{}`, nil, reason.InputMissing, "stripe.refund.create"},
		"a number as a text":      {"/mcp", "stripe_refund_create", `{"charge":"ch_ada_1000","amount":"4000"}`, nil, reason.InputInvalid, "stripe.refund.create"},
		"arguments in a text":     {"/mcp", "stripe_refund_create", `"{\"charge\":\"ch_ada_1000\"}"`, nil, reason.InputInvalid, "stripe.refund.create"},
		"another ticket":          {"/mcp", "zendesk_comment_create", `{"ticket":"1002","body":"hello"}`, nil, reason.PolicyNoRule, "zendesk.comment.create"},
		"a status of nothing":     {"/mcp", "sallyport_status", `{"approval":"refund"}`, nil, reason.InputInvalid, "sallyport.status"},
		"a status with arguments": {"/mcp", "sallyport_status", `{"approval":"int_1","agent":"x"}`, nil, reason.InputUnlisted, "sallyport.status"},
	} {
		t.Run(name, func(t *testing.T) {
			who := identity("acme")
			if tt.who != nil {
				tt.who(&who)
			}
			_, got := r.speak(t, "POST", tt.path, `{"jsonrpc":"2.0","id":"id-7","method":"tools/call","params":{"name":"`+tt.tool+`","arguments":`+tt.arguments+`,`+modernMeta+`}}`,
				"authorization", "Bearer "+r.token(who), "mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", tt.tool)
			row := r.one(t)
			if row.Reason != string(tt.want) || row.Action != tt.action {
				t.Errorf("recorded %+v, want %s", row, tt.want)
			}
			result := got.result
			if got.status != 200 || string(got.id) != `"id-7"` || !result.IsError || len(result.Content) != 1 || result.Content[0].Text != result.StructuredContent.Message {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			if result.StructuredContent.Code != string(tt.want) || result.StructuredContent.Decision != r.id() || !strings.Contains(result.Content[0].Text, r.id()) {
				t.Errorf("got %s", got.body)
			}
		})
	}
}

// Only a bad token is an error of HTTP: a client knows what to do about it.
func TestMCPWithoutAToken(t *testing.T) {
	r := newRig(t, nil)
	for _, headers := range [][]string{nil, {"authorization", "Bearer " + wire.TokenPrefix + "e30.e30.e30"}} {
		_, got := r.speak(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"stripe_refund_create"}}`, headers...)
		if got.status != 401 || !strings.Contains(got.headers["www-authenticate"], "Bearer") {
			t.Errorf("got %+v", got)
		}
		if !strings.HasPrefix(got.body, `{"jsonrpc":"2.0","id":null,"error":`) || !strings.Contains(got.body, r.id()) {
			t.Errorf("a client that reads it hands on %s", got.body)
		}
		r.one(t)
	}
}

// Limits count calls over MCP as any other, those of the gateway's own tool too.
func TestMCPCallsAreCounted(t *testing.T) {
	r := newRig(t, nil)
	tenantsForCases(t, r) // busy has used its one call
	_, got := r.speak(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sallyport_status","arguments":{"approval":"int_1"},`+modernMeta+`}}`,
		append(r.bearer("busy"), "mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", "sallyport_status")...)
	if r.one(t).Reason != string(reason.LimitExceeded) || got.result.StructuredContent.Code != string(reason.LimitExceeded) || !got.result.IsError {
		t.Errorf("got %s", got.body)
	}
}
