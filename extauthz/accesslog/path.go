package accesslog

import (
	"strings"

	"github.com/sallyport/sallyport/internal/wire"
)

// maxPath bounds what a client can write into a record, in bytes.
const maxPath = 200

// maxWord bounds each of the two parts of a word.
const maxWord = 24

// word says whether a segment names a kind of thing, as "charges", "v1", or
// "payment_intents.json" do.
func word(segment string) bool {
	segment = strings.TrimSuffix(segment, ".json")
	if digits, ok := strings.CutPrefix(segment, "v"); ok && len(digits) > 0 && len(digits) <= 2 && strings.Trim(digits, "0123456789") == "" {
		return true
	}
	first := letters(segment)
	rest := segment[first:]
	if rest != "" && (rest[0] == '_' || rest[0] == '-') {
		second := letters(rest[1:])
		return first > 0 && first <= maxWord && second > 0 && second <= maxWord && len(rest) == second+1
	}
	return first > 0 && first <= maxWord && rest == ""
}

// letters is how many small letters a text begins with.
func letters(text string) (n int) {
	for n < len(text) && text[n] >= 'a' && text[n] <= 'z' {
		n++
	}
	return n
}

// Path is a path as records keep it: without its query, and with a * for every
// segment that may name one thing or person. Ids, addresses, numbers, names with
// a dot, keys and tokens are in arguments, of which a record has the digest.
func Path(raw string) string {
	raw, _, _ = strings.Cut(raw, "?")
	segments := strings.Split(raw, "/")
	for i, s := range segments {
		if s != "" && (!word(s) || strings.HasPrefix(s, wire.TokenPrefix)) {
			segments[i] = "*"
		}
	}
	return short(strings.Join(segments, "/"), maxPath)
}
