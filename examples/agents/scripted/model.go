package scripted

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// maxBody bounds a conversation.
const maxBody = 8 << 20

// Reading is one call of the model and what it was shown as the result.
type Reading struct {
	Call string
	With string // the arguments, as JSON
	Text string
}

// Model serves one conversation that follows a script.
type Model struct {
	script Script
	output io.Writer

	turns sync.Mutex // one at a time
	begun int        // steps whose turn came

	mu       sync.Mutex
	readings []Reading
}

// New makes a model. output, if any, gets the conversation for people to read.
func New(script Script, output io.Writer) *Model {
	if output == nil {
		output = io.Discard
	}
	return &Model{script: script, output: output}
}

// Readings are the calls whose results the model was shown, in order.
func (m *Model) Readings() []Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.readings)
}

// Handler serves OpenAI's interface below /v1.
func (m *Model) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) { m.serve(w, r, &chat{}) })
	mux.HandleFunc("POST /v1/responses", func(w http.ResponseWriter, r *http.Request) { m.serve(w, r, &responses{}) })
	return mux
}

// request is a conversation so far in one of the two interfaces.
type request interface {
	streams() bool
	offered() []string // names of tools
	results() []string // of the model's calls, in order
	answer(number int, step Step) any
}

func (m *Model) serve(w http.ResponseWriter, r *http.Request, into request) {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(into)
	if err == nil && into.streams() {
		err = fmt.Errorf("the scripted model does not stream")
	}
	var body any
	if err == nil {
		body, err = m.turn(into)
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		_, _ = fmt.Fprintln(m.output, "scripted model:", err)
		w.WriteHeader(http.StatusBadRequest)
		body = map[string]any{"error": map[string]any{"type": "invalid_request_error", "message": err.Error()}}
	}
	_ = json.NewEncoder(w).Encode(body)
}

// turn is the step after as many as have a result.
func (m *Model) turn(r request) (any, error) {
	m.turns.Lock()
	defer m.turns.Unlock()
	results := r.results()
	number := len(results)
	if number >= len(m.script.Steps) {
		return nil, fmt.Errorf("the script has %d steps, and the conversation asks for one more", len(m.script.Steps))
	}
	m.keep(results)
	step := m.script.Steps[number]
	if offered := r.offered(); step.Call != "" && !slices.Contains(offered, step.Call) {
		return nil, fmt.Errorf("the script calls %s; the agent offers %s", step.Call, strings.Join(offered, ", "))
	}
	if number == m.begun {
		m.begun++
		m.begin(step)
	}
	return r.answer(number+1, step), nil
}

// keep takes down the results that are new.
func (m *Model) keep(results []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.readings); i < len(results); i++ {
		step := m.script.Steps[i]
		m.readings = append(m.readings, Reading{Call: step.Call, With: step.arguments(), Text: results[i]})
		_, _ = fmt.Fprintf(m.output, "  reads  %s\n", results[i])
	}
}

func (m *Model) begin(step Step) {
	if step.Before != nil {
		step.Before()
	}
	if step.Call != "" {
		_, _ = fmt.Fprintf(m.output, "calls    %s %s\n", step.Call, step.arguments())
		return
	}
	_, _ = fmt.Fprintf(m.output, "says     %s\n", step.Say)
}

// arguments cannot fail for what came from JSON or a test's literals.
func (s Step) arguments() string {
	if s.With == nil {
		return "{}"
	}
	text, _ := json.Marshal(s.With)
	return string(text)
}
