package mask

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Why a body refuses, besides ErrMedia, ErrCharset and ErrJSON.
var (
	ErrTooLarge = errors.New("body is too large to mask")
	ErrUTF8     = errors.New("body is not valid UTF-8")
	ErrDepth    = errors.New("body is nested too deeply")
)

// maxNested is how many levels of JSON inside strings are walked. The first of
// them is the text of an MCP tool's result.
const maxNested = 4

// Masker masks. It keeps its buffers between bodies, so it is cheap to use
// again and MUST NOT be used by two goroutines at once.
type Masker struct {
	minter  surrogate.Minter
	policy  Policy
	finder  pii.Finder
	spans   []pii.Span
	edits   []edit
	ink     []byte            // stand-ins of this body
	folded  []byte            // key being looked up
	name    []byte            // key that the value stands under, as it is spelled; nil for none
	folds   []byte            // the last such key that was folded
	under   []byte            // what it is folded
	prosaic []place           // strings of this body that may tell a value again
	sought  []value           // what was told by keys
	stops   [256]uint8        // where a look for those stops
	heads   [headWords]uint64 // what begins like those
	inOrder bool              // sought is
	plain   []byte            // what base64 spelled
	rest    []byte            // of a value beside its surrogates
	within  *Masker           // of what stands in base64
	depth   int               // how many Maskers this one is within
	nested  int               // how many addresses the one that is read stands in
	known   *[rows][columns]lookup
	last    *lookup // of the last key that was seen before
	long    lookup  // of a key that is not kept
	ownKeys bool    // the policy names keys
	levels  [maxNested + 2]decoded
	form    decoded // value of a field of a form
	src     []byte  // the event that is read

	credential *Credential // hidden wherever it stands
}

// decoded is a text and where its bytes came from.
type decoded struct {
	text []byte
	at   []int32
}

// New returns a Masker that writes the minter's stand-ins.
func New(m surrogate.Minter) *Masker { return &Masker{minter: m} }

// Mint makes m write the stand-ins of another minter from the next body on.
func (m *Masker) Mint(with surrogate.Minter) { m.minter = with }

// Body appends the masked src to dst. See Masker.Body.
func Body(dst, src []byte, mediaType string, p Policy, m surrogate.Minter) ([]byte, Report, error) {
	return New(m).Body(dst, src, mediaType, p)
}

// Body appends src, a whole body with the given Content-Type, masked under p,
// to dst. An empty body needs no media type. On any error dst comes back as it
// was, and the body MUST NOT be sent: ErrTooLarge, ErrMedia, ErrCharset,
// ErrUTF8, ErrJSON or ErrDepth.
func (m *Masker) Body(dst, src []byte, mediaType string, p Policy) ([]byte, Report, error) {
	var report Report
	src = m.discreet(src, &report)
	kind, err := m.read(src, mediaType, p)
	if err != nil || len(src) == 0 {
		return dst, Report{}, err
	}
	if kind == Events {
		dst, counts, err := m.events(dst, src, p)
		if err == nil {
			counts.Add(report)
		}
		return dst, counts, err
	}
	return m.splice(dst, src, &report), report, nil
}

// read finds what is to be masked in src, but for events, which are masked one
// by one.
func (m *Masker) read(src []byte, mediaType string, p Policy) (Kind, error) {
	if len(src) == 0 {
		return JSON, nil
	}
	if len(src) > p.MaxBody {
		return 0, ErrTooLarge
	}
	kind, err := p.Kind(mediaType)
	if err != nil || kind == Events {
		return kind, err
	}
	if !readable(src, kind) {
		return kind, ErrUTF8
	}
	m.begin(p)
	return kind, m.whole(kind, src)
}

// readable reports valid UTF-8, without the zero bytes that text in UTF-16 has. JSON has
// none by its own rules.
func readable(src []byte, kind Kind) bool {
	return utf8.Valid(src) && (kind == JSON || bytes.IndexByte(src, 0) < 0)
}

// whole finds in a body that is no events.
func (m *Masker) whole(kind Kind, src []byte) error {
	switch kind {
	case JSON:
		if err := m.json(src); err != nil {
			return err
		}
	case Table:
		m.table(src)
	default:
		if err := m.lines(src); err != nil {
			return err
		}
	}
	m.again(src)
	return nil
}

// Value appends one short text, such as the value of a header, masked by shape, and
// by the names of fields in the query of an address. Bare digits pass: they are
// identifiers there.
func (m *Masker) Value(dst, src []byte, p Policy) ([]byte, Report) {
	var report Report
	src = m.discreet(src, &report)
	m.begin(p)
	if !bare(src) {
		m.header(src)
	}
	return m.splice(dst, src, &report), report
}

func (m *Masker) begin(p Policy) {
	m.finder.Regions = p.Regions
	m.policy, m.edits, m.ink, m.prosaic, m.name = p, m.edits[:0], m.ink[:0], m.prosaic[:0], nil
	m.ownKeys = len(p.Pass)+len(p.Drop)+len(p.Keys) > 0
}

func (m *Masker) json(src []byte) error {
	w := walk{lexer: lexer{src: src}, m: m, root: m.policy.Paths.root()}
	return w.document()
}

// lines masks text. Text that is JSON although nobody said so is walked as
// such, as a whole or a line at a time.
func (m *Masker) lines(src []byte) error {
	if done, err := m.tryJSON(src, 0); done || err != nil {
		return err
	}
	text := 0 // where text begins that is no JSON
	for base := 0; base < len(src); {
		end := len(src)
		if n := bytes.IndexByte(src[base:], '\n'); n >= 0 {
			end = base + n + 1
		}
		if line := src[base:end]; looksLikeJSON(line) && (text == base || m.isJSON(line)) {
			m.prose(src[text:base], text)
			first, prosaic := len(m.edits), len(m.prosaic)
			done, err := m.tryJSON(line, 0)
			if err != nil {
				return err
			}
			m.move(first, base)
			for i := prosaic; i < len(m.prosaic); i++ {
				m.prosaic[i] = m.prosaic[i].moved(base)
			}
			text = base
			if done {
				text = end
			}
		}
		base = end
	}
	m.prose(src[text:], text)
	return nil
}

// isJSON reports a line that is JSON: one that only looks like it is a part of the text
// around it.
func (m *Masker) isJSON(line []byte) bool {
	first, prosaic := len(m.edits), len(m.prosaic)
	done, err := m.tryJSON(line, 0)
	m.rewind(first)
	m.prosaic = m.prosaic[:prosaic]
	return done || err != nil
}

// prose scans text that stands at base.
func (m *Masker) prose(text []byte, base int) {
	if len(text) >= shortestProse {
		m.prosaic = append(m.prosaic, place{start: base, end: base + len(text)})
	}
	first := len(m.edits)
	m.name = nil
	m.scan(text, key{})
	m.move(first, base)
}

// move moves the edits since first by base.
func (m *Masker) move(first, base int) {
	for i := first; i < len(m.edits); i++ {
		m.edits[i].start += base
		m.edits[i].end += base
	}
}

// looksLikeJSON reports a line that may be an object or an array, behind a guard
// or not.
func looksLikeJSON(line []byte) bool {
	for i, c := range line {
		if c == '{' || c == '[' {
			return true
		}
		if i == maxGuard || c >= '0' && c <= '9' || c == '|' {
			return false
		}
	}
	return false
}

// guards are what stands before some JSON, so that a browser does not run it.
var guards = [...]string{"\ufeff", ")]}',", ")]}'", "while(1);", "for(;;);"}

// maxGuard is how many bytes a guard has at most, spaces around it included.
const maxGuard = 16

// tryJSON walks src if it looks like a JSON object or array, behind a guard or
// not, and reports whether it was one. It begins at a node of the policy's paths.
// Only ErrDepth is an error.
func (m *Masker) tryJSON(src []byte, root uint16) (bool, error) {
	w := walk{lexer: lexer{src: src}, m: m, root: root}
	w.space()
	for _, guard := range guards {
		if len(src)-w.pos >= len(guard) && string(src[w.pos:w.pos+len(guard)]) == guard {
			w.pos += len(guard)
			w.space()
		}
	}
	if w.pos == len(src) || src[w.pos] != '{' && src[w.pos] != '[' {
		return false, nil
	}
	first, prosaic := len(m.edits), len(m.prosaic)
	err := w.document()
	if err != nil {
		m.rewind(first)
		m.prosaic = m.prosaic[:prosaic]
	}
	if errors.Is(err, ErrDepth) {
		return false, err
	}
	return err == nil, nil
}

// scan finds by shape in text.
func (m *Masker) scan(text []byte, k key) {
	if k.is(identifier) && bare(text) {
		return
	}
	if !arranged(text) {
		m.shapes(text, 0, len(text))
		return
	}
	if !k.is(identifier) && m.structured(text) {
		return
	}
	m.find(text)
}

// arranged reports text with a byte that every form, every table or every
// surrogate has.
func arranged(text []byte) bool {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		line := x ^ '\n'*ones
		if arranges(x)|(line-ones)&^line&highs != 0 {
			return true
		}
	}
	for _, c := range text[i:] {
		if c == '=' || c == '\n' || c == '[' || c == '<' {
			return true
		}
	}
	return false
}

// find finds by shape alone, around the surrogates that stay.
func (m *Masker) find(text []byte) {
	from := 0
	for i := bytes.IndexByte(text, '['); i >= 0; {
		if n := m.minter.Own(text[i:]); n > 0 { // its brackets stand by the text around it, as a mark's do
			m.shapes(text, from, i+1)
			from, i = i+n-1, i+n-1
		}
		next := bytes.IndexByte(text[i+1:], '[')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	m.shapes(text, from, len(text))
}

// shapes finds by shape in text[from:to].
func (m *Masker) shapes(text []byte, from, to int) {
	m.spans = m.finder.Find(m.spans[:0], text[from:to], m.policy.Types)
	for _, s := range m.spans {
		if s.Type == pii.IP && s.End-s.Start == len(text) && pii.IsVersion(m.name) {
			continue
		}
		s.Start, s.End = from+s.Start, from+s.End
		m.replace(s.Start, s.End, s.Type, text[s.Start:s.End], false)
	}
}

// bare reports a text of ASCII digits alone.
func bare(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}
