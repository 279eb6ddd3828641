// Package sessionkey derives what the surrogates of a session are sealed with from
// the gateway's own keys. It is apart from surrogate because the filter, which
// gets one derived key at a time, needs nothing of it.
//
// Whoever holds a session's key can open that session's surrogates and no other's.
package sessionkey
