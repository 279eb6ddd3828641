package extauthz

import (
	"strings"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
)

// guessDialect serves a client whose token was refused: no tenant may be looked
// at, so the first path segment or label of the host alone tells how its SDK reads errors. Nothing
// about a tenant can be learned from it.
func guessDialect(d decision.Domain, c check) answer.Dialect {
	switch label := d.Label(c.authority); {
	case label == "stripe", strings.HasPrefix(c.target, "/stripe/"):
		return answer.Stripe
	case label == "zendesk", strings.HasPrefix(c.target, "/zendesk/"):
		return answer.Zendesk
	default:
		return answer.Problem
	}
}
