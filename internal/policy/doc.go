// Package policy decides by a tenant's two Casbin files: model.conf and
// policy.csv. Conditions are CEL over typed arguments, facts, sums, session and
// agent; they are compiled once for each action a rule matches, so that a name
// that does not exist is a mistake of the file and not of a call.
//
// Casbin evaluates, with three registered functions: permits (a token may narrow
// the roles whose allows it has; denies stay), matches (action patterns) and
// condition. A model of the tenant's own can ask for more, never for less. A
// condition that cannot be
// evaluated refuses the call, whatever the other rules say; one that waits for
// facts or sums defers it, unless the outcome does not depend on it. A deny that
// matches always wins, nothing matched is a deny, and the first matching allow
// in the order of the file gives the obligations.
//
// The package is pure: no I/O, no clock. An Engine is immutable.
package policy
