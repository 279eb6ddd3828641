package execute

import (
	"context"
	"encoding/json"

	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcp/client"
)

// Listener is the client whose call an MCP server works on, as long as it is
// connected. It may be called when it has gone.
type Listener interface {
	// Wants says whether it hears of progress, and the least level of the server's
	// log that it hears of, "" for none.
	Wants() (progress bool, log string)
	// Hear returns at once.
	Hear(n client.Notice)
	// Asks are what it can be asked, and Ask asks it all at once, if the policy lets
	// the server ask each: the answers are client.ReadReply's, in the same order. Any
	// that is not to be had is an error for all.
	Asks() client.Asks
	Ask(ctx context.Context, questions []client.Question) ([]json.RawMessage, error)
}

// maxRounds is how often one call may be answered with a wish for input.
const maxRounds = 8

// asks are what the server of a call may ask: what the catalog allows and its
// client can answer. An effect over a server without sessions asks nothing: it
// would have to be sent twice.
func (p Parcel) asks() client.Asks {
	if p.Listener == nil {
		return 0
	}
	if _, protocol, _ := p.Tool.Catalog.MCP(); protocol == client.Stateless && p.Order.Purpose == grant.PurposeEffect {
		return 0
	}
	return p.Tool.Catalog.MayAsk() & p.Listener.Asks()
}

// put asks the client of a call. A fifth of the tool's timeout is the server's own: it
// hears in time that there is no answer, and can say what came of the call.
func (p Parcel) put(ctx context.Context, questions []client.Question) ([]json.RawMessage, error) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-overrun-p.Tool.Timeout/5))
		defer cancel()
	}
	return p.Listener.Ask(ctx, questions)
}

// extra is what a server is told about who listens to a call.
func (p Parcel) extra(s client.Session) (x client.Extra) {
	if p.Listener == nil {
		return x
	}
	x.Progress, x.Log = p.Listener.Wants()
	if s.Protocol == client.Sessions {
		x.Log = "" // there a server tells its log to everybody
		return x
	}
	x.Asks = p.asks()
	return x
}

// input asks for what a server wants before it goes on, and returns what the call
// is sent again with; ok is false when it is not to be had.
func (c *Client) input(ctx context.Context, p Parcel, m client.Message, x client.Extra) (_ client.Extra, ok bool) {
	questions, state, ok := m.Input()
	var kinds client.Asks
	for _, q := range questions {
		kinds |= q.Kind
	}
	if !ok || !x.Asks.Has(kinds) {
		return x, false
	}
	answers, err := p.put(ctx, questions)
	if err != nil {
		c.mcp.Logger.Info("What an MCP server wants to be given is not to be had", "tenant", p.Order.Tenant, "tool", p.Tool.Name, "error", err)
		return x, false
	}
	x.State, x.Answers = state, map[string]json.RawMessage{}
	for i, q := range questions {
		x.Answers[q.Key] = answers[i]
	}
	return x, true
}

// ask answers a request of a server that is no answer to a call. Without an answer
// of the client the server is told so: it waits for one.
func (d *door) ask(ctx context.Context, s client.Session, m client.Message, kind client.Asks) client.Frame {
	answers, err := d.parcel.put(ctx, []client.Question{{Kind: kind, Params: m.Params}})
	if err != nil {
		d.c.mcp.Logger.Info("What an MCP server asked was not answered", "tenant", d.order.Tenant, "tool", d.tool.Name, "error", err)
		return s.Decline(m.ID)
	}
	return s.Answer(m.ID, answers[0])
}
