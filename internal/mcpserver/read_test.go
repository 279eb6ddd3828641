package mcpserver

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
)

// post is a message of the newer era unless headers say otherwise.
func post(body string, headers ...string) action.Request {
	r := action.Request{Method: "POST", Path: "/mcp", Header: []action.Header{{Name: "content-type", Value: "application/json"}}, Body: []byte(body)}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header = append(r.Header, action.Header{Name: headers[i], Value: headers[i+1]})
	}
	return r
}

const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"x"},"progressToken":"p\"1"}`

func TestReadsACall(t *testing.T) {
	stream := []string{"accept", "application/json, text/event-stream"}
	modern := append([]string{"mcp-protocol-version", Modern, "mcp-method", "tools/call", "mcp-name", "t"}, stream...)
	for name, tt := range map[string]struct {
		request  action.Request
		modern   bool
		id       ID
		progress string
	}{
		"of the newer era":      {post(`{"jsonrpc":"2.0","id":"é","method":"tools/call","params":{"name":"t","arguments":{"a":1},`+meta+`}}`, modern...), true, `"\u00e9"`, `"p\"1"`},
		"a name in base64":      {post(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":1},`+meta+`}}`, "mcp-protocol-version", Modern, "mcp-method", "tools/call", "mcp-name", "=?base64?dA==?="), true, "1", ""},
		"of the older era":      {post(`{"jsonrpc":"2.0","id":-3,"method":"tools/call","params":{"name":"t","arguments":{"a":1},"_meta":{"progressToken":7}}}`, append([]string{"mcp-session-id", "s", "mcp-protocol-version", "2025-06-18"}, stream...)...), false, "-3", "7"},
		"of no version":         {post(`{"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"t","arguments":{"a":1}}}`, "mcp-session-id", "s"), false, "0", ""},
		"a client of no stream": {post(`{"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"t","arguments":{"a":1},"_meta":{"progressToken":7}}}`, "accept", "application/json"), false, "0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, fault := Read(tt.request)
			if fault != nil {
				t.Fatal(fault)
			}
			if f.Kind != Call || f.Modern != tt.modern || f.ID != tt.id || f.Call.Name != "t" || f.Call.Progress != tt.progress || f.NeedsSession() == tt.modern {
				t.Errorf("got %+v", f)
			}
			if n, ok := f.Call.Arguments.Member("a").Integer(); !ok || n != 1 {
				t.Error("the arguments are gone")
			}
		})
	}
}

// What is refused although another reader may take it. The message itself is
// held by the tests of the check, through the whole gateway.
func TestRefuses(t *testing.T) {
	modern := []string{"mcp-protocol-version", Modern, "mcp-method", "tools/call", "mcp-name", "t"}
	call := func(params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + params + `,` + meta + `}}`
	}
	old := func(params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + params + `}}`
	}
	for name, tt := range map[string]struct {
		request action.Request
		code    int
	}{
		"a name that is no text":          {post(old(`"name":["t"]`)), codeParams},
		"no name":                         {post(old(`"arguments":{}`)), codeParams},
		"a long name":                     {post(old(`"name":"` + strings.Repeat("t", 129) + `"`)), codeParams},
		"an answer to a question":         {post(call(`"name":"t","inputResponses":{}`), modern...), codeParams},
		"a state":                         {post(call(`"name":"t","requestState":"x"`), modern...), codeParams},
		"params that are a list":          {post(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["t"]}`), codeParams},
		"meta that is a text":             {post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":"x"}}`), codeParams},
		"a version that is a number":      {post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":1}}}`, modern...), codeParams},
		"a progress token that is a list": {post(strings.Replace(call(`"name":"t"`), `"p\"1"`, `[]`, 1), append(modern, "accept", "text/event-stream")...), codeParams},
		"a name in broken base64":         {post(call(`"name":"t"`), "mcp-protocol-version", Modern, "mcp-method", "tools/call", "mcp-name", "=?base64?d?="), codeHeaderMismatch},
		"no name's header":                {post(call(`"name":"t"`), modern[:4]...), codeHeaderMismatch},
		"another name, older era":         {post(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`, "mcp-name", "u"), codeHeaderMismatch},
		"another method, older era":       {post(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`, "mcp-method", "ping"), codeHeaderMismatch},
		"an old version":                  {post(`{"jsonrpc":"2.0","id":1,"method":"ping"}`, "mcp-protocol-version", "2024-11-05"), codeVersion},
		"a cursor of resources":           {post(`{"jsonrpc":"2.0","id":1,"method":"resources/list","params":{"cursor":"2"}}`), codeParams},
		"a resource of another header":    {post(`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a://b"}}`, "mcp-name", "a://c"), codeHeaderMismatch},
		"a long address":                  {post(`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:` + strings.Repeat("b", 1024) + `"}}`), codeParams},
		"an address and a name":           {post(`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a://b","name":"t"}}`), codeParams},
		"a prompt of another header":      {post(`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p"}}`, "mcp-name", "q"), codeHeaderMismatch},
		"a prompt without a name":         {post(`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"arguments":{}}}`), codeParams},
		"a completion of two":             {post(`{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/tool","name":"t"},"argument":{"name":"a","value":""}}}`), codeParams},
		"a completion of a number":        {post(`{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":1}}}`), codeParams},
		"a cursor":                        {post(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"2"}}`), codeParams},
		"initialize of no version":        {post(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`), codeParams},
		"a result and an error":           {post(`{"jsonrpc":"2.0","id":1,"result":{},"error":{}}`), codeInvalid},
		"a result without an id":          {post(`{"jsonrpc":"2.0","result":{}}`), codeInvalid},
		"neither":                         {post(`{"jsonrpc":"2.0","id":1}`), codeInvalid},
		"a method that is null":           {post(`{"jsonrpc":"2.0","id":1,"method":null}`), codeInvalid},
		"an id that is true":              {post(`{"jsonrpc":"2.0","id":true,"method":"ping"}`), codeInvalid},
		"a content type":                  {func() action.Request { r := post(`{}`); r.Header[0].Value = "text/plain"; return r }(), codeInvalid},
		"a charset": {func() action.Request {
			r := post(`{}`)
			r.Header[0].Value = "application/json; charset=utf-16"
			return r
		}(), codeInvalid},
		"no content type": {func() action.Request { r := post(`{}`); r.Header = nil; return r }(), codeInvalid},
	} {
		f, fault := Read(tt.request)
		if fault == nil || fault.Code != tt.code || fault.Status < 400 || f.Kind == Call {
			t.Errorf("%s: %+v, %v", name, f, fault)
			continue
		}
		if !json.Valid(fault.Body()) || !strings.Contains(string(fault.Body()), `"error"`) {
			t.Errorf("%s: %s", name, fault.Body())
		}
	}
}

// A header that names an argument says what the body says, or nothing is called:
// what is decided is the body.
func TestHeadersOfArguments(t *testing.T) {
	body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"region":"eu west","amount":40,"deep":true,"list":[1]},` + meta + `}}`
	modern := []string{"mcp-protocol-version", Modern, "mcp-method", "tools/call", "mcp-name", "t"}
	for name, tt := range map[string]struct {
		headers []string
		agrees  bool
	}{
		"a text":           {[]string{"mcp-param-region", "eu west"}, true},
		"a text in base64": {[]string{"mcp-param-region", "=?base64?ZXUgd2VzdA==?="}, true},
		"a number":         {[]string{"mcp-param-amount", "40"}, true},
		"a truth value":    {[]string{"mcp-param-deep", "true", "mcp-param-amount", "40"}, true},
		"another text":     {[]string{"mcp-param-region", "us"}, false},
		"another number":   {[]string{"mcp-param-amount", "4"}, false},
		"another spelling": {[]string{"mcp-param-amount", "4e1"}, false},
		"a list":           {[]string{"mcp-param-list", "[1]"}, false},
		"no argument":      {[]string{"mcp-param-currency", "usd"}, false},
		"no name":          {[]string{"mcp-param-", "usd"}, false},
		"broken base64":    {[]string{"mcp-param-region", "=?base64?Z?="}, false},
		"twice":            {[]string{"mcp-param-amount", "40", "mcp-param-amount", "40"}, false},
		"one of two wrong": {[]string{"mcp-param-amount", "40", "mcp-param-region", "us"}, false},
	} {
		f, fault := Read(post(body, append(slices.Clone(modern), tt.headers...)...))
		if tt.agrees && (fault != nil || f.Kind != Call) || !tt.agrees && (fault == nil || fault.Code != codeHeaderMismatch || fault.ID != "1") {
			t.Errorf("%s: %+v %v", name, f, fault)
		}
	}
	if _, fault := Read(post(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"region":"eu"}}}`, "mcp-param-region", "us")); fault == nil || fault.Code != codeHeaderMismatch {
		t.Errorf("older era: %v", fault)
	}
}

func TestVersionIsAgreed(t *testing.T) {
	for asked, want := range map[string]string{"2025-03-26": "2025-03-26", "2025-06-18": "2025-06-18", "2025-11-25": "2025-11-25", "2026-07-28": "2025-11-25", "2024-11-05": "2025-11-25", "x": "2025-11-25"} {
		if got := Agreed(asked); got != want {
			t.Errorf("%s: %s", asked, got)
		}
	}
}

// FuzzRead: whatever arrives is one message of the closed list or refused with a
// JSON-RPC error; what is called is what an ordinary reader of JSON finds in the
// body, and headers say the same; ids are harmless text that means the same.
func FuzzRead(f *testing.F) {
	f.Add("POST", `{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t","arguments":{"a":1},`+meta+`}}`, Modern, "tools/call", "t")
	f.Add("POST", `{"jsonrpc":"2.0","id":-0,"method":"tools/call","params":{"name":"t"}}`, "", "", "")
	f.Add("POST", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}`, "", "", "")
	f.Add("POST", `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`, "2025-03-26", "", "")
	f.Add("POST", `{"jsonrpc":"2.0","id":"\ud83d\ude00%\"","method":"ping"}`, "", "", "")
	f.Add("POST", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a://b/%20","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`, Modern, "resources/read", "a://b/%20")
	f.Add("POST", `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p","arguments":{"a":"1"}}}`, "", "", "")
	f.Add("POST", `{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/resource","uri":"a://{b}"},"argument":{"name":"b","value":"x"}}}`, "", "", "")
	f.Add("POST", `{"jsonrpc":"2.0","id":1,"method":"resources/templates/list"}`, "", "", "")
	f.Add("GET", "", "", "", "")
	f.Fuzz(func(t *testing.T, method, body, version, headerM, headerN string) {
		r := post(body)
		r.Method = method
		for name, value := range map[string]string{headerVersion: version, headerMethod: headerM, headerName: headerN} {
			if value != "" {
				r.Header = append(r.Header, action.Header{Name: name, Value: value})
			}
		}
		frame, fault := Read(r)
		if fault != nil {
			if fault.Status < 400 || !json.Valid(fault.Body()) || frame.IsCall() {
				t.Fatalf("%+v, %s", frame, fault.Body())
			}
			return
		}
		harmless(t, frame.ID, body)
		if !frame.IsCall() {
			return
		}
		var other struct {
			Method string
			Params struct{ Name, URI string }
		}
		is := map[Kind]string{Call: "tools/call", ReadResource: "resources/read", GetPrompt: "prompts/get"}[frame.Kind]
		err := json.Unmarshal([]byte(body), &other)
		about := other.Params.Name
		if frame.Kind == ReadResource {
			about = other.Params.URI
		}
		if err != nil || other.Method != is || about != frame.Call.Name {
			t.Fatalf("%v: another reader finds %+v, not %+v", err, other, frame)
		}
		if frame.ID == "" || headerM != "" && headerM != is || frame.Modern && version != Modern {
			t.Fatalf("%+v with headers %q %q %q", frame, version, headerM, headerN)
		}
	})
}

// harmless: an id is printable ASCII without what Envoy's formats act on, and
// the same value as the client's.
func harmless(t *testing.T, id ID, body string) {
	t.Helper()
	if id == "" {
		return
	}
	for i := range len(id) {
		if id[i] < ' ' || id[i] >= 0x7f || id[i] == '%' {
			t.Fatalf("the id %s", id)
		}
	}
	var message struct{ ID any }
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&message) != nil {
		t.Fatalf("no message: %s", body)
	}
	var got any
	again := json.NewDecoder(strings.NewReader(string(id)))
	again.UseNumber()
	if err := again.Decode(&got); err != nil || got != message.ID {
		t.Fatalf("%s stands for %v: %v", id, message.ID, err)
	}
}
