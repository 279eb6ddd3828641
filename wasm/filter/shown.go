package filter

import "strings"

// shown reports a header of an answer that an agent may see: HTTP's own, what
// clients of APIs wait and retry by, and the gateway's. Cookies, and whatever a
// tool says about its machines, are not among them.
func shown(name string) bool {
	switch name {
	case "content-type", "content-length", "content-encoding", "content-language", "content-disposition", "content-location",
		"transfer-encoding", "connection", "trailer", "date", "server", "age", "allow", "cache-control", "etag", "expires", "last-modified", "link", "location", "vary",
		"retry-after", "www-authenticate", "deprecation", "sunset", "warning",
		"x-request-id", "request-id", "original-request", "idempotency-key", "idempotent-replayed", "preference-applied",
		"x-rate-limit", "x-rate-limit-remaining", "x-total-count":
		return true
	}
	for _, prefix := range [...]string{":", "x-sallyport-", "ratelimit", "x-ratelimit-", "x-hubspot-ratelimit-", "stripe-", "mcp-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
