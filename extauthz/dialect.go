package extauthz

import (
	"strings"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
)

// guessDialect is for a client whose token was refused. No tenant may be looked at
// then, so the first segment of the path or label of the host alone tells how its SDK
// reads errors. Nothing about a tenant can be learned from it.
func guessDialect(d decision.Domain, c check) answer.Dialect {
	label := d.Label(c.authority)
	for _, dialect := range answer.Dialects() {
		if label == string(dialect) || strings.HasPrefix(c.target, "/"+string(dialect)+"/") {
			return dialect
		}
	}
	return answer.Problem
}
