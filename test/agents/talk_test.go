package agents

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/examples/agents/scripted"
	"github.com/sallyport/sallyport/internal/rig"
)

// within bounds a conversation: it is no measurement, only the end of a hang.
const within = 3 * time.Minute

// agent is one of the examples, with one of its two ways to the tools.
type agent struct {
	framework string // the example's folder
	python    string // the environment variable that names its Python
	tools     string // sdk or mcp
	plain     bool   // without the example's lines that hand refusals on
}

// patient says that the framework waits for the outcome as long as an SDK does:
// over MCP, one that listens to progress.
func (a agent) patient() bool { return a.tools == "sdk" || a.framework == "pydantic-ai" }

// examples are all agents, by the name of their subtest.
var examples = []agent{
	{framework: "openai-agents", python: "PYTHON", tools: "sdk"},
	{framework: "pydantic-ai", python: "PYTHON", tools: "sdk"},
	{framework: "langchain", python: "PYTHON_LANGCHAIN", tools: "sdk"},
	{framework: "openai-agents", python: "PYTHON", tools: "mcp"},
	{framework: "pydantic-ai", python: "PYTHON", tools: "mcp"},
	{framework: "langchain", python: "PYTHON_LANGCHAIN", tools: "mcp"},
}

func (a agent) name() string { return a.framework + " " + a.tools }

// fragile says that a connection that breaks ends what the framework has open:
// its MCP session.
func (a agent) fragile() bool { return a.tools == "mcp" && a.framework != "langchain" }

// program is the example's, with its arguments.
func (a agent) program(t *testing.T) []string {
	folder := filepath.Join(rig.Root(t), "examples", "agents", a.framework)
	if a.plain {
		return []string{filepath.Join("testdata", "default.py"), folder, a.tools}
	}
	return []string{filepath.Join(folder, "agent.py"), "--tools", a.tools, "Settle ticket 1001."}
}

// talked is what came of a conversation.
type talked struct {
	readings        []scripted.Reading // what the model read
	printed, errors string             // by the program
}

// talk lets the example work through a script with the scripted model.
func (a agent) talk(t *testing.T, gateway, token string, steps ...scripted.Step) talked {
	t.Helper()
	python := os.Getenv(a.python)
	if python == "" {
		t.Fatalf("%s is not set: run `make check`, or `make deps-check` and name its python", a.python)
	}
	model := scripted.New(scripted.Script{Steps: steps}, nil)
	server := httptest.NewServer(model.Handler())
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	command := exec.CommandContext(ctx, python, a.program(t)...)
	command.Env = append(os.Environ(), "SALLYPORT_URL="+gateway, "SALLYPORT_TOKEN="+token,
		"OPENAI_BASE_URL="+server.URL+"/v1", "OPENAI_API_KEY=scripted", "LANGSMITH_TRACING=false")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		stdout.WriteString(err.Error()) // so that nothing that was expected was printed
	}
	errors := stderr.String()
	return talked{readings: model.Readings(), printed: strings.TrimSpace(stdout.String()), errors: errors[max(0, len(errors)-4096):]}
}

// cord is the way from an agent to the gateway; it can be cut.
type cord struct {
	*httptest.Server
	tries atomic.Int64 // requests that the cut word was in
	word  atomic.Value // string
}

// newCord lays a cord to the gateway.
func newCord(t *testing.T, r *rig.Rig) *cord {
	c := &cord{}
	c.word.Store("")
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: r.Addresses().Agent})
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		word, _ := c.word.Load().(string)
		if err == nil && word != "" && bytes.Contains(body, []byte(word)) && c.tries.Add(1) == 1 {
			w = httptest.NewRecorder() // the gateway answers, and nobody hears it
			defer panic(http.ErrAbortHandler)
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, request)
	}))
	c.Config.ErrorLog = nil
	t.Cleanup(c.Close)
	return c
}

// cut loses the answer to the first request that has a word in its body.
func (c *cord) cut(word string) {
	c.tries.Store(0)
	c.word.Store(word)
}
