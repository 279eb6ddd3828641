// Package foreign verifies tokens of issuers that tenants have registered: their
// own identity providers. The tenant is the one whose registration of issuer and
// audience a token fits, never a claim; the agent is the one that the
// registration names; roles in a token are a ceiling.
//
// Verifying needs no network. Keys are fetched in the background and the last good
// ones stay; a key that its issuer no longer shows verifies nothing any more.
package foreign
