package up

import (
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/token"
)

// exampleTTL is how long the example agent's token is good.
const exampleTTL = 15 * time.Minute

// Issue signs a gateway token with the ring's key. Without an id of its session
// it is one more token of the session that the same agent has about the same
// ticket and customer: a renewed token must not make a repeated call a second
// effect. Without times it is valid for ttl from now. It returns the identity as it
// was signed.
func Issue(ring *keyring.Ring, id token.Identity, now time.Time, ttl time.Duration) (string, token.Identity, error) {
	if id.TokenID == "" {
		id.TokenID = "tok_" + random()
	}
	if id.Session.ID == "" {
		id.Session.ID = token.SessionID(id)
	}
	if id.Expires.IsZero() {
		id.IssuedAt, id.Expires = now.Truncate(time.Second), now.Add(ttl).Truncate(time.Second)
	}
	kid, key := ring.Signing(keyring.Token)
	signer, err := token.NewSigner(token.SignerOptions{KeyID: kid, Key: key})
	if err != nil {
		return "", id, err
	}
	raw, err := signer.Sign(id)
	return raw, id, err
}

// Sign is Issue by this gateway, for 15 minutes.
func (g *Gateway) Sign(id token.Identity) (string, error) {
	raw, _, err := Issue(g.base.ring, id, g.base.config.Clock.Now(), exampleTTL)
	return raw, err
}

// ExampleToken is for the agent of the examples: billing-bot of acme, working
// on ticket 1001 of customer cus_ada.
func (g *Gateway) ExampleToken() (string, error) {
	return g.Sign(token.Identity{
		Tenant: "acme", Agent: "billing-bot", Session: token.Session{Ticket: "1001", Customer: "cus_ada"},
	})
}
