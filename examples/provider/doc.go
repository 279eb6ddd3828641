// Package provider is an upstream to try the gateway against: one HTTP server
// that answers like Stripe under /v1, like Zendesk under /api/v2 and like Slack under
// /api, and keeps state, so that an effect that happens twice is seen twice.
//
// It promises what the real services promise where a gateway depends on it:
// Stripe's idempotency keys (24 hours, same parameters, one at a time), its
// refusal to refund more than a charge holds, its lists, its error bodies; and
// each account answers only to exactly its own key. A comment at Zendesk has no
// idempotency key and is added as often as it is asked for.
//
// Control is a second handler, for tests: it injects faults, tells what was
// received and what was done, and starts afresh. It must never listen where an
// agent can reach it, because it shows the keys that were received.
//
// All state is in memory. Every method is safe to call together.
package provider
