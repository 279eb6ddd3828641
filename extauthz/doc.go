// Package extauthz answers Envoy's ext_authz: whether a request may go on, and
// with which headers. Envoy has two listeners and asks a check of its own for
// each:
//
//   - Agent (agent.go), for every call of an agent: verify the token, name the
//     action by the catalog, decide by the policy, take the limits, write the
//     record. The answer is a refusal, or the tool with its credential (the direct
//     lane), or approvald with an admission (the mediated lane).
//   - Execute (execute.go), for every request that approvald sends to a tool:
//     compare its bytes with approvald's signed order, decide effects again by the
//     policy of now, add the tool's credential.
//
// Deciding itself is internal/decision's matter; here are only Envoy's protocol
// (decode.go, encode.go) and what stands around a decision. Neither check waits on a
// network: tenants, keys, secrets and counters are in memory, and records go to a
// spool on disk. What fails refuses. Only allow (encode.go) builds an answer that
// lets a request pass, because Envoy takes an empty one for a yes.
package extauthz
