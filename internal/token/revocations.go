package token

import (
	"strings"
	"time"
)

// Revocations is a set of what is not accepted any more, whatever its expiry.
// The zero value revokes nothing. Times revoke what was issued before them:
// tokens know whole seconds, so one of the same second, issued later, goes too.
type Revocations struct {
	Tokens     map[string]bool      // by token id, or by "tenant/id" for a token of that tenant alone
	Sessions   map[string]bool      // by "tenant/session"
	Agents     map[string]time.Time // by "tenant/agent"
	Tenants    map[string]time.Time
	Everything time.Time
	Tools      map[string]bool // by "tenant/tool": switched off for everybody
}

func (r *Revocations) has(id Identity) bool {
	if len(r.Tokens) > 0 && (r.Tokens[id.TokenID] || r.Tokens[id.Tenant+"/"+id.TokenID]) || len(r.Sessions) > 0 && r.Sessions[id.Tenant+"/"+id.Session.ID] || id.IssuedAt.Before(r.Everything) {
		return true
	}
	return len(r.Agents) > 0 && before(r.Agents, id.Tenant+"/"+id.Agent, id) || before(r.Tenants, id.Tenant, id)
}

func before(times map[string]time.Time, key string, id Identity) bool {
	at, ok := times[key]
	return ok && id.IssuedAt.Before(at)
}

// Revocation is one entry of a revocation file: the narrowest member that is set
// says what is revoked, and none of them everything. Agents, sessions and tools
// are of a tenant, and so is a token beside one. A tool stays switched off until a later entry restores it.
type Revocation struct {
	At      time.Time `json:"at"`
	Tenant  string    `json:"tenant,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	Session string    `json:"session,omitempty"`
	Token   string    `json:"token,omitempty"`
	Tool    string    `json:"tool,omitempty"`
	Restore bool      `json:"restore,omitempty"` // of a tool
	Why     string    `json:"why,omitempty"`
	By      string    `json:"by,omitempty"` // person of the tenant; "" for whoever can write the file
}

// setOf is the set that entries make.
func setOf(entries []Revocation) *Revocations {
	r := &Revocations{
		Tokens: map[string]bool{}, Sessions: map[string]bool{}, Agents: map[string]time.Time{}, Tenants: map[string]time.Time{},
		Tools: map[string]bool{},
	}
	later := func(times map[string]time.Time, key string, at time.Time) {
		if at.After(times[key]) {
			times[key] = at
		}
	}
	for _, e := range entries {
		switch {
		case e.Tool != "":
			r.Tools[e.Tenant+"/"+e.Tool] = !e.Restore
		case e.Token != "":
			r.Tokens[strings.TrimPrefix(e.Tenant+"/"+e.Token, "/")] = true
		case e.Session != "":
			r.Sessions[e.Tenant+"/"+e.Session] = true
		case e.Agent != "":
			later(r.Agents, e.Tenant+"/"+e.Agent, e.At)
		case e.Tenant != "":
			later(r.Tenants, e.Tenant, e.At)
		case e.At.After(r.Everything):
			r.Everything = e.At
		}
	}
	return r
}
