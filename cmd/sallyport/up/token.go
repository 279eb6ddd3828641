package up

import (
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/token"
)

// exampleTTL is how long the example agent's token is good.
const exampleTTL = 15 * time.Minute

// Sign makes a gateway token for an identity. Empty ids and times are filled:
// a new session and a token valid for 15 minutes from now.
func (g *Gateway) Sign(id token.Identity) (string, error) {
	kid, key := g.base.ring.Signing(keyring.Token)
	signer, err := token.NewSigner(token.SignerOptions{KeyID: kid, Key: key})
	if err != nil {
		return "", err
	}
	now := g.base.config.Clock.Now().Truncate(time.Second)
	if id.TokenID == "" {
		id.TokenID = "tok_" + random()
	}
	if id.Session.ID == "" {
		id.Session.ID = "ses_" + random()
	}
	if id.Expires.IsZero() {
		id.IssuedAt, id.Expires = now, now.Add(exampleTTL)
	}
	return signer.Sign(id)
}

// ExampleToken is for the agent of the examples: billing-bot of acme, working
// on ticket 1001 of customer cus_ada.
func (g *Gateway) ExampleToken() (string, error) {
	return g.Sign(token.Identity{
		Tenant: "acme", Agent: "billing-bot", Session: token.Session{Ticket: "1001", Customer: "cus_ada"},
	})
}
