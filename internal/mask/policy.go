package mask

import (
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
)

// MaxBody is the largest body any policy can allow, in bytes. Envoy holds twice as
// much, because a masked body may be larger.
const MaxBody = 2 << 20

// Policy says what is masked in the answers of one tool. The zero Policy
// refuses every body.
type Policy struct {
	Types   pii.Set             // found by shape and by well-known keys
	Keys    map[string]pii.Type // further keys, folded by pii.FoldKey; these count even if Types lacks the type
	Show    pii.Set             // of these a part is shown beside the surrogate: surrogate.Visible
	Pass    map[string]bool     // keys, folded, that say nothing about their value, whatever Keys or pii say
	Drop    map[string]bool     // keys, folded, whose values become null
	Paths   Paths               // where a key of pii says nothing about a text
	Regions pii.Regions         // whose national telephone numbers are found by shape
	MaxBody int                 // bytes of a body, or of one event of a stream
	Media   []string            // media types that may pass, lower case, with at most one * each
}

// Default masks everything.
func Default() Policy {
	return Policy{
		Types:   pii.All,
		MaxBody: MaxBody,
		Media:   []string{"application/json", "application/*+json", "application/x-ndjson", "text/*"},
	}
}

// Fold is pii.FoldKey for a key in a file.
func Fold(key string) string { return string(pii.FoldKey(nil, []byte(key))) }

// allows reports whether a media type may pass.
func (p Policy) allows(media string) bool {
	for _, pattern := range p.Media {
		head, tail, wild := strings.Cut(pattern, "*")
		if !wild && media == pattern {
			return true
		}
		if wild && len(media) >= len(head)+len(tail) && strings.HasPrefix(media, head) && strings.HasSuffix(media, tail) {
			return true
		}
	}
	return false
}
