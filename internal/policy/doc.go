// Package policy decides by a tenant's two Casbin files: model.conf and
// policy.csv. Conditions are CEL over typed arguments, facts, sums, session and
// agent; they are compiled for each action a rule matches, so that a name that does
// not exist is a mistake of the file and not of a call, once for all tenants.
//
// A model asks with three registered functions: permits (a token may narrow the
// roles whose allows it has; denies stay), matches (action patterns) and
// condition. What the default model asks of a rule is looked up by action and
// role, and only conditions are left to evaluate, as Casbin would. A model of the
// tenant's own can ask for more, never for less; Casbin evaluates it over all
// rules.
//
// A condition that cannot be evaluated refuses the call, whatever the other rules
// say; one that waits for facts or sums defers it, unless the outcome does not
// depend on it. A deny that matches always wins, nothing matched is a deny, and
// the first matching allow in the order of the file gives the obligations.
//
// The package is pure: no I/O, no clock. An Engine is immutable.
package policy
