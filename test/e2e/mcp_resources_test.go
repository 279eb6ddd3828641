package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// testUpstreamResources: resources and prompts of an MCP server that the catalog
// maps are decided, masked and recorded as its tools are; its others do not exist.
func testUpstreamResources(t *testing.T, r *rig.Rig) {
	billing, managing := r.Token(rig.Billing("acme", "cus_ada")), r.Token(manager("m1"))
	for _, version := range eras {
		t.Run(version, func(t *testing.T) {
			own := connect(t, r, billing, "/database/mcp", version)
			testResourceLists(t, own, connect(t, r, managing, "/mcp", version))
			testResourceReads(t, own)
			testPrompts(t, own)
			testCompletions(t, own)
			testNothingMapped(t, connect(t, r, billing, "/stripe/mcp", version))
		})
	}
	for name, python := range map[string]string{"mcp 2": "PYTHON", "mcp 1": "PYTHON_LANGCHAIN"} {
		t.Run("the Python client of "+name, func(t *testing.T) {
			got := printed(t, os.Getenv(python), filepath.Join("testdata", "resources.py"), "http://"+r.Addresses().Agent+"/database/mcp", billing)
			for _, want := range []string{"status: open: not sent yet", "sheet: ", `"ord_1001"`, "another: ", "(facts_unavailable", "prompt: Write a full summary", "values: ['full']"} {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in %s", want, got)
				}
			}
			if strings.Contains(got, `"Ada Lovelace"`) || strings.Contains(got, "ada.lovelace@") {
				t.Errorf("in clear: %s", got)
			}
		})
	}
	t.Run("record", func(t *testing.T) {
		testkit.Eventually(t, "reads and refusals are recorded as calls", func() bool {
			return r.Count(t, "SELECT count(DISTINCT action) FROM audit.decisions WHERE step = 'execute:read' AND effect != 'deny' AND action IN ('database.order.sheet', 'database.help.statuses', 'database.order.summarize')") == "3" &&
				r.Count(t, "SELECT count() > 0 FROM audit.decisions WHERE action = 'database.order.sheet' AND effect = 'deny' AND reason = 'policy_no_rule'") == "1" &&
				r.Count(t, "SELECT count() > 0 FROM audit.decisions WHERE effect = 'deny' AND reason = 'action_unlisted' AND path = '/database/mcp'") == "1"
		})
	})
}

// printed is what a program prints.
func printed(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args[0], err, out)
	}
	return string(out)
}

func testResourceLists(t *testing.T, own, other agent) {
	t.Helper()
	list := func(a agent) (out []string) {
		resources, err := a.ListResources(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		templates, err := a.ListResourceTemplates(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		prompts, err := a.ListPrompts(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range resources.Resources {
			out = append(out, r.URI)
		}
		for _, r := range templates.ResourceTemplates {
			out = append(out, r.URITemplate)
		}
		for _, p := range prompts.Prompts {
			out = append(out, p.Name)
		}
		return out
	}
	if got := list(own); !slices.Equal(got, []string{"orders://help/statuses", "orders://order/{order}", "database_order_summarize"}) {
		t.Errorf("listed %q", got)
	}
	if got := list(other); len(got) != 0 {
		t.Errorf("to a role that may call none: %q", got)
	}
	tools, err := own.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools.Tools {
		if tool.Name == "database_order_sheet" || tool.Name == "database_order_summarize" {
			t.Errorf("%s is listed as a tool too", tool.Name)
		}
	}
}

func testResourceReads(t *testing.T, own agent) {
	t.Helper()
	got, err := own.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "orders://help/statuses"})
	if err != nil || len(got.Contents) != 1 || got.Contents[0].MIMEType != "text/plain" || !strings.Contains(got.Contents[0].Text, "not sent yet") {
		t.Fatalf("%+v %v", got, err)
	}
	got, err = own.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "orders://order/ord_1001"})
	if err != nil || len(got.Contents) != 1 || got.Contents[0].URI != "orders://order/ord_1001" || !strings.Contains(got.Contents[0].Text, `"shipped"`) {
		t.Fatalf("%+v %v", got, err)
	}
	if text := got.Contents[0].Text; strings.Contains(text, `"Ada Lovelace"`) || strings.Contains(text, "ada.lovelace@example.com") || !strings.Contains(text, "[email:b") {
		t.Errorf("not masked: %s", text)
	}
	for uri, want := range map[string]string{
		"orders://order/ord_1007":         "facts_unavailable", // another customer's
		"orders://order/ord_9999":         "facts_unavailable", // none: both read the same
		"orders://order/cus_ada":          "input_invalid",
		"orders://order/ord_1001?x=1":     "action_unlisted",
		"orders://order/ord_1001/../dump": "action_unlisted",
		"orders://order/%6Frd_1001":       "input_invalid",
		"orders://dump":                   "action_unlisted", // the server has it
		"file:///etc/passwd":              "action_unlisted",
	} {
		got, err := own.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
		refusedAs(t, uri, err, want)
		if got != nil && len(got.Contents) > 0 {
			t.Errorf("%s: %+v", uri, got)
		}
	}
}

// refusedAs: a refusal is an error with the sentence and its code, and the client
// goes on.
func refusedAs(t *testing.T, what string, err error, code string) {
	t.Helper()
	var wire *jsonrpc.Error
	if !errors.As(err, &wire) || !strings.Contains(err.Error(), "("+code) || !strings.Contains(string(wire.Data), `"code":"`+code+`"`) {
		t.Errorf("%s: %v", what, err)
	}
}

func testPrompts(t *testing.T, own agent) {
	t.Helper()
	get := func(name string, arguments map[string]string) (*mcp.GetPromptResult, error) {
		return own.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: name, Arguments: arguments})
	}
	got, err := get("database_order_summarize", map[string]string{"customer": "cus_ada", "length": "full"})
	if err != nil || len(got.Messages) != 2 || got.Description != "Asks for a summary of the orders of one customer." {
		t.Fatalf("%+v %v", got, err)
	}
	first, _ := got.Messages[0].Content.(*mcp.TextContent)
	second, _ := got.Messages[1].Content.(*mcp.TextContent)
	if first == nil || first.Text != "Write a full summary of these orders." || second == nil || !strings.Contains(second.Text, "ord_1001") || strings.Contains(second.Text, `"Ada Lovelace"`) {
		t.Errorf("%+v %+v", first, second)
	}
	for name, c := range map[string]struct {
		prompt    string
		arguments map[string]string
		want      string
	}{
		"another customer's": {"database_order_summarize", map[string]string{"customer": "cus_bob"}, "policy_no_rule"},
		"no such length":     {"database_order_summarize", map[string]string{"customer": "cus_ada", "length": "endless"}, "input_invalid"},
		"an argument more":   {"database_order_summarize", map[string]string{"customer": "cus_ada", "sql": "1=1"}, "input_unlisted"},
		"an argument less":   {"database_order_summarize", nil, "input_missing"},
		"the server's name":  {"summarize", map[string]string{"customer": "cus_ada"}, "action_unlisted"},
		"one not mapped":     {"raw", nil, "action_unlisted"},
		"a tool":             {"database_order_find", map[string]string{"customer": "cus_ada"}, "action_unlisted"},
	} {
		_, err := get(c.prompt, c.arguments)
		refusedAs(t, name, err, c.want)
	}
	if got := own.ask(t, "database_order_summarize", map[string]any{"customer": "cus_ada"}, ""); !got.failed || got.code != "action_unlisted" {
		t.Errorf("a prompt called as a tool: %+v", got)
	}
}

func testCompletions(t *testing.T, own agent) {
	t.Helper()
	complete := func(ref *mcp.CompleteReference, name, value string) (*mcp.CompleteResult, error) {
		return own.Complete(t.Context(), &mcp.CompleteParams{Ref: ref, Argument: mcp.CompleteParamsArgument{Name: name, Value: value}})
	}
	prompt := &mcp.CompleteReference{Type: "ref/prompt", Name: "database_order_summarize"}
	for value, want := range map[string][]string{"": {"short", "medium", "full"}, "s": {"short"}, "x": {}} {
		if got, err := complete(prompt, "length", value); err != nil || !slices.Equal(got.Completion.Values, want) || got.Completion.HasMore {
			t.Errorf("%q: %+v %v", value, got, err)
		}
	}
	for name, ref := range map[string]*mcp.CompleteReference{"customer": prompt, "order": {Type: "ref/resource", URI: "orders://order/{order}"}} {
		if got, err := complete(ref, name, "cus_"); err != nil || len(got.Completion.Values) != 0 {
			t.Errorf("who there is: %+v %v", got, err)
		}
	}
	for name, ref := range map[string]*mcp.CompleteReference{"no prompt": {Type: "ref/prompt", Name: "raw"}, "no resource": {Type: "ref/resource", URI: "orders://dump"}} {
		if got, err := complete(ref, "length", ""); err == nil || !strings.Contains(err.Error(), "No such prompt") {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

// Where no catalog maps any, there are none, and nothing promises them.
func testNothingMapped(t *testing.T, stripe agent) {
	t.Helper()
	if c := stripe.InitializeResult().Capabilities; c.Resources != nil || c.Prompts != nil || c.Completions != nil {
		t.Errorf("promises %+v", c)
	}
	if _, err := stripe.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "orders://help/statuses"}); err == nil || !strings.Contains(err.Error(), "the catalogs map none") {
		t.Errorf("read all the same: %v", err)
	}
}
