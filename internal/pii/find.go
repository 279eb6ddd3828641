package pii

import (
	"encoding/binary"
	"math/bits"
)

// Finder finds. It keeps its buffers between calls, so it is cheap to use
// again and MUST NOT be used by two goroutines at once. The zero Finder is ready.
type Finder struct {
	Regions Regions // whose national telephone numbers are found

	text   []byte // folded
	at     []int32
	groups []group
	spans  []Span
}

// Find appends the findings of the given types in text to dst, in order and
// without overlap.
func (f *Finder) Find(dst []Span, text []byte, types Set) []Span {
	first := len(dst)
	dst, hidden := f.find(dst, text, types, hiding)
	if !hidden {
		if types.Has(Name) && named(text, dst[first:]) {
			dst = f.findNamed(dst[:first], text, types)
		}
		return dst
	}
	dst = dst[:first]
	f.fold(text)
	f.spans, _ = f.find(f.spans[:0], f.text, types, 0)
	if types.Has(Name) && named(f.text, f.spans) {
		f.spans = f.findNamed(f.spans[:0], f.text, types)
	}
	for _, s := range f.spans {
		dst = append(dst, Span{Start: int(f.at[s.Start]), End: int(f.at[s.End]), Type: s.Type})
	}
	return dst
}

// Suspicious reports a byte without which no text holds a finding: a reader
// that looks at every byte anyway can spare Find the texts that have none.
func Suspicious(c byte) bool { return is(c, start|han|hiding) }

// find looks at text that hides nothing, or gives up at the first byte of one of
// the classes that bar it. A matcher never looks left of floor, the end of
// the finding before: what it decides must not change once that finding has
// become a mark.
func (f *Finder) find(dst []Span, text []byte, types Set, bar class) (_ []Span, barred bool) {
	floor, stop := 0, start|han|bar
	for i := pass(text, 0, stop); i < len(text); i = pass(text, i, stop) {
		switch k := classes[text[i]]; {
		case k&bar != 0:
			return dst, true
		case k&han != 0 && (i+2 >= len(text) || !mayTell(text[i+1], text[i+2])):
			i++
			continue
		}
		s, next := f.at1(text, i, floor, types)
		if s.Type != None {
			dst = append(dst, s)
			floor = s.End
			if bar != 0 && pass(text[:next], i+1, bar) < next {
				return dst, true
			}
		}
		i = next // digits alone, if nothing is found
	}
	return dst, false
}

// pass is the next place from i on with a byte of the classes, start, han or hiding,
// or the end.
func pass(text []byte, i int, stop class) int {
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		if x&highBits != 0 { // in a Chinese text each byte may be one
			if classesOf(text[i:i+8:i+8])&stop != 0 {
				break
			}
			continue
		}
		for w := stopBits(x); w != 0; w &= w - 1 {
			if at := i + bits.TrailingZeros64(w)/8; classes[text[at]]&stop != 0 {
				return at
			}
		}
	}
	for i < len(text) && classes[text[i]]&stop == 0 {
		i++
	}
	return i
}

// classesOf are the classes of eight bytes.
func classesOf(w []byte) class {
	_ = w[7]
	return classes[w[0]] | classes[w[1]] | classes[w[2]] | classes[w[3]] | classes[w[4]] | classes[w[5]] | classes[w[6]] | classes[w[7]]
}

// at1 tries what can begin at, or around, the start byte text[i] and returns
// the finding, if any, and where to go on.
func (f *Finder) at1(text []byte, i, floor int, types Set) (Span, int) {
	var s Span
	switch text[i] {
	case '@':
		s = emailAt(text, i, floor)
	case ':':
		if s = labelled(text, i); s.Type == None {
			s = ip6At(text, i, floor)
		}
	case '=':
		s = labelled(text, i)
	case '-':
		switch {
		case i+2 < len(text) && (text[i+1] >= 0x80 || text[i+1] == ' ' && text[i+2] >= 0x80):
			s = dashed(text, i, floor)
		case types.Has(Secret): // a key without an end is looked for up to the end of the text
			s = pemAt(text, i)
		}
	case '+', '(':
		if s = f.phoneMarked(text, i, floor, types); s.Type == Phone && isService(text[s.Start:s.End]) {
			return Span{}, s.End
		}
	default:
		if text[i] >= 0x80 {
			s = hanAt(text, i, floor)
			break
		}
		return f.number(text, i, floor, types)
	}
	if !types.Has(s.Type) {
		return Span{}, i + 1
	}
	s = preferEmail(text, s, floor, types)
	return s, s.End
}

// preferEmail gives way to an address that a number begins: 13800138000@qq.com.
func preferEmail(text []byte, s Span, floor int, types Set) Span {
	if s.End >= len(text) || text[s.End] != '@' || !types.Has(Email) {
		return s
	}
	if e := emailAt(text, s.End, floor); e.Type != None && e.Start <= s.Start {
		return e
	}
	return s
}
