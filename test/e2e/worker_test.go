package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// worker is an MCP server whose tool takes its time and speaks meanwhile.
type worker struct {
	server *mcp.Server
	goOn   chan struct{} // lets one call that waits end
}

type task struct {
	Name string `json:"name"`
}

func newWorker() *worker {
	w := &worker{server: mcp.NewServer(&mcp.Implementation{Name: "worker", Version: "1"}, nil), goOn: make(chan struct{})}
	mcp.AddTool(w.server, &mcp.Tool{Name: "work", Description: "Works."}, w.work)
	mcp.AddTool(w.server, &mcp.Tool{Name: "ask", Description: "Asks."}, w.ask)
	mcp.AddTool(w.server, &mcp.Tool{Name: "change", Description: "Asks and changes."}, w.ask)
	return w
}

// ask wants everything that a server can ask for before it answers.
func (w *worker) ask(_ context.Context, r *mcp.CallToolRequest, in task) (*mcp.CallToolResult, any, error) {
	wants := mcp.InputRequestMap{
		"form": &mcp.ElicitParams{Message: "Who is ada.lovelace@example.com?", RequestedSchema: map[string]any{
			"type": "object", "required": []string{"name"},
			"properties": map[string]any{"name": map[string]any{"type": "string", "title": "Who"}, "plan": map[string]any{"type": "string", "enum": []string{"annual", "monthly"}}},
		}},
		"model":   &mcp.CreateMessageParams{MaxTokens: 50, Messages: []*mcp.SamplingMessage{{Role: "user", Content: &mcp.TextContent{Text: "Greet ada.lovelace@example.com."}}}}, //nolint:staticcheck // deprecated, and still spoken
		"folders": &mcp.ListRootsParams{},                                                                                                                                        //nolint:staticcheck // as above
	}
	for key := range wants {
		if !strings.Contains(in.Name, key) {
			delete(wants, key)
		}
	}
	if len(r.Params.InputResponses) == 0 {
		return &mcp.CallToolResult{InputRequests: wants, RequestState: "state of the worker"}, nil, nil
	}
	said, err := json.Marshal(r.Params.InputResponses)
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: r.Params.RequestState + ": " + string(said)}}}, nil, err
}

// work tells how far it is, and waits before its end.
func (w *worker) work(ctx context.Context, r *mcp.CallToolRequest, _ task) (*mcp.CallToolResult, any, error) {
	if token := r.Params.GetProgressToken(); token != nil {
		for i, text := range []string{"begun", "half done, for ada.lovelace@example.com"} {
			if err := r.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: token, Progress: float64(i) / 2, Total: 1, Message: text}); err != nil {
				return nil, nil, err
			}
		}
	}
	_ = r.Session.Log(ctx, &mcp.LoggingMessageParams{Level: "warning", Logger: "work", Data: map[string]any{"slow": "ada.lovelace@example.com"}}) //nolint:staticcheck // deprecated, and still spoken
	select {
	case <-w.goOn:
	case <-ctx.Done():
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "worked"}}}, nil, nil
}

// digest is what a catalog pins of a tool.
func (w *worker) digest(t *testing.T, tool string) string {
	t.Helper()
	here, there := mcp.NewInMemoryTransports()
	if _, err := w.server.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "look", Version: "1"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	list, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list.Tools {
		raw, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := client.ReadTool(raw); err == nil && read.Name == tool {
			return read.Digest
		}
	}
	t.Fatalf("the worker has no tool %s", tool)
	return ""
}

// startWorker starts a gateway with the worker as two tools of acme.
func startWorker(t *testing.T, w *worker) *rig.Rig {
	t.Helper()
	return rig.Start(t, rig.Options{Prepare: func(tenants string) { w.tools(t, tenants, "30s") }})
}

// tools makes the worker two tools of acme: "works" has sessions, "works2" has none.
func (w *worker) tools(t *testing.T, tenants, timeout string) {
	t.Helper()
	actions := strings.NewReplacer("WORK", w.digest(t, "work"), "ASK", w.digest(t, "ask"), "CHANGE", w.digest(t, "change")).Replace(workActions)
	for name, protocol := range map[string]string{"works": "2025-11-25", "works2": "2026-07-28"} {
		served := httptest.NewServer(mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return w.server }, &mcp.StreamableHTTPOptions{Stateless: name == "works2"}))
		t.Cleanup(served.Close)
		acme := filepath.Join(tenants, "acme")
		appendTo(t, filepath.Join(acme, "tools.yaml"), fmt.Sprintf("  - {name: %s, catalog: %s, origin: %q, private: true, timeout: %s, credential: {secret: database_key, scheme: bearer}}\n", name, name, served.URL, timeout))
		appendTo(t, filepath.Join(acme, "policy.csv"), strings.ReplaceAll(workRules, "TOOL", name))
		catalog := strings.NewReplacer("TOOL", name, "PROTOCOL", protocol).Replace(actions)
		if err := os.WriteFile(filepath.Join(acme, "catalogs", name+".yaml"), []byte(catalog), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const workActions = `name: TOOL
dialect: problem
max_body: 16KiB
mcp: {path: /mcp, protocol: PROTOCOL, may_ask: [sampling, elicitation, roots]}
outcomes: {not_applied: {errors: [-32602]}}
actions:
  - name: TOOL.task.work
    summary: Work on {name}
    effect: false
    mcp: {tool: work, digest: "WORK"}
    params:
      - {name: name, kind: string, max: 100, required: true, safe: true}
  - name: TOOL.task.ask
    summary: Ask about {name}
    effect: false
    mcp: {tool: ask, digest: "ASK"}
    params:
      - {name: name, kind: string, max: 100, required: true, safe: true}
  - name: TOOL.task.change
    summary: Change {name}
    effect: true
    mcp: {tool: change, digest: "CHANGE"}
    params:
      - {name: name, kind: string, max: 100, required: true, safe: true}
    business_key: [args.name]
`

const workRules = `
p, billing, TOOL.task.work, true, allow, -
p, billing, TOOL.task.ask, true, allow, -
p, billing, TOOL.task.change, true, allow, once
p, billing, TOOL.elicitation.create, true, allow, -
p, billing, TOOL.sampling.create, agent.id == 'billing-bot', allow, -
`

// TestUpstreamSpeaks: what a server tells and asks while it works on a call reaches
// the agent's client in every pair of eras.
func TestUpstreamSpeaks(t *testing.T) {
	w := newWorker()
	r := startWorker(t, w)
	for _, version := range eras {
		for _, tool := range []string{"works", "works2"} {
			t.Run(version+" to "+tool, func(t *testing.T) {
				testProgress(t, r, w, version, tool)
				testQuestions(t, r, version, tool)
			})
		}
	}
	t.Run("revoked", func(t *testing.T) { testProgressRevoked(t, r, w) })
	for name, python := range map[string]string{"mcp 2": "PYTHON", "mcp 1": "PYTHON_LANGCHAIN"} {
		t.Run("the Python client of "+name, func(t *testing.T) { testPythonAnswers(t, r, python) })
	}
	t.Run("effects", func(t *testing.T) { testQuestionsOfEffects(t, r) })
	t.Run("answers elsewhere", func(t *testing.T) { testAnswersElsewhere(t, r) })
	t.Run("record", func(t *testing.T) { testQuestionsRecorded(t, r) })
}

// heard are the notices of a client, in order.
type heard struct {
	progress chan *mcp.ProgressNotificationParams
	log      chan *mcp.LoggingMessageParams //nolint:staticcheck // deprecated, and still spoken
}

func listening(t *testing.T, r *rig.Rig, who token.Identity, version string) (*mcp.ClientSession, heard) {
	t.Helper()
	h := heard{make(chan *mcp.ProgressNotificationParams, 100), make(chan *mcp.LoggingMessageParams, 100)} //nolint:staticcheck // deprecated, and still spoken
	return connectAs(t, r, r.Token(who), "/mcp", version, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, n *mcp.ProgressNotificationClientRequest) { h.progress <- n.Params },
		LoggingMessageHandler:       func(_ context.Context, n *mcp.LoggingMessageRequest) { h.log <- n.Params },
	}), h
}

func next[T any](t *testing.T, what string, from <-chan T) (out T) {
	t.Helper()
	select {
	case out = <-from:
	case <-time.After(30 * time.Second):
		t.Fatalf("not within 30 s: %s", what)
	}
	return out
}

// testProgress: progress comes before the result, and masked.
func testProgress(t *testing.T, r *rig.Rig, w *worker, version, tool string) {
	session, h := listening(t, r, rig.Billing("acme", "cus_ada"), version)
	params := &mcp.CallToolParams{Name: tool + "_task_work", Arguments: map[string]any{"name": version}}
	params.SetProgressToken("tok")
	if version >= "2026" {
		params.Meta["io.modelcontextprotocol/logLevel"] = "warning"
	}
	done := make(chan *mcp.CallToolResult, 1)
	go func() {
		got, err := session.CallTool(t.Context(), params)
		if err != nil {
			t.Error(err)
		}
		done <- got
	}()
	first, second := next(t, "progress", h.progress), next(t, "more of it", h.progress)
	if first.ProgressToken != "tok" || first.Message != "begun" || first.Total != 1 || second.Progress != 0.5 {
		t.Errorf("%+v %+v", first, second)
	}
	if strings.Contains(second.Message, "ada.lovelace") || !strings.HasPrefix(second.Message, "half done, for [email:") {
		t.Errorf("not masked: %s", second.Message)
	}
	if tool == "works2" { // a server of the older era waits for a level that nobody sets
		line := next(t, "a line of the log", h.log)
		data, _ := json.Marshal(line.Data)
		if line.Level != "warning" || line.Logger != "work" || !strings.Contains(string(data), `"slow":"[email:`) {
			t.Errorf("%+v", line)
		}
	}
	select {
	case got := <-done:
		t.Fatalf("the result came before its time: %+v", got)
	case w.goOn <- struct{}{}:
	}
	if got := readResult(t, next(t, "the result", done)); got.failed || got.text != "worked" {
		t.Errorf("%+v", got)
	}
}

// testProgressRevoked: who is revoked hears nothing more of a call, and no result.
func testProgressRevoked(t *testing.T, r *rig.Rig, w *worker) {
	who := rig.Billing("acme", "cus_ada")
	who.Session.ID = "progress-revoked"
	session, h := listening(t, r, who, "2025-11-25")
	params := &mcp.CallToolParams{Name: "works_task_work", Arguments: map[string]any{"name": "x"}}
	params.SetProgressToken("tok")
	ended := make(chan error, 1)
	go func() {
		_, err := session.CallTool(context.WithoutCancel(t.Context()), params)
		ended <- err
	}()
	next(t, "progress", h.progress)
	revoke(t, r, token.Revocation{Tenant: "acme", Session: who.Session.ID})
	if err := next(t, "the end", ended); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("the client is told %v", err)
	}
}
