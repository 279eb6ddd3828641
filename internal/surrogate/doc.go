// Package surrogate makes what stands in an answer instead of a piece of
// personal data.
//
// It owns the spelling of stand-ins. Today there is one kind, the mark: a fixed
// word in brackets for each type, from which nothing can be restored and which
// needs no key. Surrogates that can be turned back, bound to tenant and
// session, come with the restore feature; whoever writes answers already goes
// through Minter and will not change.
//
// Promises: a stand-in is visibly no personal data, holds no character that
// JSON escapes, and is never itself found as personal data.
package surrogate
