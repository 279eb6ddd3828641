// Package surrogate makes what stands in an answer instead of a piece of
// personal data, and turns it back.
//
// It owns the spelling of stand-ins. There are two kinds. A mark, [email], is a
// fixed word for each type, from which nothing can be restored and which needs no
// key. A surrogate, [email:b2k7…], is the value itself, sealed with AES-SIV under
// the key of one session: the same value has the same surrogate for as long as
// the session lasts, so that a model can tell people apart, and a changed, cut or
// foreign one does not open.
//
// Inside the seal stand whom the value is about and, for types of few possible
// values, at which tool and in which field it was found: a guess that is written
// somewhere else never compares equal. Secrets, whole texts and values longer
// than MaxValue become marks.
//
// Promises: a stand-in is visibly no personal data, holds no character that
// JSON escapes, and is never itself found as personal data.
package surrogate
