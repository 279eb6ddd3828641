package mask

import (
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Finding is one place of a body that is masked.
type Finding struct {
	Start, End int // in bytes of the body
	Type       pii.Type
	ByKey      bool   // the key of a JSON member says so; otherwise the shape of the value
	StandIn    string // what is written in its place
}

// Scan returns what Body masks, in the order of the body, and Body's errors. A
// body of events is none that it reads: ErrMedia.
func Scan(src []byte, mediaType string, p Policy, minter surrogate.Minter) ([]Finding, error) {
	m := New(minter)
	kind, err := m.read(src, mediaType, p)
	if err == nil && kind == Events {
		err = ErrMedia
	}
	if err != nil {
		return nil, err
	}
	out := make([]Finding, 0, len(m.edits))
	for _, e := range m.edits {
		out = append(out, Finding{Start: e.start, End: e.end, Type: e.typ, ByKey: e.byKey, StandIn: string(m.ink[e.from:e.to])})
	}
	return out, nil
}
