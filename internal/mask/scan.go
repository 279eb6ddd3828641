package mask

import (
	"sync"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Finding is one place of a body that is masked.
type Finding struct {
	Start, End int // in bytes of the body
	Type       pii.Type
	ByKey      bool   // the key of a JSON member says so; otherwise the shape of the value
	Again      bool   // such a key says so elsewhere in the body
	Inner      Report // what is in it, for text in base64, which is masked as one
	StandIn    string // what is written in its place
}

// scanners are used again: to make one costs more than to read a short text.
var scanners = sync.Pool{New: func() any { return New(nil) }}

// mostKept is the longest body after which a scanner and its buffers are kept.
const mostKept = 64 << 10

// release gives a scanner back with nothing that belongs to the caller.
func (m *Masker) release(read int) {
	if read > mostKept {
		return
	}
	clear(m.sought)
	m.begin(Policy{})
	m.minter, m.src, m.folds, m.under = nil, nil, nil, nil
	scanners.Put(m)
}

// Scan returns what Body masks, in the order of the body, and Body's errors.
func Scan(src []byte, mediaType string, p Policy, minter surrogate.Minter) ([]Finding, error) {
	m, _ := scanners.Get().(*Masker)
	m.Mint(minter)
	defer m.release(len(src))
	kind, err := m.read(src, mediaType, p)
	if err != nil {
		return nil, err
	}
	if kind == Events {
		return m.scanEvents(src, p)
	}
	return m.findings(nil, 0), nil
}

// scanEvents is Scan for a body of events.
func (m *Masker) scanEvents(src []byte, p Policy) (out []Finding, err error) {
	s := Stream{m: m, policy: p, held: src}
	for base := 0; base < len(src); {
		end := s.next(base)
		if end == 0 {
			end = len(src)
		}
		if err := s.read(src[base:end]); err != nil {
			return nil, err
		}
		out = m.findings(out, base)
		base = end
	}
	return out, nil
}

// findings appends the edits of what stands at base.
func (m *Masker) findings(dst []Finding, base int) []Finding {
	for _, e := range m.edits {
		f := Finding{Start: base + e.start, End: base + e.end, Type: e.typ, ByKey: e.byKey, Again: e.again, StandIn: string(m.ink[e.from:e.to])}
		if e.inner != nil {
			f.Inner = *e.inner
		}
		dst = append(dst, f)
	}
	return dst
}
