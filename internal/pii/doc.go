// Package pii finds personal data in text: e-mail addresses, payment cards,
// national identity numbers, telephone numbers, names that a phrase before them or
// the key of a JSON member announces.
//
// It owns the shapes and their validators, nothing else: what is done with a
// finding is internal/mask's matter. It uses tables instead of regular
// expressions, because it runs inside Envoy, where those are a hundred times
// slower. It makes one pass over the text, and another where a name is told; text
// that hides characters (JSON and percent escapes, HTML entities, full-width
// forms, exotic spaces and dashes) is folded to plain ASCII first, and findings
// are given in places of the original.
//
// Promises: a finding never cuts a character in two; finding again after every
// finding was replaced by a mark in brackets finds nothing more; identifiers
// (ch_3Nabc, UUIDs, timestamps, paths of URLs) are left alone. It never fails
// and never panics, whatever the bytes are.
//
// It does not know: names in running text without a phrase, most addresses of houses
// in other languages than Chinese, and values that are cut into several strings.
package pii
