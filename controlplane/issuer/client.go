package issuer

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token/access"
)

var toolPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// client is who asks: a client of a tenant, authenticated.
type client struct {
	tenant *tenant.Tenant
	access.Client
}

// proof is what a client shows. Exactly one way is used.
type proof struct {
	id, secret string
	assertion  string
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// readProof finds the one way in which a client authenticates.
func readProof(r *http.Request, form url.Values) (proof, *refusal) {
	id, secret, basic, ok := fromBasic(r)
	if !ok {
		return proof{}, unknownClient()
	}
	posted, assertion := form.Get("client_secret"), form.Get("client_assertion")
	ways := 0
	for _, used := range []bool{basic, posted != "", assertion != ""} {
		if used {
			ways++
		}
	}
	p := proof{id: form.Get("client_id"), secret: posted, assertion: assertion}
	switch {
	case ways != 1:
		return proof{}, refuse(invalidClient, "Authenticate in one way: client_secret_basic, client_secret_post or private_key_jwt.")
	case basic && p.id != "" && p.id != id:
		return proof{}, refuse(invalidRequest, "client_id is another one than in the authorization header.")
	case basic:
		p.id, p.secret = id, secret
	case assertion != "" && form.Get("client_assertion_type") != assertionType:
		return proof{}, refuse(invalidRequest, "client_assertion_type must be "+assertionType+".")
	}
	return p, nil
}

// fromBasic reads RFC 6749's Basic: both parts are form-encoded first.
func fromBasic(r *http.Request) (id, secret string, used, ok bool) {
	if r.Header.Get("authorization") == "" {
		return "", "", false, true
	}
	user, password, ok := r.BasicAuth()
	if !ok || len(r.Header.Values("authorization")) != 1 {
		return "", "", true, false
	}
	id, err := url.QueryUnescape(user)
	if err != nil {
		return "", "", true, false
	}
	secret, err = url.QueryUnescape(password)
	return id, secret, true, err == nil
}

// authenticate returns the client that a request proves to come from.
func (h *Handler) authenticate(p proof, form url.Values) (client, *refusal) {
	if p.assertion != "" {
		return h.byAssertion(p, form)
	}
	c, ok := h.find(p.id)
	if !ok || !c.knows(p.secret) {
		return client{}, unknownClient()
	}
	return c, nil
}

// find looks a client up by TENANT.ID. Tenants' names have no dots.
func (h *Handler) find(id string) (client, bool) {
	name, own, ok := strings.Cut(id, ".")
	if !ok {
		return client{}, false
	}
	t, ok := h.Tenants.Get(name)
	if !ok {
		return client{}, false
	}
	c, ok := t.Access.Client(own)
	if !ok {
		return client{}, false
	}
	return client{tenant: t, Client: *c}, true
}

// name is the client's id on the wire.
func (c client) name() string { return c.tenant.Name + "." + c.ID }

// knows compares in constant time. Secrets are made by the gateway with 256 random
// bits: a plain hash of one cannot be turned back.
func (c client) knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	found := 0
	for _, good := range c.Secrets {
		found |= subtle.ConstantTimeCompare(sum[:], good[:])
	}
	return found == 1
}

// operator is whoever holds the gateway's data folder: it has the keys, so it may
// have a token for any agent, bound to a ticket as everybody's.
func operator(t *tenant.Tenant, agent string) client {
	return client{tenant: t, Client: access.Client{
		ID: "operator", Agent: agent, Lifetime: operatorLifetime, Grants: []access.Grant{access.ClientCredentials, access.TokenExchange},
	}}
}
