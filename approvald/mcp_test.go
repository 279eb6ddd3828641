package approvald_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/wire"
)

// toolCall is a tools/call as it arrives; more is added to its params.
func toolCall(path, tool, arguments, more string) action.Request {
	return action.Request{
		Method: "POST", Path: path,
		Header: []action.Header{{Name: "content-type", Value: "application/json"}, {Name: "accept", Value: "application/json, text/event-stream"}},
		Body:   []byte(`{"jsonrpc":"2.0","id":"call-1","method":"tools/call","params":{"name":"` + tool + `","arguments":` + arguments + more + `}}`),
	}
}

// called seals what the agent check would say about a tool call.
func (b *bench) called(request action.Request) ask {
	b.TB.Helper()
	b.asked++
	t, _ := b.Tenants.Get("acme")
	id := wire.DecisionID(strconv.Itoa(b.asked))
	within, _ := decision.MCPPath(request.Path)
	frame, fault := mcpserver.Read(request)
	if fault != nil {
		b.TB.Fatal(fault)
	}
	tool, call, act, refused := decision.NameFrame(id, t, within, frame)
	if refused != nil {
		b.TB.Fatalf("%+v", refused)
	}
	who := executetest.Billing()
	a := ask{request: request, header: http.Header{}, admission: grant.Admission{
		Decision: id, Tenant: "acme", Agent: who.Agent, TokenID: who.TokenID, SessionID: who.Session.ID, Ticket: who.Session.Ticket, Customer: who.Session.Customer,
		Tool: tool.Name, Action: act.Name, Digest: action.Digest(call), Bundle: t.Version, Effect: act.Effect, TokenEnds: b.Clock.Now().Add(time.Hour).Unix(), Expires: b.Clock.Now().Add(30 * time.Second),
	}}
	a.header.Set(wire.HeaderTenant, "acme")
	a.header.Set(wire.RequestID, strings.TrimPrefix(id, wire.DecisionPrefix))
	for _, h := range request.Header {
		a.header.Add(h.Name, h.Value)
	}
	return a
}

func (b *bench) call(a ask) got {
	b.TB.Helper()
	g, err := b.send(context.Background(), a)
	if err != nil {
		b.TB.Fatal(err)
	}
	return g
}

// said is the code in the result of a call, "" for a tool's own answer.
func said(t *testing.T, g got) (code string, isError bool) {
	t.Helper()
	var m struct {
		ID     string
		Result *struct {
			StructuredContent struct{ Code string }
			IsError           bool
		}
	}
	if err := json.Unmarshal([]byte(g.body), &m); err != nil || g.status != http.StatusOK || m.Result == nil || m.ID != "call-1" {
		t.Fatalf("%v: %d %s", err, g.status, g.body)
	}
	return m.Result.StructuredContent.Code, m.Result.IsError
}

const smallRefund = `{"charge":"ch_ada_1000","amount":4000}`

// An admission is good for exactly the tool call it was sealed for, and not for
// the same call asked of another address under other rights.
func TestAdmissionIsForOneToolCall(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*bench, *ask)
		code   string
	}{
		"as it was sealed":   {func(*bench, *ask) {}, ""},
		"asked of all tools": {func(_ *bench, a *ask) { a.request.Path = "/mcp" }, ""},
		"a larger amount": {func(_ *bench, a *ask) {
			*a = other(*a, "stripe_refund_create", `{"charge":"ch_ada_1000","amount":4001}`)
		}, "admission_invalid"},
		"another tool":         {func(_ *bench, a *ask) { *a = other(*a, "stripe_charge_get", `{"charge":"ch_ada_1000"}`) }, "admission_invalid"},
		"the gateway's own":    {func(_ *bench, a *ask) { *a = other(*a, "sallyport_status", `{"approval":"int_1"}`) }, "admission_invalid"},
		"of another tool":      {func(_ *bench, a *ask) { a.request.Path = "/zendesk/mcp" }, "action_unlisted"},
		"of no tool":           {func(_ *bench, a *ask) { a.request.Path = "/nothing/mcp" }, "tool_unknown"},
		"an argument too many": {func(_ *bench, a *ask) { *a = other(*a, "stripe_refund_create", `{"charge":"ch_ada_1000","x":1}`) }, "input_unlisted"},
		"sealed as a read":     {func(_ *bench, a *ask) { a.admission.Effect = false }, "admission_invalid"},
		"none":                 {func(_ *bench, a *ask) { a.header.Set(wire.HeaderAdmission, "none") }, "admission_invalid"},
		"another request":      {func(_ *bench, a *ask) { a.header.Set(wire.RequestID, "other") }, "admission_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			a := b.called(toolCall("/stripe/mcp", "stripe_refund_create", smallRefund, ""))
			tt.change(b, &a)
			code, isError := said(t, b.call(a))
			if code != tt.code || isError != (tt.code != "") {
				t.Errorf("got %q, %v", code, isError)
			}
			want := 0
			if tt.code == "" {
				want = 1
			}
			b.refunded("ch_ada_1000", want)
		})
	}
}

func other(a ask, tool, arguments string) ask {
	a.request = toolCall(a.request.Path, tool, arguments, "")
	return a
}

// A message that is no tool call never gets here; if it does, nothing is done.
func TestOtherMessagesAreRefused(t *testing.T) {
	b := start(t)
	for _, body := range []string{`{"jsonrpc":"2.0","id":"call-1","method":"tools/list"}`, `[]`, `{`} {
		a := b.called(toolCall("/stripe/mcp", "stripe_refund_create", smallRefund, ""))
		a.request.Body = []byte(body)
		if g := b.call(a); !strings.Contains(g.body, "mcp_invalid") || len(b.intents()) != 0 {
			t.Errorf("%s: %s", body, g.body)
		}
	}
}

// The same effect over MCP and over REST is one, and its outcome is told as what
// was done before.
func TestToolCallJoinsTheSameEffect(t *testing.T) {
	b := start(t)
	if g := b.refund("ch_ada_1000", "4000", ""); g.status != http.StatusOK {
		t.Fatalf("over REST: %d %s", g.status, g.body)
	}
	g := b.call(b.called(toolCall("/mcp", "stripe_refund_create", smallRefund, "")))
	if code, isError := said(t, g); code != "" || isError || !strings.Contains(g.body, "nothing was done again") || len(b.intents()) != 1 {
		t.Errorf("over MCP: %s", g.body)
	}
	b.refunded("ch_ada_1000", 1)
}

// A held call is told of after the time for MCP; whoever asks for progress hears
// of it while it waits for as long as others do.
func TestToolCallWaits(t *testing.T) {
	const large = `{"charge":"ch_ada_1000","amount":10000}`
	hold := func(b *bench, more string, timers int) <-chan got {
		out := make(chan got, 1)
		a := b.called(toolCall("/mcp", "stripe_refund_create", large, more))
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // the end of a hang
			defer cancel()
			g, err := b.send(ctx, a)
			if err != nil {
				b.TB.Error(err)
			}
			out <- g
		}()
		b.timers(timers)
		return out
	}
	t.Run("without progress", func(t *testing.T) {
		b := start(t)
		b.running()
		held := hold(b, "", 2)
		b.Clock.Advance(4 * time.Second)
		g := <-held
		if code, isError := said(t, g); code != "held" || isError || !strings.Contains(g.body, "PENDING "+b.newest().ID) || g.header.Get("content-type") != "application/json" {
			t.Errorf("%v %s", g.header, g.body)
		}
	})
	t.Run("with progress", func(t *testing.T) {
		b := start(t)
		b.running()
		held := hold(b, `,"_meta":{"progressToken":"p"}`, 3)
		b.Clock.Advance(44 * time.Second)
		b.timers(3) // still held
		b.Clock.Advance(time.Second)
		g := <-held
		events := strings.Split(strings.TrimSuffix(g.body, "\n\n"), "\n\n")
		if g.header.Get("content-type") != "text/event-stream" || len(events) < 2 {
			t.Fatalf("%v %s", g.header, g.body)
		}
		for i, event := range events {
			data, ok := strings.CutPrefix(event, "event: message\ndata: ")
			if last := i == len(events)-1; !ok || !json.Valid([]byte(data)) || strings.Contains(data, `"progressToken":"p"`) == last || strings.Contains(data, "PENDING") != last {
				t.Errorf("event %d: %s", i, event)
			}
		}
	})
	t.Run("no longer than its token", func(t *testing.T) {
		b := start(t)
		b.running()
		a := b.called(toolCall("/mcp", "stripe_refund_create", large, `,"_meta":{"progressToken":"p"}`))
		a.admission.TokenEnds = b.Clock.Now().Add(10 * time.Second).Unix()
		out := make(chan got, 1)
		go func() { out <- b.call(a) }()
		b.timers(3)
		b.Clock.Advance(10 * time.Second)
		if g := <-out; !strings.Contains(g.body, "expired") || strings.Contains(g.body, "PENDING") {
			t.Errorf("%s", g.body)
		}
	})
}

// The outcome of an intent is its own agent's and session's.
func TestStatusIsItsOwners(t *testing.T) {
	b := start(t)
	said(t, b.call(b.called(toolCall("/mcp", "stripe_refund_create", smallRefund, ""))))
	id := b.newest().ID
	for name, tt := range map[string]struct {
		change   func(*grant.Admission)
		approval string
		code     string
	}{
		"its own":         {func(*grant.Admission) {}, id, ""},
		"nobody's":        {func(*grant.Admission) {}, "int_0", "approval_unknown"},
		"another agent":   {func(a *grant.Admission) { a.Agent = "support-bot" }, id, "approval_unknown"},
		"another session": {func(a *grant.Admission) { a.SessionID = "ses_2" }, id, "approval_unknown"},
		"fewer rights":    {func(a *grant.Admission) { a.Roles = []string{} }, id, "policy_no_rule"},
	} {
		a := b.called(toolCall("/stripe/mcp", "sallyport_status", `{"approval":"`+tt.approval+`"}`, ""))
		tt.change(&a.admission)
		g := b.call(a)
		if code, isError := said(t, g); code != tt.code || isError != (tt.code != "") || (tt.code == "") != strings.Contains(g.body, `\"amount\":4000`) {
			t.Errorf("%s: %s", name, g.body)
		}
	}
	b.refunded("ch_ada_1000", 1)
}
