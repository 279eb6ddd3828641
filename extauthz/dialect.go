package extauthz

import (
	"strings"

	"github.com/sallyport/sallyport/internal/answer"
)

// guessDialect serves a client whose token was refused: no tenant may be looked
// at, so the first path segment alone tells how its SDK reads errors. Nothing
// about a tenant can be learned from it.
func guessDialect(c check) answer.Dialect {
	switch {
	case strings.HasPrefix(c.target, "/stripe/"):
		return answer.Stripe
	case strings.HasPrefix(c.target, "/zendesk/"):
		return answer.Zendesk
	default:
		return answer.Problem
	}
}
