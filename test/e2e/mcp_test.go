package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// bearer is a client's transport that adds its token, as frameworks do.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// agent is a real MCP client of one era, with the progress it heard of.
type agent struct {
	*mcp.ClientSession
	heard *atomic.Int64
}

// eras are how clients speak: of the older one both versions that are in use.
var eras = []string{"2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"}

func connect(t *testing.T, r gateway, token, path, version string) agent {
	t.Helper()
	heard := &atomic.Int64{}
	return agent{connectAs(t, r, token, path, version, &mcp.ClientOptions{
		ProgressNotificationHandler: func(context.Context, *mcp.ProgressNotificationClientRequest) { heard.Add(1) },
	}), heard}
}

// connectAs is a client with a host's own options.
func connectAs(t *testing.T, r gateway, token, path, version string, o *mcp.ClientOptions) *mcp.ClientSession {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, o).Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: "http://" + r.Addresses().Agent + path, HTTPClient: &http.Client{Transport: bearer(token)},
	}, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatalf("connect with %s: %v", version, err)
	}
	t.Cleanup(func() { _ = session.Close() })
	if got := session.InitializeResult().ProtocolVersion; got != version {
		t.Fatalf("speaks %s, wanted %s", got, version)
	}
	return session
}

// ask calls a tool; progress is "" for a client that wants to hear of none.
func (a agent) ask(t *testing.T, tool string, arguments map[string]any, progress string) result {
	t.Helper()
	params := &mcp.CallToolParams{Name: tool, Arguments: arguments}
	if progress != "" {
		params.SetProgressToken(progress)
	}
	got, err := a.CallTool(t.Context(), params)
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return readResult(t, got)
}

// start calls a tool beside the test.
func (a agent) start(t *testing.T, tool string, arguments map[string]any, progress string) (wait func() result) {
	t.Helper()
	done := make(chan result, 1)
	go func() { done <- a.ask(t, tool, arguments, progress) }()
	return func() result { return <-done }
}

// result is what the model is shown.
type result struct {
	failed     bool
	text       string // of the first block
	all        string // of all blocks
	structured string
	code       string
	approval   string
}

func readResult(t *testing.T, in *mcp.CallToolResult) result {
	t.Helper()
	out := result{failed: in.IsError}
	for i, block := range in.Content {
		text, ok := block.(*mcp.TextContent)
		if !ok {
			t.Fatalf("a block is %T", block)
		}
		if i == 0 {
			out.text = text.Text
		}
		out.all += text.Text + "\n"
	}
	if in.StructuredContent != nil {
		data, err := json.Marshal(in.StructuredContent)
		if err != nil {
			t.Fatal(err)
		}
		out.structured = string(data)
	}
	var said struct{ Code, Approval string }
	_ = json.Unmarshal([]byte(out.structured), &said)
	out.code, out.approval = said.Code, said.Approval
	return out
}

// TestMCP is the gateway as an MCP server, asked by a real client of both eras.
func TestMCP(t *testing.T) {
	r := rig.Start(t, rig.Options{})
	for _, version := range eras {
		t.Run(version, func(t *testing.T) { testMCPEra(t, r, version) })
	}
	t.Run("holds", func(t *testing.T) { testMCPHolds(t, r) })
	t.Run("the agent's own reason", func(t *testing.T) { testSaid(t, r) })
	t.Run("status is its owner's", func(t *testing.T) { testMCPStatus(t, r) })
	t.Run("attacks", func(t *testing.T) { testMCPAttacks(t, r) })
	t.Run("what the mask refuses", func(t *testing.T) { testMCPMaskRefuses(t, r) })
	t.Run("record", func(t *testing.T) { testMCPRecord(t, r) })
}

func testMCPEra(t *testing.T, r *rig.Rig, version string) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	all, stripe := connect(t, r, token, "/mcp", version), connect(t, r, token, "/stripe/mcp", version)
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	if err := all.Ping(t.Context(), nil); err != nil && version < "2026" {
		t.Errorf("ping: %v", err)
	}
	names := func(a agent) (names string) {
		list, err := a.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range list.Tools {
			names += tool.Name + " "
		}
		return names
	}
	if got := names(all); !strings.Contains(got, "stripe_refund_create ") || !strings.Contains(got, "zendesk_comment_create ") || !strings.Contains(got, "sallyport_status ") {
		t.Errorf("/mcp lists %s", got)
	}
	if got := names(stripe); !strings.Contains(got, "stripe_refund_create ") || strings.Contains(got, "zendesk") {
		t.Errorf("/stripe/mcp lists %s", got)
	}
	got := all.ask(t, "stripe_charge_get", map[string]any{"charge": charge}, "")
	if got.failed || !strings.Contains(got.text, `"amount":100000`) || !strings.Contains(got.structured, `"amount":100000`) {
		t.Errorf("a read: %+v", got)
	}
	if got := all.ask(t, "stripe_charge_get", map[string]any{"charge": "ch_absent"}, ""); !got.failed || got.code != "facts_unavailable" {
		t.Errorf("what the tool does not know: %+v", got)
	}
	testMCPRefund(t, r, token, stripe, charge)
	testMCPMask(t, all)
	got = all.ask(t, "stripe_refund_create", map[string]any{"charge": charge, "amount": 50_001}, "")
	if !got.failed || got.code != "policy_denied" || !strings.Contains(got.text, "more than 500 USD") {
		t.Errorf("above the threshold: %+v", got)
	}
	got = stripe.ask(t, "zendesk_ticket_get", map[string]any{"ticket": "1001"}, "")
	if !got.failed || got.code != "action_unlisted" {
		t.Errorf("a tool of another tool: %+v", got)
	}
}

// The same refund over MCP, over MCP again and over REST is one refund.
func testMCPRefund(t *testing.T, r *rig.Rig, token string, stripe agent, charge string) {
	t.Helper()
	arguments := map[string]any{"charge": charge, "amount": 4000}
	first := stripe.ask(t, "stripe_refund_create", arguments, "")
	if first.failed || !strings.Contains(first.structured, `"amount":4000`) || strings.Contains(first.all, "nothing was done again") {
		t.Fatalf("a small refund: %+v", first)
	}
	if again := stripe.ask(t, "stripe_refund_create", arguments, ""); again.failed || again.text != first.text || !strings.Contains(again.structured, "nothing was done again") || !strings.Contains(again.all, "nothing was done again") {
		t.Errorf("the same again: %+v", again)
	}
	rest := refund(t, r, token, charge, "4000")
	if rest.status != http.StatusOK || rest.header.Get(wire.HeaderReplayed) != "true" || rest.header.Get(wire.HeaderIntent) != r.Intent(t, charge).ID {
		t.Errorf("the same over REST: %+v", rest)
	}
	if n, total := refunded(r, charge); n != 1 || total != 4000 {
		t.Errorf("the provider made %d refunds, %d in sum", n, total)
	}
}

// What is masked over REST is masked in the text and in the structure, whether
// it is told by its shape or by its key alone.
func testMCPMask(t *testing.T, all agent) {
	t.Helper()
	for tool, arguments := range map[string]map[string]any{
		"zendesk_user_get":        {"user": "9001"},
		"stripe_customer_get":     {"customer": "cus_ada"},
		"zendesk_ticket_comments": {"ticket": "1001"},
	} {
		got := all.ask(t, tool, arguments, "")
		if got.failed || got.structured == "" {
			t.Fatalf("%s: %+v", tool, got)
		}
		for _, where := range []string{got.text, got.structured} {
			for _, gone := range []string{`"Ada Lovelace"`, `"name":"Ada`, "ada.lovelace@example.com", "555 0142", "536-22-8745", "4242 4242"} {
				if strings.Contains(where, gone) {
					t.Errorf("%s shows %q in %s", tool, gone, where)
				}
			}
			if !strings.Contains(where, "[email:") || tool != "zendesk_ticket_comments" && !strings.Contains(where, "[name:") {
				t.Errorf("%s has no marks: %s", tool, where)
			}
		}
	}
}

func testMCPHolds(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	for _, version := range eras[:2] {
		all := connect(t, r, token, "/mcp", version)
		t.Run("pending after seconds, "+version, func(t *testing.T) {
			charge := r.Charge(t, "acme", "cus_ada", "usd")
			arguments := map[string]any{"charge": charge, "amount": 10_000}
			wait := all.start(t, "stripe_refund_create", arguments, "")
			item := waiting(t, r, charge)
			r.Clock.Advance(5 * time.Second)
			got := wait()
			if got.failed || !strings.HasPrefix(got.text, "PENDING "+item.ID+": not done yet") || got.approval != item.ID || got.code != "held" {
				t.Fatalf("while nobody answered: %+v", got)
			}
			if got := all.ask(t, "sallyport_status", map[string]any{"approval": item.ID}, ""); got.failed || !strings.HasPrefix(got.text, "PENDING "+item.ID) {
				t.Errorf("its status: %+v", got)
			}
			r.Approve(t, item.ID)
			testkit.Eventually(t, "the gateway makes the refund", func() bool { n, _ := refunded(r, charge); return n == 1 })
			testkit.Eventually(t, "its outcome is known", func() bool { return r.State(t, charge) == "succeeded" })
			got = all.ask(t, "sallyport_status", map[string]any{"approval": item.ID}, "")
			if got.failed || !strings.Contains(got.structured, `"amount":10000`) || !strings.Contains(got.all, "nothing was done again") {
				t.Errorf("its outcome: %+v", got)
			}
			if again := all.ask(t, "stripe_refund_create", arguments, ""); again.failed || again.structured != got.structured {
				t.Errorf("the same call again: %+v", again)
			}
			if n, _ := refunded(r, charge); n != 1 {
				t.Errorf("%d refunds", n)
			}
		})
		t.Run("kept open while it hears of progress, "+version, func(t *testing.T) {
			charge := r.Charge(t, "acme", "cus_ada", "usd")
			heard := all.heard.Load()
			wait := all.start(t, "stripe_refund_create", map[string]any{"charge": charge, "amount": 10_000}, "tok")
			item := waiting(t, r, charge)
			for range 5 {
				r.Clock.Advance(3 * time.Second)
				before := all.heard.Load()
				testkit.Eventually(t, "progress is heard of", func() bool { return all.heard.Load() > before || all.heard.Load() > heard+4 })
			}
			r.Approve(t, item.ID)
			if got := wait(); got.failed || !strings.Contains(got.structured, `"amount":10000`) {
				t.Errorf("the outcome: %+v", got)
			}
		})
		t.Run("a stream ends, "+version, func(t *testing.T) {
			charge := r.Charge(t, "acme", "cus_ada", "usd")
			wait := all.start(t, "stripe_refund_create", map[string]any{"charge": charge, "amount": 10_000}, "tok")
			item := waiting(t, r, charge)
			r.Clock.Advance(46 * time.Second)
			if got := wait(); got.failed || !strings.HasPrefix(got.text, "PENDING "+item.ID) {
				t.Errorf("after its time: %+v", got)
			}
			r.Deny(t, item.ID, "Not this month.")
			got := all.ask(t, "sallyport_status", map[string]any{"approval": item.ID}, "")
			if !got.failed || got.code != "person_denied" || !strings.Contains(got.text, "Not this month.") {
				t.Errorf("denied: %+v", got)
			}
		})
		t.Run("a stream of an agent that is revoked, "+version, func(t *testing.T) { testMCPRevoked(t, r, version) })
		t.Run("a client that leaves, "+version, func(t *testing.T) {
			charge := r.Charge(t, "acme", "cus_ada", "usd")
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan error, 1)
			go func() {
				_, err := all.CallTool(ctx, &mcp.CallToolParams{Name: "stripe_refund_create", Arguments: map[string]any{"charge": charge, "amount": 10_000}})
				left <- err
			}()
			item := waiting(t, r, charge)
			leave()
			if err := <-left; err == nil {
				t.Error("the client did not leave")
			}
			r.Approve(t, item.ID)
			testkit.Eventually(t, "the gateway makes the refund all the same", func() bool { n, _ := refunded(r, charge); return n == 1 })
		})
	}
}

// What became of an intent is told to its own agent and conversation; to others
// it reads as what does not exist.
func testMCPStatus(t *testing.T, r *rig.Rig) {
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	own := connect(t, r, r.Token(rig.Billing("acme", "cus_ada")), "/mcp", eras[0])
	own.ask(t, "stripe_refund_create", map[string]any{"charge": charge, "amount": 1000}, "")
	id := r.Intent(t, charge).ID
	other := rig.Billing("acme", "cus_ada")
	other.Agent = "support-bot"
	narrow := rig.Billing("acme", "cus_ada")
	narrow.Roles = []string{"support"}
	sentence := func(got result) string { before, _, _ := strings.Cut(got.text, "("); return before }
	absent := own.ask(t, "sallyport_status", map[string]any{"approval": "int_00000000000000000000"}, "")
	for name, tt := range map[string]struct {
		who  token.Identity
		code string
	}{
		"another conversation": {rig.Billing("acme", "cus_bob"), "approval_unknown"},
		"another agent":        {other, "approval_unknown"},
		"another tenant":       {rig.Billing("globex", "cus_ada"), "approval_unknown"},
		"fewer rights":         {narrow, "policy_no_rule"},
	} {
		got := connect(t, r, r.Token(tt.who), "/mcp", eras[1]).ask(t, "sallyport_status", map[string]any{"approval": id}, "")
		if !got.failed || got.code != tt.code || tt.code == absent.code && sentence(got) != sentence(absent) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got := own.ask(t, "sallyport_status", map[string]any{"approval": id}, "")
	if got.failed || !strings.Contains(got.structured, `"amount":1000`) {
		t.Errorf("its own: %+v", got)
	}
}

// Every message leaves a row, and a call over MCP has the digest of the same over
// REST.
func testMCPRecord(t *testing.T, r *rig.Rig) {
	testkit.Eventually(t, "messages of the protocol are recorded", func() bool {
		return r.Count(t, "SELECT count(DISTINCT action) FROM audit.decisions WHERE lane = 'gateway' AND effect = 'allow' AND action IN ('mcp.initialize', 'mcp.discover', 'mcp.tools_list', 'mcp.notification', 'mcp.delete', 'mcp.get')") == "6"
	})
	testkit.Eventually(t, "the same refund has one digest, over MCP and over REST", func() bool {
		return r.Count(t, "SELECT count() > 0 FROM (SELECT digest FROM audit.decisions WHERE step = 'agent' AND action = 'stripe.refund.create' GROUP BY digest HAVING countIf(path = '/stripe/mcp') > 0 AND countIf(path = '/stripe/v*/refunds' OR path = '/stripe/v1/refunds') > 0)") == "1"
	})
}

// Without approvald the protocol is still spoken, and a call is refused in a
// result that carries its id: no client loses its session or our words.
func testMCPWithoutApprovald(t *testing.T, r *rig.Rig, token string) {
	for _, version := range eras[:2] {
		all := connect(t, r, token, "/mcp", version)
		for range 2 {
			got := all.ask(t, "stripe_charge_get", map[string]any{"charge": "ch_ada_1000"}, "")
			if !got.failed || got.code != "gateway_unavailable" || !strings.Contains(got.text, "Nothing was done") || !strings.Contains(got.text, "dec-") {
				t.Errorf("%s: %+v", version, got)
			}
		}
	}
	for _, id := range []string{`"a\"b\\c %REQ(AUTHORIZATION)% é"`, `-7`, `9007199254740993`} {
		raw := call(t, r, http.MethodPost, "/stripe/mcp", `{"jsonrpc":"2.0","id":`+id+`,"method":"tools/call","params":{"name":"stripe_charge_get","arguments":{"charge":"ch_ada_1000"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`,
			"authorization", "Bearer "+token, "content-type", "application/json", "mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", "stripe_charge_get")
		var got struct{ ID json.RawMessage }
		if err := json.Unmarshal([]byte(raw.body), &got); err != nil || raw.status != http.StatusOK {
			t.Fatalf("%v: %d %s", err, raw.status, raw.body)
		}
		if canonical(t, got.ID) != canonical(t, []byte(id)) || strings.Contains(raw.body, wire.TokenPrefix) {
			t.Errorf("the id %s came back in %s", id, raw.body)
		}
	}
}

// canonical is JSON in one spelling.
func canonical(t *testing.T, data []byte) string {
	t.Helper()
	var v any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
