package wire

import "strings"

// MaskHeader is the value of HeaderMask: surrogate.Scope as a header spells it, and
// the role whose rules count; each may be "". ParseMaskHeader is its inverse.
func MaskHeader(scope, role string) string {
	if role == "" {
		return scope
	}
	return scope + ";" + role
}

// ParseMaskHeader reads what MaskHeader wrote.
func ParseMaskHeader(value string) (scope, role string) {
	scope, role, _ = strings.Cut(value, ";")
	return scope, role
}

// RouteMetaMaskOf is the key of a role's mask.Policy in a route's metadata;
// RouteMetaMask itself for no role.
func RouteMetaMaskOf(role string) string {
	if role == "" {
		return RouteMetaMask
	}
	return RouteMetaMask + ":" + role
}
