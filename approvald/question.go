package approvald

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
)

// maxQuestions is how much one call may ask its client.
const maxQuestions = 10

// Why a question has no answer.
var (
	errRefused  = errors.New("the policy does not let the server ask")
	errGoneAway = errors.New("the client has gone, or did not answer")
	errTooMany  = errors.New("the call has asked too often")
)

// questions are those that clients were asked and have not answered. They live in
// this process, as the calls do that wait for them.
type questions struct {
	mu   sync.Mutex
	open map[string]*openQuestion
}

func newQuestions() *questions { return &questions{open: map[string]*openQuestion{}} }

// openQuestion waits for its one answer.
type openQuestion struct {
	by     call // whose client is asked
	turns  *turns
	answer chan answered // has room for one
}

// answered is what a client said, with the request it said it in.
type answered struct {
	text string
	in   call
}

func (q *questions) ask(one *openQuestion) (id string) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the process instead
	id = mcpserver.QuestionID(hex.EncodeToString(random[:]))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open[id] = one
	return id
}

// take closes a question that an agent was asked in a session and that fits; nil for
// one that is over, another's, or does not, which then stays open.
func (q *questions) take(id string, c call, fits func(*openQuestion) bool) *openQuestion {
	q.mu.Lock()
	defer q.mu.Unlock()
	one := q.open[id]
	if one == nil || one.by.Tenant.Name != c.Tenant.Name || one.by.Identity.Agent != c.Identity.Agent || one.by.Identity.Session.ID != c.Identity.Session.ID || !fits(one) {
		return nil
	}
	delete(q.open, id)
	return one
}

func (q *questions) drop(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.open, id)
}

// answered takes an answer of a client of the older era.
func (h *Handler) answered(w http.ResponseWriter, c call) {
	id, _ := c.asked.Args.Text("question")
	text, _ := c.asked.Args.Text("answer")
	d := decision.Decision{
		ID: c.Decision, Effect: decision.Mediate, Reason: reason.Allowed, Bundle: c.Tenant.Version, Call: c.asked, Action: c.action,
	}
	one := h.open.take(id, c, func(q *openQuestion) bool { return q.turns == nil })
	if one == nil {
		d = d.Refused(reason.QuestionAbsent)
	}
	if thing := h.recorded(c, d, money.Amount{}, ""); thing.Code == "" {
		one.answer <- answered{text: text}
	}
	w.WriteHeader(http.StatusAccepted)
}

// peer is the client of one call: it hears of it, and can be asked about it.
type peer struct {
	*stream
	h     *Handler
	c     call
	turns *turns // of a client of the newer era that can be asked
	asked atomic.Int32
}

var _ execute.Listener = (*peer)(nil)

// Asks implements execute.Listener.
func (p *peer) Asks() client.Asks { return p.asks }

// Ask implements execute.Listener.
func (p *peer) Ask(ctx context.Context, asked []client.Question) ([]json.RawMessage, error) {
	if p.asked.Add(int32(len(asked))) > maxQuestions {
		return nil, errTooMany
	}
	told, out := make([]answer.Question, len(asked)), make([]mcpserver.Asked, len(asked))
	for i, q := range asked {
		if !p.h.mayAsk(p.c, q.Kind) {
			return nil, errRefused
		}
		var err error
		if told[i], err = answer.Ask(q.Kind, q.Params); err != nil {
			return nil, err
		}
		out[i] = mcpserver.Asked{Key: fmt.Sprintf("q%d", i+1), Method: q.Kind.Method(), Params: told[i].Params}
	}
	said, err := p.put(ctx, out)
	if err != nil {
		return nil, err
	}
	answers := make([]json.RawMessage, len(asked))
	for i, q := range asked {
		if answers[i] = told[i].Reply(q.Kind, said[out[i].Key]); answers[i] == nil {
			return nil, errGoneAway
		}
	}
	return answers, nil
}

// mayAsk decides and records whether a server may ask this of the client of a call
// now.
func (h *Handler) mayAsk(c call, kind client.Asks) bool {
	c.action = c.Tool.Catalog.Question(kind)
	c.asked = action.Call{Tool: c.Tool.Name, Action: c.action.Name, Args: action.Args{}}
	c, thing := h.current(c)
	if thing.Code != "" {
		return false
	}
	d := h.decide(c, c.asked, nil, nil)
	switch {
	case h.gone(c) != "":
		d = d.Refused(reason.QuestionUnheard)
	case d.Effect == decision.Mediate: // a rule that waits for facts: there are none
		d = d.Refused(reason.PolicyUnevaluable)
	}
	d.Lane = ""
	if err := h.Recorder.Record(execute.Row(execute.StepUpstream, c.Caller, d, money.Amount{}, "", h.Clock.Now())); err != nil {
		h.Logger.Error("A question of a tool could not be recorded", "decision", c.Decision, "error", err)
		return false
	}
	return d.Effect == decision.Allow
}

// put asks the client and waits for what it says to each question.
func (p *peer) put(ctx context.Context, asked []mcpserver.Asked) (map[string]json.RawMessage, error) {
	if p.turns != nil {
		return p.inTurn(ctx, asked)
	}
	said := map[string]json.RawMessage{}
	for _, one := range asked {
		result, err := p.inStream(ctx, one)
		if err != nil {
			return nil, err
		}
		said[one.Key] = result
	}
	return said, nil
}

// inStream asks in an event of the call's stream; the answer is a message of its own.
func (p *peer) inStream(ctx context.Context, asked mcpserver.Asked) (json.RawMessage, error) {
	q := &openQuestion{by: p.c, answer: make(chan answered, 1)}
	id := p.h.open.ask(q)
	defer p.h.open.drop(id)
	select {
	case p.questions <- mcpserver.Ask(id, asked):
	case <-p.done:
		return nil, errGoneAway
	case <-ctx.Done():
		return nil, errGoneAway
	}
	select {
	case a := <-q.answer:
		var said struct {
			Result json.RawMessage `json:"result"`
		}
		if json.Unmarshal([]byte(a.text), &said) != nil || said.Result == nil {
			return nil, errGoneAway // it answered with an error
		}
		return said.Result, nil
	case <-p.done:
	case <-ctx.Done():
	}
	return nil, errGoneAway
}
