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
	return w
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

// startWorker starts a gateway with the worker as two tools of acme: "works" has
// sessions, "works2" has none.
func startWorker(t *testing.T, w *worker, actions, rules string) *rig.Rig {
	t.Helper()
	return rig.Start(t, rig.Options{Prepare: func(tenants string) {
		for name, protocol := range map[string]string{"works": "2025-11-25", "works2": "2026-07-28"} {
			served := httptest.NewServer(mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return w.server }, &mcp.StreamableHTTPOptions{Stateless: name == "works2"}))
			t.Cleanup(served.Close)
			acme := filepath.Join(tenants, "acme")
			appendTo(t, filepath.Join(acme, "tools.yaml"), fmt.Sprintf("  - {name: %s, catalog: %s, origin: %q, private: true, timeout: 30s, credential: {secret: database_key, scheme: bearer}}\n", name, name, served.URL))
			appendTo(t, filepath.Join(acme, "policy.csv"), strings.ReplaceAll(rules, "TOOL", name))
			catalog := strings.NewReplacer("TOOL", name, "PROTOCOL", protocol).Replace(actions)
			if err := os.WriteFile(filepath.Join(acme, "catalogs", name+".yaml"), []byte(catalog), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}})
}

const workActions = `name: TOOL
dialect: problem
max_body: 16KiB
mcp: {path: /mcp, protocol: PROTOCOL}
outcomes: {not_applied: {errors: [-32602]}}
actions:
  - name: TOOL.task.work
    summary: Work on {name}
    effect: EFFECT
    mcp: {tool: work, digest: "DIGEST"}
    params:
      - {name: name, kind: string, max: 100, required: true, safe: true}
`

// TestUpstreamProgress: what a server tells of a call that goes on reaches the
// agent's client before the result, masked, in every pair of eras.
func TestUpstreamProgress(t *testing.T) {
	w := newWorker()
	catalog := strings.NewReplacer("DIGEST", w.digest(t, "work"), "EFFECT", "false").Replace(workActions)
	r := startWorker(t, w, catalog, "p, billing, TOOL.task.work, true, allow, -\n")
	for _, version := range eras {
		for _, tool := range []string{"works", "works2"} {
			t.Run(version+" to "+tool, func(t *testing.T) { testProgress(t, r, w, version, tool) })
		}
	}
	t.Run("revoked", func(t *testing.T) { testProgressRevoked(t, r, w) })
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
