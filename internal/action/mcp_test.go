package action

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
)

// shopYAML has every kind of argument that a call of an MCP server may have.
const shopYAML = `
name: shop
dialect: problem
max_body: 64KiB
mcp: {path: /v1/mcp, protocol: PROTOCOL}
actions:
  - name: shop.order.find
    summary: Find orders of {customer}
    effect: false
    mcp: {tool: find_orders, digest: "sha256:1111111111111111111111111111111111111111111111111111111111111111"}
    params:
      - {name: customer, kind: id, prefixes: [cus_], required: true, safe: true, at: filter.customer}
      - {name: status, kind: enum, values: [open, "a\"b"], at: filter.status}
      - {name: limit, kind: integer, min: -3, max: 50}
      - {name: tags, kind: list}
      - {name: deep, kind: bool, absent: "false"}
  - name: shop.order.sizes
    summary: Sizes
    effect: false
    mcp: {tool: sizes, digest: "sha256:2222222222222222222222222222222222222222222222222222222222222222"}
  - name: shop.order.cancel
    summary: Cancel {order} for {facts.order.customer}
    effect: true
    mcp: {tool: order/cancel, digest: "sha256:3333333333333333333333333333333333333333333333333333333333333333"}
    params:
      - {name: order, kind: id, chars: digits, required: true, safe: true}
      - {name: fee, kind: money, currency: EUR}
      - {name: note, kind: string}
    facts:
      - name: order
        action: shop.order.find
        args: {customer: args.order}
        fields:
          - {name: customer, kind: id, from: order.customer}
    business_key: [args.order]
`

func shop(tb testing.TB, p client.Protocol, edits ...string) *Catalog {
	tb.Helper()
	return compiled(tb, strings.NewReplacer(append(edits, "PROTOCOL", string(p))...).Replace(shopYAML))
}

// The law of the gateway over MCP, in both eras.
func TestMatchReadsWhatBuildWritesOverMCP(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, p := range []client.Protocol{client.Sessions, client.Stateless} {
		c := shop(t, p)
		for _, a := range c.Actions() {
			for range 300 {
				args := Args{}
				for i := range a.op.params {
					p := &a.op.params[i]
					if p.Required || p.constant != nil || r.IntN(2) == 0 {
						args[p.Name] = arbitrary(r, p)
					}
				}
				a.op.nameCurrency(args)
				holds(t, c, Call{Tool: c.Name(), Action: a.Name, Args: args})
			}
		}
	}
}

func built(tb testing.TB, c *Catalog) Request {
	tb.Helper()
	r, err := c.Build("shop.order.find", Args{"customer": {Kind: ID, Text: "cus_1"}})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// A call is written with the same bytes whenever it is built, and read under
// any id, in its session.
func TestCallOverMCP(t *testing.T) {
	r := built(t, shop(t, client.Sessions))
	want := `{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"find_orders","arguments":{"filter":{"customer":"cus_1"},"deep":false}}}`
	if r.Method != "POST" || r.Path != "/v1/mcp" || string(r.Body) != want {
		t.Errorf("%s %s %s", r.Method, r.Path, r.Body)
	}
	var ok bool
	r.Body, ok = client.Number(r.Body, `7"`, client.Extra{Progress: true})
	r.Header = append(r.Header, Header{client.HeaderSession, "s-1"}, Header{client.HeaderVersion, "2025-06-18"})
	if call, _, mismatch := shop(t, client.Sessions).Match(r); !ok || mismatch != nil || call.Action != "shop.order.find" {
		t.Errorf("%v %v %v", ok, call, mismatch)
	}
}

// Everything that is not exactly the gateway's own spelling is refused: nobody
// else writes these requests.
func TestMatchRefusesOverMCP(t *testing.T) {
	body := func(from, to string) func(*Request) {
		return func(r *Request) {
			if !strings.Contains(string(r.Body), from) {
				t.Fatalf("%s has no %s", r.Body, from)
			}
			r.Body = []byte(strings.Replace(string(r.Body), from, to, 1))
		}
	}
	header := func(name, value string) func(*Request) {
		return func(r *Request) { r.Header = append(r.Header, Header{name, value}) }
	}
	for name, c := range map[string]struct {
		p      client.Protocol
		change func(*Request)
		want   reason.Code
	}{
		"another path":        {client.Sessions, func(r *Request) { r.Path = "/v1/mcp/" }, reason.ActionUnlisted},
		"a query":             {client.Sessions, func(r *Request) { r.RawQuery = "a=b" }, reason.ActionUnlisted},
		"GET":                 {client.Sessions, func(r *Request) { r.Method = "GET" }, reason.ActionUnlisted},
		"another method":      {client.Sessions, body("tools/call", "tools/list"), reason.ActionUnlisted},
		"another tool":        {client.Sessions, body("find_orders", "drop_orders"), reason.ActionUnlisted},
		"a batch":             {client.Sessions, func(r *Request) { r.Body = []byte("[" + string(r.Body) + "]") }, reason.ActionUnlisted},
		"no JSON":             {client.Sessions, body("{", ""), reason.BodyMalformed},
		"a key twice":         {client.Sessions, body(`"method"`, `"id":"x","method"`), reason.BodyMalformed},
		"white space":         {client.Sessions, body(`,"method"`, `, "method"`), reason.BodyMalformed},
		"an id of a number":   {client.Sessions, body(`"call"`, `1`), reason.BodyMalformed},
		"an extra argument":   {client.Sessions, body(`"deep":false`, `"deep":false,"all":true`), reason.InputUnlisted},
		"a wrong kind":        {client.Sessions, body(`"deep":false`, `"deep":"false"`), reason.InputInvalid},
		"a missing argument":  {client.Sessions, body(`"customer":"cus_1"`, ``), reason.InputMissing},
		"an absent default":   {client.Sessions, body(`,"deep":false`, ``), reason.BodyMalformed},
		"_meta":               {client.Sessions, body(`"arguments"`, `"_meta":{"progressToken":1},"arguments"`), reason.BodyMalformed},
		"another _meta":       {client.Stateless, body(`"name":"sallyport"`, `"name":"other"`), reason.BodyMalformed},
		"another media type":  {client.Sessions, func(r *Request) { r.Header[0].Value = "text/plain" }, reason.BodyMediaType},
		"two sessions":        {client.Sessions, func(r *Request) { header(client.HeaderSession, "a")(r); header(client.HeaderSession, "a")(r) }, reason.InputInvalid},
		"a malformed session": {client.Sessions, header(client.HeaderSession, "a b"), reason.InputInvalid},
		"another version":     {client.Sessions, header(client.HeaderVersion, "2024-11-05"), reason.InputInvalid},
		"another header":      {client.Sessions, header("mcp-param-region", "eu"), reason.InputUnlisted},
		"a session of none":   {client.Stateless, header(client.HeaderSession, "a"), reason.InputInvalid},
		"another name": {client.Stateless, func(r *Request) {
			for i := range r.Header {
				if r.Header[i].Name == client.HeaderName {
					r.Header[i].Value = "sizes"
				}
			}
		}, reason.InputInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			catalog := shop(t, c.p)
			r := built(t, catalog)
			c.change(&r)
			call, _, mismatch := catalog.Match(r)
			if mismatch == nil || mismatch.Reason != c.want || call.Args != nil {
				t.Errorf("%v %v", call, mismatch)
			}
		})
	}
}

// What an answer proves, without a word in the catalog and with one.
func TestClassifyOverMCP(t *testing.T) {
	const plain, said = "", `
outcomes:
  applied: {has: structuredContent.id}
  not_applied: {errors: [-32000], is_error: true, has: structuredContent.code, unless: [{at: structuredContent.code, is: [later]}]}
`
	for _, c := range []struct {
		outcomes, answer string
		want             Outcome
	}{
		{plain, `{"jsonrpc":"2.0","id":"1","result":{"content":[]}}`, OutcomeApplied},
		{plain, `{"jsonrpc":"2.0","id":"1","result":{"content":[],"isError":false,"resultType":"complete"}}`, OutcomeApplied},
		{plain, `{"jsonrpc":"2.0","id":"1","result":{"content":[],"isError":true}}`, OutcomeUnknown},
		{plain, `{"jsonrpc":"2.0","id":"1","result":{"content":[],"isError":"false"}}`, OutcomeUnknown},
		{plain, `{"jsonrpc":"2.0","id":"1","result":{"resultType":"input_required","inputRequests":{}}}`, OutcomeUnknown},
		{plain, `{"jsonrpc":"2.0","id":"1","result":[]}`, OutcomeUnknown},
		{plain, `{"jsonrpc":"2.0","id":"1"}`, OutcomeUnknown},
		{plain, `{"jsonrpc":"2.0","id":"1","error":{"code":-32602,"message":"x"}}`, OutcomeNotApplied},
		{plain, `{"jsonrpc":"2.0","id":"1","error":{"code":-32601,"message":"x"}}`, OutcomeNotApplied},
		{plain, `{"jsonrpc":"2.0","id":"1","error":{"code":-32603,"message":"x"}}`, OutcomeUnknown},
		{plain, `{"jsonrpc":"2.0","id":"1","error":{"code":-32602},"result":{}}`, OutcomeUnknown},
		{plain, `nonsense`, OutcomeUnknown},
		{said, `{"jsonrpc":"2.0","id":"1","result":{"content":[]}}`, OutcomeUnknown},
		{said, `{"jsonrpc":"2.0","id":"1","result":{"structuredContent":{"id":"x"}}}`, OutcomeApplied},
		{said, `{"jsonrpc":"2.0","id":"1","result":{"isError":true,"structuredContent":{"code":"gone"}}}`, OutcomeNotApplied},
		{said, `{"jsonrpc":"2.0","id":"1","result":{"isError":true,"structuredContent":{"code":"later"}}}`, OutcomeUnknown},
		{said, `{"jsonrpc":"2.0","id":"1","result":{"isError":"true","structuredContent":{"code":"gone"}}}`, OutcomeUnknown},
		{said, `{"jsonrpc":"2.0","id":"1","result":{"isError":true,"structuredContent":{}}}`, OutcomeUnknown},
		{said, `{"jsonrpc":"2.0","id":"1","error":{"code":-32000}}`, OutcomeNotApplied},
		{said, `{"jsonrpc":"2.0","id":"1","error":{"code":-32602}}`, OutcomeUnknown},
	} {
		a, _ := shop(t, client.Sessions, "\nactions:", c.outcomes+"\nactions:").Action("shop.order.cancel")
		if got := a.Classify(200, "application/json", []byte(c.answer)); got != c.want {
			t.Errorf("%s with %q proves %d, want %d", c.answer, c.outcomes, got, c.want)
		}
		if got := a.Classify(404, "application/json", []byte(c.answer)); got != OutcomeUnknown {
			t.Errorf("%s with status 404 proves %d", c.answer, got)
		}
	}
}

func TestFactsOverMCP(t *testing.T) {
	a, _ := shop(t, client.Sessions).Action("shop.order.cancel")
	for answer, want := range map[string]string{
		`{"result":{"structuredContent":{"order":{"customer":"cus_1"}}}}`:                                                  "cus_1",
		`{"result":{"content":[{"type":"text","text":"{\"order\":{\"customer\":\"cus_2\"}}"}]}}`:                           "cus_2",
		`{"result":{"isError":true,"structuredContent":{"order":{"customer":"cus_1"}}}}`:                                   "failed",
		`{"error":{"code":-32602,"message":"no"}}`:                                                                         "failed",
		`{"result":{"content":[{"type":"text","text":"{\"order\":{\"customer\":\"cus_2\"}}"},{"type":"text","text":""}]}}`: "",
		`{"result":{"content":[{"type":"text","text":"Customer cus_1"}]}}`:                                                 "",
		`{"result":{"structuredContent":{"order":{}}}}`:                                                                    "",
		`{"result":{"resultType":"input_required","structuredContent":{"order":{"customer":"cus_1"}}}}`:                    "",
	} {
		record, err := a.ReadFact("order", 200, "application/json", []byte(answer))
		got := record["customer"].Text
		if wrong, is := err.(*FactError); is && wrong.Failed { //nolint:errorlint // returned as it is
			got = "failed"
		}
		if got != want || (err == nil) != strings.HasPrefix(want, "cus_") {
			t.Errorf("%s: %q, %v", answer, got, err)
		}
	}
}

func TestCompileRefusesOverMCP(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no protocol":       {"PROTOCOL", "2024-11-05", `mcp.protocol: must be 2025-11-25 or 2026-07-28 (got "2024-11-05")`},
		"a path":            {"/v1/mcp", "v1/../mcp", `mcp.path: must be a plain path, as /mcp (got "v1/../mcp")`},
		"no digest":         {`sha256:1111`, `sha256:`, "actions[0].mcp.digest: must be what `sallyport catalog digest` prints for the tool that was reviewed"},
		"no tool":           {`tool: sizes`, `tool: "a b"`, `actions[1].mcp.tool: must be the tool's name at the server (got "a b")`},
		"one tool twice":    {`tool: sizes`, `tool: find_orders`, `actions[1].mcp.tool: is the tool of shop.order.find (got find_orders)`},
		"a method":          {`    mcp: {tool: sizes`, `    method: GET` + "\n" + `    mcp: {tool: sizes`, `actions[1].mcp: stands in place of method, path, aliases, body and provider_key`},
		"no mcp":            {"mcp: {path: /v1/mcp, protocol: PROTOCOL}", "", `actions[0].mcp: must be given for every action of a catalog with mcp, and for no other`},
		"in the query":      {`kind: list`, `kind: string, in: query`, `actions[0].params[3].in: is one of the call's arguments, in the body (got query)`},
		"effect not said":   {"    effect: false\n", "", `actions[0].effect: must be said for POST: true or false`},
		"a status":          {"\nactions:", "\noutcomes: {applied: {status: [200]}}\nactions:", `outcomes.applied.status: says nothing about an answer over MCP`},
		"an error that did": {"\nactions:", "\noutcomes: {applied: {is_error: true}}\nactions:", `outcomes.applied: an error is never a proof that something was done`},
	} {
		t.Run(name, func(t *testing.T) {
			source := strings.Replace(shopYAML, c.from, c.to, 1)
			_, problems := Compile("shop.yaml", []byte(strings.ReplaceAll(source, "PROTOCOL", "2025-11-25")))
			if err := problems.Err(); err == nil || !strings.Contains(err.Error(), "shop.yaml: "+c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
