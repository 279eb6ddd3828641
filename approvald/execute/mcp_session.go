package execute

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Times of sessions with MCP servers.
const (
	lookEvery   = 5 * time.Minute  // how old a list of tools may be when a call is sent
	idleFor     = 30 * time.Minute // then a session is given back
	maxSessions = 10_000
)

// StepUpstream is where what a server asked is refused, as records name it.
const StepUpstream = "upstream"

// servers are the MCP servers that a Client speaks with.
type servers struct {
	MCPOptions
	mu       sync.Mutex
	sessions map[sessionKey]*session
	looked   map[serverKey]time.Time // when a server was last asked what it offers
}

func newServers(o MCPOptions) *servers {
	return &servers{MCPOptions: o, sessions: map[sessionKey]*session{}, looked: map[serverKey]time.Time{}}
}

// serverKey is one server: a tool that is pointed elsewhere, or has another
// credential, is another one.
type serverKey struct{ tenant, tool, origin, secret string }

func serverOf(tenantName string, tool *tenant.Tool) serverKey {
	of, _ := observed.Of(tenantName, tool)
	return serverKey{tenantName, tool.Name, of.Origin, tool.Credential.Secret}
}

// sessionKey is one agent's session with a server: nothing that a server keeps
// in a session is shared by two agents, or by two conversations of one.
type sessionKey struct {
	serverKey
	agent, session string
	asks           client.Asks // a server is told once in a session what it may ask
}

func sessionOf(p Parcel) sessionKey {
	return sessionKey{serverOf(p.Order.Tenant, p.Tool), p.Order.Agent, p.Order.SessionID, p.asks()}
}

// session is opened by whoever holds it first; the others wait for that.
type session struct {
	opening sync.Mutex
	is      client.Session
	open    bool
	used    time.Time // guarded by servers.mu
	end     *door     // with what it is given back
}

// ready is an open session, with what its server offers seen not long ago.
func (c *Client) ready(ctx context.Context, p Parcel) (client.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	_, protocol, _ := p.Tool.Catalog.MCP()
	to := &door{c: c, order: p.Order, tool: p.Tool}
	s, idle := c.mcp.get(sessionOf(p), c.clock.Now(), to)
	for _, old := range idle {
		go old.giveBack(context.WithoutCancel(ctx))
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	if !s.open || s.is.Protocol != protocol {
		is, err := client.Open(ctx, to, protocol, p.asks())
		if err != nil {
			return client.Session{}, err
		}
		s.is, s.open = is, true
		if protocol == client.Sessions {
			return s.is, c.look(ctx, s.is, to) // a server may offer something else in each
		}
	}
	if c.mcp.isFresh(p.Order.Tenant, p.Tool, c.clock.Now()) {
		return s.is, nil
	}
	err := c.look(ctx, s.is, to)
	var status *client.StatusError
	if errors.As(err, &status) && s.is.ID != "" { // it has forgotten the session
		if s.is, err = client.Open(ctx, to, protocol, p.asks()); err != nil {
			s.open = false
			return client.Session{}, err
		}
		err = c.look(ctx, s.is, to)
	}
	return s.is, err
}

// look asks a server what it offers and writes it down for the checks.
func (c *Client) look(ctx context.Context, s client.Session, to *door) error {
	tools, err := s.Tools(ctx, to)
	if err != nil {
		return err
	}
	seen, _ := observed.Of(to.order.Tenant, to.tool)
	seen.Since, seen.Tools = c.clock.Now(), map[string]string{}
	for _, t := range tools {
		seen.Tools[t.Name] = t.Digest
	}
	if c.mcp.Servers.Saw(seen) {
		c.mcp.told(to)
		if err := c.mcp.File.Write(c.mcp.Servers); err != nil {
			return fmt.Errorf("what it offers could not be written down: %w", err)
		}
	}
	c.mcp.mu.Lock()
	defer c.mcp.mu.Unlock()
	c.mcp.looked[serverOf(to.order.Tenant, to.tool)] = c.clock.Now()
	return nil
}

// told logs the tools that are refused from now on.
func (s *servers) told(to *door) {
	for _, act := range to.tool.Catalog.Actions() {
		if s.Servers.Changed(to.order.Tenant, to.tool, act) {
			s.Logger.Warn("A tool of an MCP server is not what was reviewed, and is refused", "tenant", to.order.Tenant, "tool", to.tool.Name, "action", act.Name)
		}
	}
}

// isFresh says whether a server was asked not long ago.
func (s *servers) isFresh(tenantName string, tool *tenant.Tool, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, asked := s.looked[serverOf(tenantName, tool)]
	return asked && now.Sub(at) < lookEvery
}

// unsure makes the next call ask the server again.
func (s *servers) unsure(tenantName string, tool *tenant.Tool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.looked, serverOf(tenantName, tool))
}

// get finds a session or makes a place for one, and returns those that nobody
// used for long.
func (s *servers) get(k sessionKey, now time.Time, to *door) (_ *session, idle []*session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.sessions[k]
	if !ok {
		idle = s.sweep(now)
		one = &session{}
		s.sessions[k] = one
	}
	one.used, one.end = now, to
	return one, idle
}

// sweep takes away what is idle, and the longest unused when there is no room.
func (s *servers) sweep(now time.Time) (idle []*session) {
	var oldest sessionKey
	for k, one := range s.sessions {
		if now.Sub(one.used) >= idleFor {
			idle = append(idle, one)
			delete(s.sessions, k)
		} else if last, ok := s.sessions[oldest]; !ok || one.used.Before(last.used) {
			oldest = k
		}
	}
	if one, ok := s.sessions[oldest]; ok && len(s.sessions) >= maxSessions {
		idle = append(idle, one)
		delete(s.sessions, oldest)
	}
	return idle
}

// forget drops a session that its server does not know any more, unless another
// one stands there already.
func (s *servers) forget(k sessionKey, is client.Session) {
	s.mu.Lock()
	one, ok := s.sessions[k]
	s.mu.Unlock()
	if !ok {
		return
	}
	one.opening.Lock()
	defer one.opening.Unlock()
	if one.is.ID == is.ID {
		one.open = false
	}
}

// giveBack tells a server that a session is over, once: it may forget it by
// itself.
func (s *session) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	s.opening.Lock()
	defer s.opening.Unlock()
	if !s.open || s.is.ID == "" {
		return
	}
	s.open = false
	if reply, err := s.end.Send(ctx, s.is.End()); err == nil {
		_ = reply.Body.Close()
	}
}

// asked are what a server may ask of a client; anything else is recorded as
// other, because the word is the server's.
var asked = map[string]string{
	"sampling/createMessage": "mcp.sampling", "elicitation/create": "mcp.elicitation", "roots/list": "mcp.roots",
	"ping": "mcp.ping", "input_required": "mcp.input",
}

// refused records that the gateway did not do what a server asked.
func (s *servers) refused(now time.Time, o grant.Order, method string) {
	name, known := asked[method]
	if !known {
		name = "mcp.other"
	}
	err := s.Recorder.Record(audit.Record{Table: audit.Decisions, Decision: &audit.Decision{
		Time: now, Tenant: o.Tenant, ID: o.Admission, Step: StepUpstream,
		Agent: o.Agent, Session: o.SessionID, Ticket: o.Ticket, TokenID: o.TokenID,
		Tool: o.Tool, Action: name, Effect: decision.Deny.String(), Reason: string(reason.ActionUnlisted), Intent: o.Intent,
	}})
	if err != nil {
		s.Logger.Error("A refusal of what an MCP server asked could not be recorded", "decision", o.Admission, "error", err)
	}
}
