// Package token signs and verifies gateway tokens: short-lived JWTs (EdDSA)
// behind a public prefix, so that a token is recognised wherever it leaks to.
// Verifying needs no network; revocations are an immutable set that is swapped
// in. Whatever is not exactly a token of ours is refused with a reason.
package token
