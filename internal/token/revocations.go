package token

import "time"

// Revocations is a set of what is not accepted any more, whatever its expiry.
// The zero value revokes nothing.
type Revocations struct {
	Tokens   map[string]bool // by token id
	Sessions map[string]bool // by session id
	// Agents revokes every token of "tenant/agent" issued before a time. Tokens
	// know whole seconds: one of the same second, issued later, goes too.
	Agents map[string]time.Time
}

func (r *Revocations) has(id Identity) bool {
	if r.Tokens[id.TokenID] || r.Sessions[id.Session.ID] {
		return true
	}
	before, ok := r.Agents[id.Tenant+"/"+id.Agent]
	return ok && id.IssuedAt.Before(before)
}
