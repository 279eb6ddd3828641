// Package execute sends to tools on behalf of agents: facts, mediated reads,
// and effects exactly once. Every request goes through the execute listener of
// approvald's own Envoy with a signed order for exactly those bytes; Envoy's
// check adds the credential, which this package never sees.
//
// An effect is two commits. It is Executing in the ledger before a byte leaves,
// and its outcome is stored before anybody reads it. What an answer proves is
// the catalog's word (applied, not applied) or Envoy's mark that no byte was
// sent; everything else is Unknown and is sent again only with the same bytes
// and the same provider key inside the provider's dedupe window.
package execute
