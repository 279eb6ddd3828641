// Package executetest is what tests of approvald stand on: a real ledger on
// SQLite, the example tenants, real keys, a clock that only the test moves, and
// a Door in the place of Envoy's execute listener, which checks every order as
// the execute check does and can be told to fail. Only tests import it; that the
// real Envoy does the same is for the end-to-end tests to show.
package executetest
