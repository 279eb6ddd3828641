package filter

import (
	"strings"

	"github.com/sallyport/sallyport/internal/wire"
)

// shown reports a header of an answer that an agent may see: HTTP's own, what
// clients of APIs wait and retry by, and the gateway's. Cookies, and whatever a
// tool says about its machines or in the gateway's name, are not among them.
func shown(name string) bool {
	switch name {
	case "content-type", "content-length", "content-encoding", "content-language", "content-disposition", "content-location",
		"transfer-encoding", "connection", "trailer", "date", "server", "age", "allow", "cache-control", "etag", "expires", "last-modified", "link", "location", "vary",
		"retry-after", "www-authenticate", "deprecation", "sunset", "warning",
		"x-request-id", "request-id", "original-request", "idempotency-key", "idempotent-replayed", "preference-applied",
		"x-rate-limit", "x-rate-limit-remaining", "x-total-count",
		wire.HeaderDecision, wire.HeaderReplayed, wire.HeaderEdited, wire.HeaderIntent: // the routes remove a tool's
		return true
	}
	for _, prefix := range [...]string{":", "ratelimit", "x-ratelimit-", "x-hubspot-ratelimit-", "stripe-", "mcp-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
