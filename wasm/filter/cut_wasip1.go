package filter

import (
	"errors"

	"github.com/sallyport/sallyport/internal/mask"
)

// errCut refuses what may be the beginning of something.
var errCut = errors.New("it ends with its connection, and in the middle of a line or an event")

// mayBeCut reports a body whose last value may be a piece of one, where the end of the
// connection alone says that this is all. JSON says so itself.
func mayBeCut(body []byte, media string, p mask.Policy) bool {
	kind, err := p.Kind(media)
	last := body[len(body)-1]
	return err == nil && kind != mask.JSON && last != '\n' && last != '\r'
}
