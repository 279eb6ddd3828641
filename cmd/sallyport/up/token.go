package up

import (
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/token"
)

// exampleTTL is how long the example agent's token is good.
const exampleTTL = 15 * time.Minute

// Issue mints a gateway token with the ring's key.
func Issue(ring *keyring.Ring, id token.Identity, now time.Time, ttl time.Duration) (string, token.Identity, error) {
	kid, key := ring.Signing(keyring.Token)
	return token.Mint(kid, key, id, now, ttl)
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
