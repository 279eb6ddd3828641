package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// byRole stands before the rules of a route on which some role has its own.
const byRole = "+"

// MaskRules are the value of RouteMetaMask: the mask.Policy for all, as JSON, and
// whether some role has one of its own. ParseMaskRules is its inverse.
func MaskRules(policy string, roles bool) string {
	if roles {
		return byRole + policy
	}
	return policy
}

// ParseMaskRules reads what MaskRules wrote.
func ParseMaskRules(value string) (policy string, roles bool) {
	return strings.CutPrefix(value, byRole)
}

// MaskSecrets are the value of MetaMask: the surrogate.Scope as its Header spells it, ""
// for marks alone, and what the tool is called with, a line each if it may be any, as the
// tool may say it back. They are one value, because the mask waits for each that it asks
// for. ParseMaskSecrets is its inverse.
func MaskSecrets(scope, credentials string) string { return scope + "," + credentials }

// ParseMaskSecrets reads what MaskSecrets wrote.
func ParseMaskSecrets(value string) (scope, credentials string) {
	scope, credentials, _ = strings.Cut(value, ",")
	return scope, credentials
}

// RouteMetaMaskOf is the key of a role's own mask.Policy in a route's metadata.
func RouteMetaMaskOf(role string) string { return RouteMetaMask + ":" + role }

// RulesHeader of an answer is where a route tells the mask which rules it has, by
// their digest: it costs less to read than metadata. The route puts it in place of the
// tool's own, and Envoy its own name in place of that when the answer leaves, so that
// neither a tool writes it nor an agent reads it.
const RulesHeader = "server"

// RulesDigest is what RulesHeader says of a value of RouteMetaMask.
func RulesDigest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
