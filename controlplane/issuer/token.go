package issuer

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
	"github.com/sallyport/sallyport/internal/wire"
)

// What a request may ask for. TypeTicket is the subject of a token exchange: a
// ticket stands for the customer who wrote it.
const (
	grantClientCredentials = "client_credentials"
	grantTokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange" //nolint:gosec // a name, not a credential
	typeAccessToken        = "urn:ietf:params:oauth:token-type:access_token"   //nolint:gosec // as above
	TypeTicket             = "urn:sallyport:params:oauth:token-type:ticket"
)

// stepToken is the issuer's step in the record.
const stepToken = "token"

// issued is the answer of RFC 6749 and 8693.
type issued struct {
	Token   string `json:"access_token"`
	Type    string `json:"token_type"`
	Kind    string `json:"issued_token_type,omitempty"`
	Expires int64  `json:"expires_in"` // seconds
	Scope   string `json:"scope,omitempty"`
}

// token is the token endpoint.
func (h *Handler) token(w http.ResponseWriter, r *http.Request) {
	form, refused := readForm(r)
	if refused != nil {
		refused.write(w)
		return
	}
	p, refused := readProof(r, form)
	if refused != nil {
		refused.write(w)
		return
	}
	c, refused := h.authenticate(p, form)
	if refused != nil {
		h.Logger.Info("A client was not authenticated", "client", cut(p.id))
		refused.write(w)
		return
	}
	id, decision := token.Identity{Tenant: c.tenant.Name, Agent: c.Agent, Confirm: c.Confirm}, newDecision()
	w.Header().Set(wire.HeaderDecision, decision)
	code, refused := h.fill(r, c, form, decision, &id)
	var out issued
	if refused == nil {
		out, refused = h.mint(c, form, &id)
	}
	if err := h.Recorder.Record(h.row(id, decision, code, refused)); err != nil {
		h.Logger.Error("A token could not be recorded", "decision", decision, "error", err)
		refused = refuse(unavailable, "The gateway cannot record at the moment. There is no token; try again later.")
	}
	if refused != nil {
		refused.write(w)
		return
	}
	answer(w, http.StatusOK, out)
}

// fill adds to an identity what the request asks for and may have. The code is
// the record's reason of a refusal.
func (h *Handler) fill(r *http.Request, c client, form url.Values, decision string, id *token.Identity) (reason.Code, *refusal) {
	if refused := h.grant(c, form); refused != nil {
		return reason.PolicyDenied, refused
	}
	roles, refused := scope(c, form.Get("scope"))
	if refused != nil {
		return reason.PolicyDenied, refused
	}
	id.Roles = roles
	if form.Get("grant_type") != grantTokenExchange {
		return reason.Allowed, nil
	}
	id.Session.Ticket = form.Get("subject_token")
	customer, err := h.Resolver.Resolve(r.Context(), c.tenant, *id, decision)
	var unresolved *Unresolved
	switch {
	case errors.As(err, &unresolved):
		return reason.FactsUnavailable, refuse(invalidTarget, unresolved.What)
	case err != nil:
		h.Logger.Warn("A ticket could not be resolved", "decision", decision, "error", err)
		return reason.FactsUnavailable, refuse(unavailable, "The gateway cannot find out at the moment whose ticket it is. There is no token; try again later.")
	case customer == "":
		return reason.FactsUnavailable, refuse(invalidTarget, "The ticket has no customer.")
	}
	id.Session.Customer = customer
	return reason.Allowed, nil
}

// grant checks everything about a request but its roles.
func (h *Handler) grant(c client, form url.Values) *refusal {
	for _, name := range []string{"resource", "audience"} {
		if refused := h.target(c, name, form.Get(name)); refused != nil {
			return refused
		}
	}
	wants := access.ClientCredentials
	switch form.Get("grant_type") {
	case grantClientCredentials:
	case grantTokenExchange:
		wants = access.TokenExchange
		if refused := exchange(form); refused != nil {
			return refused
		}
	default:
		return refuse(unsupportedGrantType, "grant_type must be "+grantClientCredentials+" or "+grantTokenExchange+".")
	}
	if !slices.Contains(c.Grants, wants) {
		return refuse(unauthorizedClient, "This client is not declared with the grant "+string(wants)+" in clients.yaml. It has: "+granted(c.Grants)+".")
	}
	return nil
}

// target is RFC 8707's resource, or RFC 8693's audience: a token is for this
// gateway, or for one of the tools that the client's tenant has.
func (h *Handler) target(c client, name, resource string) *refusal {
	rest, here := strings.CutPrefix(resource, h.AgentURL)
	tool, beneath := strings.CutPrefix(rest, "/")
	switch {
	case resource == "" || here && (rest == "" || rest == "/"):
		return nil
	case !here || !beneath:
		return refuse(invalidTarget, "The "+name+" is not this gateway: tokens are good at "+h.AgentURL+".")
	}
	tool, _, _ = strings.Cut(tool, "/")
	if tool == wire.ToolMCP || slices.ContainsFunc(c.tenant.Tools, func(t *tenant.Tool) bool { return t.Name == tool }) {
		return nil
	}
	return refuse(invalidTarget, "The "+name+" is no tool of this tenant: leave "+name+" out, or name one as "+h.AgentURL+"/TOOL.")
}

// granted are grants in words: who lacks one may have meant the other.
func granted(grants []access.Grant) string {
	words := make([]string, 0, len(grants))
	for _, g := range grants {
		word := string(g)
		if g == access.TokenExchange {
			word += ", which takes a ticket"
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// exchange checks the parameters of RFC 8693: the subject is a ticket, the actor
// is the client's agent, and what comes is an access token.
func exchange(form url.Values) *refusal {
	switch {
	case form.Get("subject_token_type") != TypeTicket:
		return refuse(invalidRequest, "subject_token_type must be "+TypeTicket+".")
	case form.Get("subject_token") == "":
		return refuse(invalidRequest, "subject_token must be the ticket.")
	case form.Has("actor_token"):
		return refuse(invalidRequest, "The actor is the client's agent. Leave actor_token out.")
	case form.Has("requested_token_type") && form.Get("requested_token_type") != typeAccessToken:
		return refuse(invalidRequest, "requested_token_type must be "+typeAccessToken+".")
	}
	return nil
}

// scope is the ceiling on the token's roles: what is asked for, of what the client
// may have.
func scope(c client, asked string) ([]string, *refusal) {
	roles := strings.Fields(asked)
	if len(roles) == 0 {
		return c.Roles, nil
	}
	for _, role := range roles {
		if c.Roles != nil && !slices.Contains(c.Roles, role) {
			return nil, refuse(invalidScope, "scope has a role that this client is not declared with in clients.yaml.")
		}
	}
	return roles, nil
}

// mint signs. The identity is completed.
func (h *Handler) mint(c client, form url.Values, id *token.Identity) (issued, *refusal) {
	lifetime := c.Lifetime
	if text := form.Get("lifetime"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 {
			return issued{}, refuse(invalidRequest, "lifetime must be seconds.")
		}
		lifetime = min(lifetime, time.Duration(n)*time.Second)
	}
	kid, key := h.Ring.Signing(keyring.Token)
	raw, signed, err := token.Mint(kid, key, *id, h.Clock.Now(), lifetime)
	if err != nil {
		h.Logger.Info("A token was not signed", "client", c.name(), "error", err)
		return issued{}, refuse(invalidRequest, "There is no such token: agent, roles and ticket must be names of at most 63 and 128 bytes.")
	}
	*id = signed
	out := issued{Token: raw, Type: "Bearer", Expires: int64(signed.Expires.Sub(signed.IssuedAt).Seconds()), Scope: strings.Join(signed.Roles, " ")}
	if form.Get("grant_type") == grantTokenExchange {
		out.Kind = typeAccessToken
	}
	return out, nil
}

// row is the record of one request of a client that is known.
func (h *Handler) row(id token.Identity, decision string, code reason.Code, refused *refusal) audit.Record {
	row := audit.Decision{
		Time: h.Clock.Now(), Tenant: id.Tenant, ID: decision, Step: stepToken, Method: http.MethodPost, Path: pathToken,
		Agent: cut(id.Agent), Session: id.Session.ID, Ticket: cut(id.Session.Ticket), TokenID: id.TokenID, Effect: "allow", Reason: string(code),
	}
	if refused != nil {
		row.Effect = "deny"
		if code == reason.Allowed {
			row.Reason = string(reason.PolicyDenied)
		}
	}
	return audit.Record{Table: audit.Decisions, Decision: &row}
}

// cut bounds what a client wrote.
func cut(text string) string {
	if len(text) > 128 {
		text = text[:128]
	}
	return strings.ToValidUTF8(text, "?")
}

// newDecision is an id as calls have it, of a request that Envoy has not seen.
func newDecision() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return wire.DecisionID(hex.EncodeToString(b[:]))
}
