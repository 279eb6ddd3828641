// Package extauthz is Envoy's two checks as thin adapters. The agent check
// decides, counts and records a call and answers with a refusal, a tool and its
// credential, or approvald and an admission. The execute check compares the
// bytes that are about to leave with a signed order, decides effects again, and
// adds the credential.
//
// Neither waits on a network: everything is decided from immutable state in
// memory. What fails refuses. Every answer is built by one constructor
// (codec.go), because Envoy takes an empty one for an allow.
package extauthz
