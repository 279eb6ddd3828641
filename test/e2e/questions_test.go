package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// host is a client that answers what it is asked.
type host struct {
	mu    sync.Mutex
	asked []string
	leave bool // it declines
}

func (h *host) note(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, what)
}

func (h *host) options() *mcp.ClientOptions {
	return &mcp.ClientOptions{
		ElicitationHandler: func(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			schema, _ := r.Params.RequestedSchema.(map[string]any)
			fields, _ := schema["properties"].(map[string]any)
			h.note("form " + r.Params.Message)
			content := map[string]any{}
			for name := range fields {
				content[name] = map[bool]string{true: "annual", false: "Grace"}[name == "plan"]
			}
			if h.leave {
				return &mcp.ElicitResult{Action: "decline"}, nil
			}
			return &mcp.ElicitResult{Action: "accept", Content: content}, nil
		},
		CreateMessageHandler: func(_ context.Context, r *mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) { //nolint:staticcheck // deprecated, and still spoken
			text, _ := r.Params.Messages[0].Content.(*mcp.TextContent)
			h.note("model " + text.Text)
			return &mcp.CreateMessageResult{Role: "assistant", Model: "m", Content: &mcp.TextContent{Text: "Hello."}}, nil //nolint:staticcheck // as above
		},
	}
}

// testPythonAnswers: clients that others have written answer by themselves.
func testPythonAnswers(t *testing.T, r *rig.Rig, python string) {
	got := printed(t, os.Getenv(python), filepath.Join("testdata", "questions.py"), "http://"+r.Addresses().Agent+"/mcp", r.Token(rig.Billing("acme", "cus_ada")))
	want := []string{"asked: Who is [email:", "works_task_ask: state of the worker: ", `"plan":"annual"`, "works2_task_ask: state of the worker: "}
	if python == "PYTHON" {
		want = append(want, "speaks 2026-07-28")
	}
	for _, text := range want {
		if !strings.Contains(got, text) {
			t.Errorf("no %q in %s", text, got)
		}
	}
}

func testQuestionsRecorded(t *testing.T, r *rig.Rig) {
	testkit.Eventually(t, "questions are recorded as decisions", func() bool {
		return r.Count(t, "SELECT count(DISTINCT action) FROM audit.decisions WHERE step = 'upstream' AND effect = 'allow' AND action IN ('works.elicitation.create', 'works2.sampling.create')") == "2" &&
			r.Count(t, "SELECT count() > 0 FROM audit.decisions WHERE step = 'upstream' AND effect = 'deny' AND action = 'works.roots.list' AND reason = 'policy_no_rule'") == "1"
	})
}

// testQuestionsOfEffects: an effect is made once, whatever its server asks. One
// without sessions would have to be called again, so it gets no answer.
func testQuestionsOfEffects(t *testing.T, r *rig.Rig) {
	for _, version := range []string{"2026-07-28", "2025-11-25"} {
		h := &host{}
		client := agent{connectAs(t, r, r.Token(rig.Billing("acme", "cus_ada")), "/mcp", version, h.options()), nil}
		got := client.ask(t, "works_task_change", map[string]any{"name": "form " + version}, "")
		if got.failed || !strings.Contains(got.text, `"action":"accept"`) || len(h.asked) != 1 {
			t.Errorf("%s: %+v after %v", version, got, h.asked)
		}
		if again := client.ask(t, "works_task_change", map[string]any{"name": "form " + version}, ""); !strings.Contains(again.all, "nothing was done again") || len(h.asked) != 1 {
			t.Errorf("%s again: %+v", version, again)
		}
		done := client.start(t, "works2_task_change", map[string]any{"name": "form " + version}, "")
		testkit.Eventually(t, "its outcome is unknown", func() bool {
			for _, item := range r.Approvals(t) {
				if item.Action == "works2.task.change" && item.State == "unknown" && strings.Contains(item.Summary, version) {
					return true
				}
			}
			return false
		})
		r.Clock.Advance(time.Minute)
		if got := done(); got.code != "outcome_unknown" || len(h.asked) != 1 {
			t.Errorf("%s without sessions: %+v", version, got)
		}
	}
}

// testQuestions: what a server asks reaches a client where the catalog, the policy
// and the client let it, masked, and its answer comes back.
func testQuestions(t *testing.T, r *rig.Rig, version, tool string) {
	h := &host{}
	client := agent{connectAs(t, r, r.Token(rig.Billing("acme", "cus_ada")), "/mcp", version, h.options()), nil}
	got := client.ask(t, tool+"_task_ask", map[string]any{"name": "form"}, "")
	if got.failed || !strings.Contains(got.text, `"plan":"annual"`) || !strings.Contains(got.text, `"action":"accept"`) || !strings.Contains(got.text, "state of the worker") {
		t.Errorf("a form: %+v", got)
	}
	got = client.ask(t, tool+"_task_ask", map[string]any{"name": "model"}, "")
	if got.failed || !strings.Contains(got.text, "Hello.") {
		t.Errorf("a text of the model: %+v", got)
	}
	if all := strings.Join(h.asked, "; "); len(h.asked) != 2 || strings.Contains(all, "ada.lovelace") || !strings.Contains(all, "form Who is [email:") || !strings.Contains(all, "model Greet [email:") {
		t.Errorf("the client was asked %s", all)
	}
	if got := client.ask(t, tool+"_task_ask", map[string]any{"name": "folders"}, ""); !got.failed {
		t.Errorf("what no rule allows: %+v", got)
	}
	h.leave = true
	if got := client.ask(t, tool+"_task_ask", map[string]any{"name": "form again"}, ""); got.failed || !strings.Contains(got.text, "decline") {
		t.Errorf("declined: %+v", got)
	}
	mute := agent{connectAs(t, r, r.Token(rig.Billing("acme", "cus_ada")), "/mcp", version, nil), nil}
	if got := mute.ask(t, tool+"_task_ask", map[string]any{"name": "form"}, ""); !got.failed {
		t.Errorf("a client that cannot be asked: %+v", got)
	}
}
