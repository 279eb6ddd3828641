package extauthz

import (
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// tokenSlots are the headers an SDK puts its API key in.
var tokenSlots = [...]string{"authorization", "x-api-key"}

// gatewayToken finds the one gateway token of a request. Two different ones are
// no token: which of them speaks would be anybody's guess.
func gatewayToken(c check) (string, reason.Code) {
	found := ""
	for _, h := range c.request.Header {
		if h.Name != tokenSlots[0] && h.Name != tokenSlots[1] {
			continue
		}
		raw, ok := token.FromCredential(h.Name, h.Value)
		switch {
		case !ok:
			continue
		case found != "" && found != raw:
			return "", reason.TokenInvalid
		}
		found = raw
	}
	if found == "" {
		return "", reason.TokenMissing
	}
	return found, ""
}

// credential is the tool's header, from the secrets in memory.
func (g *gateway) credential(tenantName string, tool *tenant.Tool) ([2]string, bool) {
	value, ok := g.Secrets.Lookup(tenantName, tool.Credential.Secret)
	if !ok {
		return [2]string{}, false
	}
	return [2]string{tool.Credential.Slot(), tool.Credential.Value(value.Reveal())}, true
}
