package mask

import (
	"encoding/binary"
	"errors"

	"github.com/sallyport/sallyport/internal/pii"
)

// maxDepth is how deep objects and arrays may nest, those in strings included.
const maxDepth = 256

// walk reads one JSON document and records edits in places of its src.
type walk struct {
	lexer
	m     *Masker
	level int // of JSON inside strings
	depth int
	root  uint16 // the node of the policy's paths where the document begins
}

// document reads all of src as one value.
func (w *walk) document() error {
	w.space()
	if err := w.value(key{kind: kind(w.root) << nodeShift}); err != nil {
		return err
	}
	if w.space(); w.pos != len(w.src) {
		return ErrJSON
	}
	return nil
}

func (w *walk) value(k key) error {
	if w.pos == len(w.src) {
		return ErrJSON
	}
	switch c := w.src[w.pos]; c {
	case '"':
		return w.text(k)
	case '{':
		return w.object(k)
	case '[':
		return w.array(k)
	case 't', 'f', 'n':
		return w.word()
	default:
		return w.number(k)
	}
}

// enter begins an object or an array, and reports one that is empty.
func (w *walk) enter(end byte) (empty bool, err error) {
	w.pos++
	if w.depth == maxDepth {
		return false, ErrDepth
	}
	if w.space(); w.take(end) {
		return true, nil
	}
	w.depth++
	return false, nil
}

// more is read behind an item: whether another one follows.
func (w *walk) more(end byte) (bool, error) {
	w.space()
	if w.take(',') {
		w.space()
		return true, nil
	}
	if !w.take(end) {
		return false, ErrJSON
	}
	w.depth--
	return false, nil
}

// array reads an array, whose items are what k says.
func (w *walk) array(k key) error {
	empty, err := w.enter(']')
	for more := !empty; more && err == nil; {
		if w.next('"') { // most items
			err = w.text(k)
		} else {
			err = w.value(k)
		}
		switch {
		case err != nil:
		case w.take(','): // as more does, without a call
			w.space()
		default:
			more, err = w.more(']')
		}
	}
	return err
}

// object reads an object, member by member.
func (w *walk) object(parent key) error {
	empty, err := w.enter('}')
	inherited, node := parent.inherits(), parent.at()
	for more := !empty; more && err == nil; {
		k, err := w.name(inherited)
		if err != nil {
			return err
		}
		w.space()
		if !w.take(':') {
			return ErrJSON
		}
		w.space()
		if node != 0 {
			k = w.onPath(k, node)
		}
		switch {
		case k.is(dropped):
			err = w.dropped()
		case w.next('"'): // most values
			err = w.text(k)
		default:
			err = w.value(k)
		}
		if err != nil {
			return err
		}
		if w.take(',') { // as more does, without a call
			w.space()
			continue
		}
		if more, err = w.more('}'); err != nil {
			return err
		}
	}
	return err
}

// name reads a key. It can itself be personal data.
func (w *walk) name(inherited pii.Type) (key, error) {
	start := w.pos + 1
	if l := w.seenBefore(); l != nil {
		k := w.m.rule(l, inherited)
		k.from, k.to = int32(start), int32(w.pos-1)
		return k, nil
	}
	start, end, err := w.str()
	if err != nil {
		return key{}, err
	}
	d := w.decode(start, end)
	k := w.m.key(d.text, inherited)
	if w.seen != 0 {
		w.scan(start, d, key{})
	}
	k.from, k.to = int32(start), int32(end)
	return k, nil
}

// seenBefore reads a key that was looked up before, without an escape and nothing
// to look for in it. It reads nothing, and is nil, for any other: answers repeat
// their keys, and mostly in the same order.
func (w *walk) seenBefore() *lookup {
	if len(w.src)-w.pos < 1+shortKey+1 || w.src[w.pos] != '"' {
		return nil
	}
	src := w.src[w.pos+1 : w.pos+1+shortKey+1]
	a, b, c := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:]), binary.LittleEndian.Uint64(src[16:])
	last := w.m.last
	if last != nil {
		if l := last.next; l != nil && !l.suspect && l.begins(a, b, c) && src[l.size] == '"' {
			w.m.last = l
			w.pos += l.size + 2
			return l
		}
	}
	n := firstEnd(a)
	size := n
	a &= lowest(n)
	if n == 8 {
		n = firstEnd(b)
		b &= lowest(n)
		if size += n; n == 8 {
			n = firstEnd(c)
			c &= lowest(n)
			size += n
		} else {
			c = 0
		}
	} else {
		b, c = 0, 0
	}
	l := w.m.findKey(a, b, c, size)
	if l == nil || l.suspect || src[size] != '"' {
		return nil
	}
	if last != nil {
		last.next = l
	}
	w.m.last = l
	w.pos += size + 2
	return l
}

// text reads a string that is a value.
func (w *walk) text(k key) error {
	start, end, err := w.str()
	if err != nil || start == end {
		return err
	}
	if w.seen == 0 && !w.arranged && k.typ == pii.None && !k.is(base64able) && !opens(w.src[start]) {
		w.prose(start, end)
		w.names(start, end, k)
		return nil // most strings
	}
	text := w.src[start:end]
	if k.typ == pii.None && mayBeTimestamp(text) && isTimestamp(text) {
		w.prose(start, end)
		return nil
	}
	if w.seen&escapes != 0 || opens(text[0]) || k.is(base64able) || text[0] == 'd' {
		return w.wrapped(start, w.decode(start, end), k)
	}
	if !w.told(start, end, text, k) {
		w.prose(start, end)
		w.scan(start, decoded{text: text}, k)
	}
	return nil
}

// wrapped reads a string that can hold another document.
func (w *walk) wrapped(start int, d decoded, k key) error {
	end := w.pos - 1
	if w.told(start, end, d.text, k) {
		return nil
	}
	w.prose(start, end)
	if opens(d.text[0]) {
		if done, err := w.inner(start, d, k); done || err != nil {
			return err
		}
	}
	if done, err := w.base64(start, d, k); done || err != nil {
		return err
	}
	w.scan(start, d, k)
	return nil
}

// told masks a string whose key says what it is, and reports whether it did.
func (w *walk) told(start, end int, text []byte, k key) bool {
	if k.typ == pii.None || !w.m.covers(k.typ, text) {
		return false
	}
	w.m.name = w.src[k.from:k.to]
	w.m.replace(start, end, k.typ, text, true)
	return true
}

// prose keeps where a string stands that may tell a value again, unless all of it
// is masked. Only the
// outermost strings are kept: those inside them are parts.
func (w *walk) prose(start, end int) {
	if w.level == 0 && end-start >= headBytes {
		w.m.prosaic = append(w.m.prosaic, place{start, end, w.seen == 0})
	}
}

// opens reports what a JSON object or array can begin with.
func opens(c byte) bool { return c == '{' || c == '[' || c <= ' ' }

// inner walks JSON that stands inside a string.
func (w *walk) inner(start int, d decoded, k key) (bool, error) {
	if w.level == maxNested {
		return false, nil
	}
	first := len(w.m.edits)
	in := walk{lexer: lexer{src: d.text}, m: w.m, level: w.level + 1, depth: w.depth}
	if k.at() == mcpText {
		in.root = outermost
	}
	if in.space(); in.pos == len(d.text) || d.text[in.pos] != '{' && d.text[in.pos] != '[' {
		return false, nil
	}
	if err := in.document(); err != nil {
		w.m.rewind(first)
		if errors.Is(err, ErrDepth) {
			return false, err
		}
		return false, nil
	}
	for i := first; i < len(w.m.edits); i++ {
		w.m.escape(&w.m.edits[i])
	}
	w.lift(first, start, d)
	return true, nil
}

// number reads a number. Under a key of a personal type it becomes a string;
// elsewhere only a card is told by its digits.
func (w *walk) number(k key) error {
	start := w.pos
	if err := w.skipNumber(); err != nil {
		return err
	}
	token := w.src[start:w.pos]
	typ := k.typ
	switch typ {
	case pii.None:
	case pii.Name, pii.Email, pii.Address: // none of them is a number
		typ = pii.None
	default:
		if !w.m.finder.Covers(typ, token) {
			typ = pii.None
		}
	}
	// 13 digits are a timestamp or an identifier far more often than a card.
	if typ == pii.None && len(token) > 13 && !k.is(identifier) && w.m.policy.Types.Has(pii.Card) {
		var room [maxIntegral]byte
		if digits := integral(token, &room); len(digits) > 13 && pii.IsCard(digits) {
			typ = pii.Card
		}
	}
	if typ != pii.None {
		w.m.name = w.src[k.from:k.to]
		first := len(w.m.edits)
		w.m.replace(start, w.pos, typ, token, typ == k.typ)
		for i := first; i < len(w.m.edits); i++ {
			w.m.quote(&w.m.edits[i])
		}
	}
	return nil
}

// decode is the text of the string that was just read at src[start:end].
func (w *walk) decode(start, end int) decoded {
	inside := w.src[start:end]
	if w.seen&escapes == 0 {
		return decoded{text: inside}
	}
	d := &w.m.levels[w.level]
	d.text, d.at = unescape(d.text[:0], d.at[:0], inside)
	return *d
}

// scan finds by shape in the decoded text of the string at start.
func (w *walk) scan(start int, d decoded, k key) {
	first := len(w.m.edits)
	w.m.name = w.src[k.from:k.to]
	switch {
	case w.arranged:
		w.m.scan(d.text, k)
	case !k.is(identifier) || !bare(d.text):
		w.m.shapes(d.text, 0, len(d.text))
	}
	if len(w.m.edits) > first {
		w.lift(first, start, d)
	}
}

// lift moves the edits since first from the decoded text to src.
func (w *walk) lift(first, start int, d decoded) {
	if d.at != nil {
		w.m.lift(first, start, d.at)
		return
	}
	for i := first; i < len(w.m.edits); i++ {
		w.m.edits[i].start += start
		w.m.edits[i].end += start
	}
}
