package accesslog

import (
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/wire"
)

// maxPath bounds what a client can write into a record, in bytes.
const maxPath = 200

// word is a segment that names a kind of thing, as "charges", "v1", or
// "payment_intents.json" do.
var word = regexp.MustCompile(`^(v[0-9]{1,2}|[a-z]{1,24}([_-][a-z]{1,24})?)(\.json)?$`)

// Path is a path as records keep it: without its query, and with a * for every
// segment that may name one thing or person. Ids, addresses, numbers, names with
// a dot, keys and tokens are in arguments, of which a record has the digest.
func Path(raw string) string {
	raw, _, _ = strings.Cut(raw, "?")
	segments := strings.Split(raw, "/")
	for i, s := range segments {
		if s != "" && (!word.MatchString(s) || strings.HasPrefix(s, wire.TokenPrefix)) {
			segments[i] = "*"
		}
	}
	return short(strings.Join(segments, "/"), maxPath)
}
