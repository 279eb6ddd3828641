package approvald

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/mcpserver"
)

// turns are the requests of one call of the newer era, one after the other: each
// is answered with a question, the last with the outcome. It is an
// http.ResponseWriter for whoever makes the call, and safe for concurrent use.
type turns struct {
	mu   sync.Mutex
	w    http.ResponseWriter // of the request that is open; nil between two
	none http.Header         // of no request
	over chan struct{}       // closed when the open request is answered
	end  func()              // of the call, when its client leaves
	done bool                // the call is over: there are no more turns

	join  func() (leave func()) // makes the agent one that waits for the outcome; nil before there is one
	leave func()                // of the open turn
}

// take begins a turn; false when the call is over.
func (t *turns) take(w http.ResponseWriter) (over <-chan struct{}, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return nil, false
	}
	t.w, t.over = w, make(chan struct{})
	if t.join != nil {
		t.leave = t.join()
	}
	return t.over, true
}

// give ends a turn: its request has an answer.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.w == nil {
		return
	}
	t.w = nil
	close(t.over)
	t.away()
}

// away has the agent of the open turn wait no more. Whoever calls it holds mu.
func (t *turns) away() {
	if t.leave != nil {
		t.leave()
		t.leave = nil
	}
}

// finish ends the last turn.
func (t *turns) finish() {
	t.mu.Lock()
	t.done = true
	t.mu.Unlock()
	t.give()
}

// attend has the agent wait for an outcome whenever a request is open: between two,
// nobody would get it.
func (t *turns) attend(join func() (leave func())) (leave func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.join = join
	if t.w != nil {
		t.leave = join()
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.join = nil
		t.away()
	}
}

// wait ends with the turn, and ends the call when its client leaves.
func (t *turns) wait(ctx context.Context, over <-chan struct{}) {
	select {
	case <-over:
	case <-ctx.Done():
		t.give()
		t.end()
	}
}

// Header implements http.ResponseWriter.
func (t *turns) Header() http.Header {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.w == nil {
		t.none = http.Header{}
		return t.none
	}
	return t.w.Header()
}

// Write implements http.ResponseWriter. Without a request nobody reads it.
func (t *turns) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.w == nil {
		return len(p), nil
	}
	return t.w.Write(p)
}

// WriteHeader implements http.ResponseWriter.
func (t *turns) WriteHeader(status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.w != nil {
		t.w.WriteHeader(status)
	}
}

// Flush implements http.Flusher.
func (t *turns) Flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.w != nil {
		_ = http.NewResponseController(t.w).Flush()
	}
}

// inTurns makes a call beside the request that asks for it, which may be answered
// with a question before the call is over.
func (h *Handler) inTurns(w http.ResponseWriter, r *http.Request, c call) {
	ctx, end := context.WithCancel(context.WithoutCancel(r.Context()))
	t := &turns{end: end}
	over, _ := t.take(w)
	if p, ok := c.Listener.(*peer); ok {
		p.turns = t
	}
	go func() {
		defer end()
		defer t.finish()
		defer h.survive(c)
		h.listen(t, r.WithContext(ctx), c)
	}()
	t.wait(r.Context(), over)
}

// survive keeps a call that panics from ending the process, as net/http does for
// those in its own hands.
func (h *Handler) survive(c call) {
	if p := recover(); p != nil {
		h.Logger.Error("A call panicked", "decision", c.Decision, "panic", p, "stack", string(debug.Stack()))
	}
}

// inTurn answers the open request with questions, and waits for the next one. Only
// whoever makes the call may ask.
func (p *peer) inTurn(ctx context.Context, asked []mcpserver.Asked) (map[string]json.RawMessage, error) {
	p.stop()
	q := &openQuestion{by: p.c, turns: p.turns, answer: make(chan answered, 1)}
	id := p.h.open.ask(q)
	defer p.h.open.drop(id)
	p.finish(p.turns, mcpserver.InputRequired(p.c.mcp.ID, id, asked))
	p.turns.give()
	select {
	case a := <-q.answer:
		p.c.mcp.ID, p.token, p.started = a.in.mcp.ID, a.in.stream.token, false
		p.follow(ctx, p.turns, p.h.Clock, func() bool { return p.h.gone(p.c) == "" })
		said := map[string]json.RawMessage{}
		if json.Unmarshal([]byte(a.text), &said) != nil {
			return nil, errGoneAway
		}
		return said, nil
	case <-ctx.Done():
		return nil, errGoneAway
	}
}

// resume gives a call the request that answers its question. What is over, or was
// asked about another call, is no answer: then the call is made as if it came
// alone, and an effect is done once in any case.
func (h *Handler) resume(w http.ResponseWriter, r *http.Request, c call) bool {
	q := h.open.take(c.mcp.Call.Question, c, func(q *openQuestion) bool {
		return q.turns != nil && action.Digest(q.by.asked) == c.admits.Digest
	})
	if q == nil {
		return false
	}
	h.hears(&c)
	over, ok := q.turns.take(w)
	if !ok {
		return false
	}
	q.answer <- answered{text: c.mcp.Call.Answers, in: c}
	q.turns.wait(r.Context(), over)
	return true
}

// attend has the agent wait for an outcome while somebody is there to read it.
func (c call) attend(join func() (leave func())) (leave func()) {
	if p, ok := c.Listener.(*peer); ok && p.turns != nil {
		return p.turns.attend(join)
	}
	return join()
}

// later is who listens when the call's effect is made later, by somebody else: it
// hears of it, and of the newer era cannot be asked, because its turn is not theirs.
func (c call) later() execute.Listener {
	p, ok := c.Listener.(*peer)
	if !ok || p.turns == nil {
		return c.Listener
	}
	return deaf{p}
}

// deaf hears and cannot be asked.
type deaf struct{ *peer }

// Asks implements execute.Listener.
func (deaf) Asks() client.Asks { return 0 }
