package answer

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/mcpserver"
)

// Of an MCP server's answer a client gets what the mask can look into, and
// nothing of its frame.
func TestServerResult(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want mcpserver.Result
		ok   bool
	}{
		"a text":     {`{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"text","text":"Hello"}],"_meta":{"a":1}}}`, mcpserver.Result{Text: "Hello"}, true},
		"structured": {`{"result":{"content":[{"type":"text","text":"{\"a\":1}"}],"structuredContent":{"a": 1}}}`, mcpserver.Result{Text: `{"a":1}`, Structured: []byte(`{"a":1}`)}, true},
		"two texts":  {`{"result":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"isError":true}}`, mcpserver.Result{Text: "a", Notes: []string{"b"}, IsError: true}, true},
		"an image": {
			`{"result":{"content":[{"type":"image","data":"QQ==","mimeType":"image/png"},{"type":"text","text":"a"}]}}`,
			mcpserver.Result{Text: "a", Notes: []string{"1 parts of the answer that are no text were left out."}}, true,
		},
		"JSON inside a text": {`{"result":{"content":[{"type":"text","text":"found:\n{\"name\":\"Ada\"}"}]}}`, mcpserver.Result{Text: withheld}, true},
		"nothing":            {`{"result":{"content":[],"structuredContent":null}}`, mcpserver.Result{Text: "The tool answered without a text."}, true},
		"an error": {
			`{"error":{"code":-32602,"message":"no such tool"}}`,
			mcpserver.Result{Text: "The tool's server answered with error -32602.", Notes: []string{"no such tool"}, IsError: true}, true,
		},
		"both":    {`{"result":{"content":[]},"error":{"code":1}}`, mcpserver.Result{}, false},
		"neither": {`{}`, mcpserver.Result{}, false},
		"no JSON": {`x`, mcpserver.Result{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := serverResult([]byte(c.body))
			if diff := cmp.Diff(c.want, got); diff != "" || ok != c.ok {
				t.Errorf("%v %s", ok, diff)
			}
		})
	}
	raw := string(Result(mcpserver.ID("1"), Outcome{Status: 200, Body: []byte(`{"jsonrpc":"2.0","id":"secret-id","result":{"content":[{"type":"text","text":"Hello"}]}}`), Server: true}))
	if strings.Contains(raw, "secret-id") || !strings.Contains(raw, `"text":"Hello"`) {
		t.Error(raw)
	}
	if raw := string(Result(mcpserver.ID("1"), Outcome{Status: 502, Body: []byte("<p>"), Server: true})); !strings.Contains(raw, `"isError":true`) {
		t.Error(raw)
	}
}
