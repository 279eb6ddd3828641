package approvald

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// maxBody is more than Envoy lets through, in bytes.
const maxBody = 4 << 20

// HandlerOptions are what a Handler needs.
type HandlerOptions struct {
	Tenants  *tenant.Set
	Opener   *grant.Opener
	Store    ledger.Store
	Engine   *execute.Engine
	Client   *execute.Client
	Recorder execute.Recorder
	Owner    string // of leases, the engine's
	Revoked  *token.Revoked
	Clock    clockwork.Clock
	Logger   *slog.Logger
}

// Handler answers the calls that Envoy sends to the mediated lane.
type Handler struct {
	HandlerOptions
	holds    *holds          // how many calls are kept open, by tenant and agent
	open     *questions      // those of tools that clients have not answered yet
	stopping context.Context // ends with Stop
	stop     context.CancelFunc
}

// NewHandler returns a Handler.
func NewHandler(o HandlerOptions) (*Handler, error) {
	if o.Tenants == nil || o.Opener == nil || o.Store == nil || o.Engine == nil || o.Client == nil ||
		o.Recorder == nil || o.Owner == "" || o.Revoked == nil || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("approvald: an option is missing")
	}
	h := &Handler{HandlerOptions: o, holds: newHolds(), open: newQuestions()}
	h.stopping, h.stop = context.WithCancel(context.Background())
	return h, nil
}

// Stop ends every wait: held calls are told that they are held. What is on its
// way to a tool goes on.
func (h *Handler) Stop() { h.stop() }

// call is one admitted call.
type call struct {
	execute.Caller
	asked   action.Call // as the agent asked, before anything was resolved
	action  *action.Action
	admits  grant.Admission  // what the agent check says about it
	facts   action.Facts     // of a read whose rules asked for them
	arrived time.Time        // when this request came
	ends    time.Time        // when the agent's token does
	async   bool             // the agent asked not to wait
	mcp     *mcpserver.Frame // of a tool call over MCP, else nil
	stream  *stream          // the answer of a call over MCP
}

// ServeHTTP admits a call and hands it to its handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := h.Clock.Now()
	c, thing := h.admit(r)
	c.arrived, c.async = arrived, r.Header.Get("prefer") == "respond-async"
	if thing.Code != "" {
		h.refuse(w, c, thing)
		return
	}
	if c.mcp == nil {
		h.serve(w, r, c)
		return
	}
	if c.mcp.Kind == mcpserver.Call && c.mcp.Call.Question != "" && h.resume(w, r, c) {
		return
	}
	h.hears(&c)
	if c.mcp.Modern && c.stream.asks != 0 {
		h.inTurns(w, r, c)
		return
	}
	h.listen(w, r, c)
}

// listen serves a call over MCP, whose client hears of its progress meanwhile.
func (h *Handler) listen(w http.ResponseWriter, r *http.Request, c call) {
	c.stream.follow(r.Context(), w, h.Clock, func() bool { return h.gone(c) == "" })
	defer c.stream.stop()
	h.serve(w, r, c)
}

// serve hands a call to its handler.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, c call) {
	switch {
	case c.Tool == decision.Gateway() && c.action.Name == decision.AnswerAction:
		h.answered(w, c)
	case c.Tool == decision.Gateway():
		h.own(w, r, c)
	case c.admits.Effect:
		h.effect(w, r, c)
	default:
		h.read(w, r, c)
	}
}

// admit names the call again from the bytes that arrived and opens the
// admission for exactly that call.
func (h *Handler) admit(r *http.Request) (call, answer.Thing) {
	id := wire.DecisionID(r.Header.Get(wire.RequestID))
	refused := answer.Thing{Code: reason.AdmissionInvalid, Decision: id}
	t, ok := h.Tenants.Get(r.Header.Get(wire.HeaderTenant))
	if !ok {
		return call{}, answer.Thing{Code: reason.TenantAbsent, Decision: id}
	}
	request, err := decode(r)
	if err != nil {
		return call{}, answer.Thing{Code: reason.BodyMalformed, Decision: id}
	}
	n := decision.NameRequest(id, t, request)
	c := call{Caller: execute.Caller{Decision: id, Tenant: t, Tool: n.Tool}, asked: n.Call, action: n.Action, mcp: n.MCP, stream: &stream{}}
	if n.Refused != nil {
		return c, answer.Thing{Code: n.Refused.Reason, Decision: id, Field: n.Refused.Field, Hint: n.Refused.Hint}
	}
	a, err := h.Opener.OpenAdmission(r.Header.Get(wire.HeaderAdmission), h.Clock.Now(), action.Digest(n.Call))
	if err != nil {
		h.Logger.Warn("An admission was refused", "decision", id, "error", err)
		return c, refused
	}
	if a.Decision != id || a.Tenant != t.Name || a.Tool != n.Tool.Name || a.Action != n.Action.Name || a.Effect != n.Action.Effect || a.ClientKey != n.Call.ClientKey {
		h.Logger.Warn("An admission speaks of another call", "decision", id)
		return c, refused
	}
	c.admits, c.ends = a, time.Unix(a.TokenEnds, 0)
	c.Identity = token.Identity{
		Tenant: a.Tenant, Agent: a.Agent, Roles: a.Roles, TokenID: a.TokenID,
		Session: token.Session{ID: a.SessionID, Ticket: a.Ticket, Customer: a.Customer},
	}
	return c, answer.Thing{}
}

// current takes the policy that is live now, after facts that may have taken
// minutes: what was switched off meanwhile stays off.
func (h *Handler) current(c call) (call, answer.Thing) {
	t, ok := h.Tenants.Get(c.Tenant.Name)
	if !ok {
		return c, h.lacking(c, reason.TenantAbsent, errGone)
	}
	tool, ok := t.Tool(c.Tool.Name)
	if !ok {
		return c, h.lacking(c, reason.ToolUnknown, errGone)
	}
	act, ok := tool.Catalog.Action(c.action.Name)
	if !ok {
		return c, h.lacking(c, reason.ActionUnlisted, errGone)
	}
	c.Tenant, c.Tool, c.action = t, tool, act
	return c, answer.Thing{}
}

var errGone = errors.New("the tenant's files changed meanwhile")

// decode gives the catalog the same request that Envoy's check saw.
func decode(r *http.Request) (action.Request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return action.Request{}, err
	}
	request := action.Request{Method: r.Method, Body: body}
	request.Path, request.RawQuery, _ = strings.Cut(r.RequestURI, "?")
	for name, values := range r.Header {
		for _, value := range values {
			request.Header = append(request.Header, action.Header{Name: strings.ToLower(name), Value: value})
		}
	}
	return request, nil
}

// refuse answers in the words of the client.
func (h *Handler) refuse(w http.ResponseWriter, c call, thing answer.Thing) {
	c.stream.stop()
	if c.mcp != nil && c.mcp.Kind == mcpserver.Reply {
		w.WriteHeader(http.StatusAccepted) // who sends one expects no answer
		return
	}
	if c.mcp != nil {
		thing.Call = c.mcp.ID
	}
	a := answer.Render(c.dialect(), thing)
	for _, header := range a.Headers {
		w.Header().Set(header[0], header[1])
	}
	if c.mcp != nil {
		c.stream.finish(w, a.Body)
		return
	}
	if c.async && (thing.Code == reason.Held || thing.Code == reason.InProgress) {
		a.Status = http.StatusAccepted // asked for, so that nobody's SDK takes it for done
		w.Header().Set("location", statusURL(thing.Intent))
		w.Header().Set("preference-applied", "respond-async")
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

// relay hands on what a tool answered.
func relay(w http.ResponseWriter, status int, mediaType string, body []byte) {
	if mediaType != "" {
		w.Header().Set("content-type", mediaType)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
