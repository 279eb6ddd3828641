// Package policy decides calls by a tenant's two Casbin files: policy.csv has
// the rules (p lines) and who has which role (g lines), model.conf says how a
// rule is matched.
//
// # The verdict
//
// A rule is asked when its role is one of the agent's and its action is the
// call's. Its condition then is true, false, unevaluable (an argument is missing,
// two currencies meet) or pending (it speaks about facts or sums that were not
// read yet). Engine.Decide puts this together, in this order:
//
//  1. A deny is true: Deny, wherever in the file it stands.
//  2. Any rule is unevaluable: Deny, whatever the others say.
//  3. No allow is true or pending: Deny.
//  4. Something pending could still change the outcome: Defer, with the facts and
//     sums that are needed. The caller reads them and asks again.
//  5. The first allow that is true, in the order of the file: Allow, with that
//     rule's obligations.
//
// A token that names fewer roles than its agent has loses the allows of the
// others and keeps their denies, so it is never worth more.
//
// # Conditions
//
// Conditions are CEL over typed args, facts, sums, session, agent, tenant and
// now. Compile checks each of them against every action that its rule matches:
// a name that an action does not have is a mistake of the file, not of a later
// call. It also bounds what evaluating may cost (cost.go). Actions that declare the
// same names share compiled conditions across all tenants (environment.go), and tenants
// with the same agents and roles share who has which (roster.go).
//
// # Models
//
// There are three ways to evaluate, by the tenant's model.conf:
//
//   - The default model, or one that asks the same in another spelling: rules
//     are found by action and role (index.go) and only their conditions are
//     evaluated. Casbin is not called; a differential test holds that it would
//     decide the same.
//   - A model of the tenant's own over the default's request and policy
//     definitions (whole.go): Casbin evaluates it over all rules. It must call the
//     functions permits and condition, so it can ask for more and never for less.
//   - A model that speaks about requests by name, such as r = agent, method, path
//     (named.go): Casbin evaluates it over all rules, and the engine adds
//     conditions and the token's ceiling to what it asks.
//
// The package is pure: no I/O, no clock. An Engine is immutable and safe for
// concurrent use.
package policy
