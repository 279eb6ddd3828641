package foreign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Bounds of claims.
const (
	maxRoles  = 64
	beginSkew = 5 // seconds that nbf may lie behind iat
)

// claims are a payload's members as they came.
type claims map[string]json.RawMessage

// parse refuses a payload that has a claim twice: it could be read two ways.
func parse(payload []byte) (claims, bool) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	out := claims{}
	for decoder.More() {
		name, err := decoder.Token()
		key, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			return nil, false
		}
		if _, twice := out[key]; twice {
			return nil, false
		}
		out[key] = value
	}
	_, err := decoder.Token()
	return out, err == nil && !decoder.More()
}

func (c claims) text(name string) (string, bool) {
	var out *string // null is no text
	if json.Unmarshal(c[name], &out) != nil || out == nil {
		return "", false
	}
	return *out, true
}

// texts is a list, or one text as a list of one.
func (c claims) texts(name string) []string {
	var list []string
	if json.Unmarshal(c[name], &list) == nil {
		return list
	}
	if one, ok := c.text(name); ok {
		return []string{one}
	}
	return nil
}

// seconds is a NumericDate in whole seconds.
func (c claims) seconds(name string) (int64, bool) {
	var n float64
	value, ok := c[name]
	if !ok || json.Unmarshal(value, &n) != nil || !(n > 0 && n < 1<<40) {
		return 0, false
	}
	return int64(n), true
}

// identity is who verified claims speak for, by the registration's words.
func (c claims) identity(tenant string, i *access.Issuer, raw string) (token.Identity, bool) {
	issued, one := c.seconds("iat")
	expires, two := c.seconds("exp")
	begins, three := c.seconds("nbf")
	_, dated := c["nbf"]
	if !one || !two || expires <= issued || expires-issued > int64(i.Lifetime/time.Second) || dated && (!three || begins > issued+beginSkew) {
		return token.Identity{}, false
	}
	who, ok := c.text(i.AgentClaim)
	agent := i.Agents[who]
	if !ok || agent == "" {
		return token.Identity{}, false
	}
	id := token.Identity{Tenant: tenant, Agent: agent, IssuedAt: time.Unix(issued, 0).UTC(), Expires: time.Unix(expires, 0).UTC()}
	if i.RolesClaim != "" {
		id.Roles = c.roles(i.RolesClaim)
	}
	ticket, fine := c.bound(i.TicketClaim)
	customer, also := c.bound(i.CustomerClaim)
	if !fine || !also {
		return token.Identity{}, false
	}
	if id.Confirm, ok = c.confirm(); !ok {
		return token.Identity{}, false
	}
	id.Session.Ticket, id.Session.Customer = ticket, customer
	id.Session.ID = token.SessionID(id)
	id.TokenID = c.id(tenant, i, raw)
	return id, token.Check(id) == nil
}

// roles is a ceiling: a list, or one text with spaces between, as scopes are. A
// claim that is neither narrows to nothing, and what cannot be a role here is
// left out.
func (c claims) roles(name string) []string {
	list := c.texts(name)
	if one, ok := c.text(name); ok {
		list = strings.Fields(one)
	}
	out := []string{}
	for _, role := range list {
		if token.IsName(role) && len(out) < maxRoles {
			out = append(out, role)
		}
	}
	return out
}

// bound is what a session claim says; a claim that is absent, or that the
// registration does not name, binds nothing.
func (c claims) bound(name string) (string, bool) {
	if _, there := c[name]; name == "" || !there {
		return "", true
	}
	return c.text(name)
}

// confirm is what the holder of a token must show besides (RFC 7800): a client
// certificate (RFC 8705). A token that is bound to anything else, as to a key (RFC
// 9449), is worth nothing here, where nobody could ask for that.
func (c claims) confirm() (token.Confirm, bool) {
	bound, there := c["cnf"]
	if !there {
		return token.Confirm{}, true
	}
	members, ok := parse(bound)
	certificate, named := members.text("x5t#S256")
	return token.Confirm{Certificate: certificate}, ok && named && certificate != "" && len(members) == 1
}

// id names a token so that it can be revoked, and never as another issuer's, or as
// what another tenant's keys of the same issuer signed.
func (c claims) id(tenant string, i *access.Issuer, raw string) string {
	own, ok := c.text("jti")
	if !ok || own == "" {
		// Of what was signed: a signature of ES256 can be written in two ways.
		own = raw[:max(strings.LastIndexByte(raw, '.'), 0)]
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s,%d:%s,%s", tenant, len(i.Issuer), i.Issuer, own))
	return "ext_" + hex.EncodeToString(sum[:20])
}
