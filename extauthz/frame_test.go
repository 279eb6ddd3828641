package extauthz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/tenant"
)

const (
	database   = "/database/mcp"
	initialize = `{"jsonrpc":"2.0","id":"1","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"sallyport","version":"1"}}}`
	listTools  = `{"jsonrpc":"2.0","id":"1","method":"tools/list","params":{}}`
	refusal    = `{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"The client has no such capability"}}`
	findOrders = `{"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"find_orders","arguments":{"customer":"cus_ada"}}}`
	getOrder   = `{"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"order_get","arguments":{"order":"ord_1"}}}`
	exportAll  = `{"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"customers_export","arguments":{"segment":"annual","limit":9}}}`
)

// toServer is a POST of approvald to acme's MCP server.
func toServer(purpose grant.Purpose, nonce, body string, headers ...string) parcel {
	o := orderOf(purpose, nonce)
	o.Tool = "database"
	return parcel{order: o, method: "POST", target: database, body: body, headers: append([]string{"content-type", "application/json", "accept", "application/json, text/event-stream"}, headers...)}
}

func withDatabaseKey(r *rig) {
	all := exampleSecrets()
	all[secret.Name{Tenant: "acme", Name: "database_key"}] = secret.NewValue("db_canary")
	r.secrets.Swap(all)
}

// Frames of the protocol pass under the purposes of their own, calls under theirs.
func TestFramesPass(t *testing.T) {
	r := newRig(t, nil)
	withDatabaseKey(r)
	end := toServer(grant.PurposeSession, "p5", "", "mcp-session-id", "s-1")
	end.method, end.headers = "DELETE", end.headers[4:]
	for name, p := range map[string]parcel{
		"initialize":    toServer(grant.PurposeSession, "p1", initialize),
		"the notice":    toServer(grant.PurposeSession, "p2", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, "mcp-session-id", "s-1", "mcp-protocol-version", "2025-06-18"),
		"a refusal":     toServer(grant.PurposeSession, "p3", refusal),
		"a list":        toServer(grant.PurposeList, "p4", listTools, "mcp-session-id", "s-1"),
		"the end":       end,
		"a call":        toServer(grant.PurposeRead, "p6", findOrders, "mcp-session-id", "s-1", "mcp-protocol-version", "2025-11-25"),
		"a call's fact": toServer(grant.PurposeFact, "p7", getOrder),
	} {
		t.Run(name, func(t *testing.T) {
			in := p.request(r, p.seal(r))
			out := ask(t, r.execute, in)
			headers := forwarded(t, in, out)
			if strings.Join(headers["authorization"], " ") != "Bearer db_canary" || strings.Join(slots(headers), " ") != "authorization" {
				t.Fatalf("%v", out)
			}
			if row := r.one(t); row.Step != "execute:"+string(p.order.Purpose) || row.Reason != "allowed" || row.Tool != "database" || row.ID != "dec-admitted" {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}

// Under a purpose of the protocol nothing passes that could do something, and no
// frame goes anywhere but to its server.
func TestFramesAreAClosedList(t *testing.T) {
	r := newRig(t, nil)
	withDatabaseKey(r)
	as := func(p parcel, change func(*parcel)) parcel { change(&p); return p }
	for name, p := range map[string]parcel{
		"a call as a session":          toServer(grant.PurposeSession, "c1", findOrders),
		"a call as a list":             toServer(grant.PurposeList, "c2", findOrders),
		"an effect as a list":          toServer(grant.PurposeList, "c3", exportAll),
		"an effect as a read":          toServer(grant.PurposeRead, "c4", exportAll),
		"a list as a session":          toServer(grant.PurposeSession, "c5", listTools),
		"initialize as a list":         toServer(grant.PurposeList, "c6", initialize),
		"initialize as a read":         toServer(grant.PurposeRead, "c7", initialize),
		"capabilities":                 toServer(grant.PurposeSession, "c8", strings.Replace(initialize, `"capabilities":{}`, `"capabilities":{"sampling":{}}`, 1)),
		"another method":               toServer(grant.PurposeList, "c9", strings.Replace(listTools, "tools/list", "resources/list", 1)),
		"a result of what was asked":   toServer(grant.PurposeSession, "d1", `{"jsonrpc":"2.0","id":7,"result":{"content":{"type":"text","text":"x"}}}`),
		"two messages":                 toServer(grant.PurposeSession, "d2", "["+initialize+"]"),
		"a GET":                        as(toServer(grant.PurposeSession, "d3", ""), func(p *parcel) { p.method = "GET" }),
		"another path":                 as(toServer(grant.PurposeSession, "d4", initialize), func(p *parcel) { p.target = "/database/admin" }),
		"a query":                      as(toServer(grant.PurposeSession, "d5", initialize), func(p *parcel) { p.target += "?a=b" }),
		"a tool that is none":          as(toServer(grant.PurposeSession, "d6", initialize), func(p *parcel) { p.order.Tool, p.target = "stripe", "/stripe/mcp" }),
		"another tool's order":         as(toServer(grant.PurposeSession, "d7", initialize), func(p *parcel) { p.order.Tool = "stripe" }),
		"a tool that is not there":     as(toServer(grant.PurposeSession, "d8", initialize), func(p *parcel) { p.order.Tool, p.target = "teams", "/teams/mcp" }),
		"a session of another form":    toServer(grant.PurposeSession, "d9", initialize, "mcp-session-id", "a b"),
		"two sessions":                 toServer(grant.PurposeSession, "e1", initialize, "mcp-session-id", "a", "mcp-session-id", "b"),
		"another version":              toServer(grant.PurposeSession, "e2", initialize, "mcp-protocol-version", "2024-11-05"),
		"a header of MCP":              toServer(grant.PurposeSession, "e3", initialize, "mcp-param-region", "eu"),
		"a method that is not its own": toServer(grant.PurposeSession, "e4", initialize, "mcp-method", "tools/call"),
		"another tenant's":             as(toServer(grant.PurposeSession, "e5", initialize), func(p *parcel) { p.order.Tenant = "globex" }),
	} {
		t.Run(name, func(t *testing.T) {
			out := ask(t, r.execute, p.request(r, p.seal(r)))
			if allowed(out) || strings.Contains(out.String(), "db_canary") {
				t.Fatalf("%v", out)
			}
			if row := r.one(t); row.Effect != "deny" || row.Reason == "allowed" {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}

// Agents reach an MCP server's actions over MCP alone: on the path of the server
// nothing is listed, whatever the body says.
func TestAgentsDoNotSpeakToAServer(t *testing.T) {
	r := newRig(t, nil)
	withDatabaseKey(r)
	for _, target := range []string{"/database/mcp/", "/database/orders", "/database"} {
		for _, body := range []string{findOrders, listTools, initialize} {
			out := ask(t, r.agent, r.request("POST", target, body, append(r.bearer("acme"), "content-type", "application/json")...))
			if allowed(out) {
				t.Fatalf("%s passes", body)
			}
			if row := r.one(t); row.Reason != string(reason.ActionUnlisted) && row.Reason != string(reason.ToolUnknown) {
				t.Errorf("%s: recorded %s", target, row.Reason)
			}
		}
	}
}

// What a server changed is refused from the moment it was seen, also for orders,
// and is back once the catalog says what was reviewed.
func TestChangedToolIsRefusedLive(t *testing.T) {
	r := newRig(t, nil)
	withDatabaseKey(r)
	acme, _ := r.tenants.Get("acme")
	tool, _ := acme.Tool("database")
	seen, _ := observed.Of("acme", tool)
	seen.Since, seen.Tools = start, map[string]string{}
	for _, act := range tool.Catalog.Actions() {
		name, digest, _ := act.MCPTool()
		seen.Tools[name] = digest
	}
	nonce := 0
	asked := func(body string) string {
		nonce++
		p := toServer(grant.PurposeRead, strings.Repeat("x", nonce), body)
		p.order.SendUntil = r.clock.Now().Add(5 * time.Second)
		out := ask(t, r.execute, p.request(r, p.seal(r)))
		if allowed(out) {
			return ""
		}
		return read(t, out).headers["x-sallyport-not-sent"]
	}
	write := func() {
		t.Helper()
		offers := &observed.Servers{}
		offers.Saw(seen)
		if err := r.servers.Write(offers); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, done func() bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); !done(); {
			if time.Now().After(deadline) {
				t.Fatal("not seen: " + what)
			}
			r.clock.Advance(500 * time.Millisecond)
			<-time.After(time.Millisecond)
		}
	}
	changed := func() bool { return asked(findOrders) == string(reason.ToolChanged) }
	write()
	r.clock.Advance(time.Second)
	if code := asked(findOrders); code != "" {
		t.Fatalf("as it was reviewed: %s", code)
	}
	reviewed := seen.Tools["find_orders"]
	seen.Tools["find_orders"] = strings.Replace(reviewed, "sha256:0", "sha256:f", 1)
	write()
	until("a tool that changed", changed)
	if code := asked(getOrder); code == string(reason.ToolChanged) {
		t.Error("another tool is refused with it")
	}
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme", "catalogs/database.yaml", reviewed, seen.Tools["find_orders"])}, nil)
	if code := asked(findOrders); code != "" {
		t.Errorf("after the review: %s", code)
	}
	delete(seen.Tools, "find_orders")
	write()
	until("a tool that is gone", changed)
}

// What a client answered passes to a server that the catalog lets ask for it, while
// the live policy does, and nothing else passes with it.
func TestAnswersPass(t *testing.T) {
	r := newRig(t, nil)
	withDatabaseKey(r)
	const (
		answered = `{"jsonrpc":"2.0","id":7,"result":{"action":"decline"}}`
		folders  = `{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}`
		asking   = "protocol: 2025-11-25, may_ask: [elicitation, roots]"
		rule     = "p, support, database.help.statuses, true, allow, -"
		asks     = rule + "\np, support, database.elicitation.create, true, allow, -"
	)
	may := strings.Replace(initialize, `"capabilities":{}`, `"capabilities":{"elicitation":{}}`, 1)
	for name, c := range map[string]struct {
		purpose         grant.Purpose
		body            string
		catalog, policy string
		reason          reason.Code
	}{
		"an answer":              {grant.PurposeAnswer, answered, asking, asks, reason.Allowed},
		"a session that may ask": {grant.PurposeSession, may, asking, asks, reason.Allowed},
		"without the catalog":    {grant.PurposeAnswer, answered, "protocol: 2025-11-25", rule, reason.ActionUnlisted},
		"asking without it":      {grant.PurposeSession, may, "protocol: 2025-11-25", rule, reason.ActionUnlisted},
		"without a rule":         {grant.PurposeAnswer, folders, asking, asks, reason.PolicyNoRule},
		"as a session":           {grant.PurposeSession, answered, asking, asks, reason.OrderInvalid},
		"a session as an answer": {grant.PurposeAnswer, initialize, asking, asks, reason.OrderInvalid},
		"a call as an answer":    {grant.PurposeAnswer, findOrders, asking, asks, reason.OrderInvalid},
		"what answers nothing":   {grant.PurposeAnswer, strings.Replace(answered, `"action"`, `"acts"`, 1), asking, asks, reason.OrderInvalid},
		"another spelling":       {grant.PurposeAnswer, strings.Replace(answered, `{"action"`, `{ "action"`, 1), asking, asks, reason.OrderInvalid},
		"something besides":      {grant.PurposeAnswer, strings.Replace(answered, `{"action"`, `{"token":1,"action"`, 1), asking, asks, reason.OrderInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme", "catalogs/database.yaml", "protocol: 2025-11-25", c.catalog, "policy.csv", rule, c.policy)}, nil)
			p := toServer(c.purpose, "a "+name, c.body)
			out := ask(t, r.execute, p.request(r, p.seal(r)))
			if row := r.one(t); allowed(out) != (c.reason == reason.Allowed) || row.Reason != string(c.reason) {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}
