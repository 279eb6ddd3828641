package pii

// Finder finds. It keeps its buffers between calls, so it is cheap to use
// again and MUST NOT be used by two goroutines at once. The zero Finder is ready.
type Finder struct {
	text   []byte // folded
	at     []int32
	groups []group
	spans  []Span
}

// Find appends the findings of the given types in text to dst, in order and
// without overlap.
func (f *Finder) Find(dst []Span, text []byte, types Set) []Span {
	seen := look(text)
	if seen&(start|han|hiding) == 0 {
		return dst // most strings
	}
	if seen&hiding == 0 {
		return f.find(dst, text, types)
	}
	f.fold(text)
	f.spans = f.find(f.spans[:0], f.text, types)
	for _, s := range f.spans {
		dst = append(dst, Span{Start: int(f.at[s.Start]), End: int(f.at[s.End]), Type: s.Type})
	}
	return dst
}

// Suspicious reports a byte without which no text holds a finding: a reader
// that looks at every byte anyway can spare Find the texts that have none.
func Suspicious(c byte) bool { return is(c, start|han|hiding) }

// look is every class that a byte of text has.
func look(text []byte) class {
	var seen class
	for _, c := range text {
		seen |= classes[c]
	}
	return seen
}

// find looks at folded text. A matcher never looks left of floor, the end of
// the finding before: what it decides must not change once that finding has
// become a mark.
func (f *Finder) find(dst []Span, text []byte, types Set) []Span {
	floor := 0
	for i := 0; i < len(text); {
		switch k := classes[text[i]]; {
		case k&(start|han) == 0, k&han != 0 && (i+2 >= len(text) || !tellTail[text[i+2]]):
			i++
			continue
		}
		s, next := f.at1(text, i, floor, types)
		if s.Type != None {
			dst = append(dst, s)
			floor = s.End
		}
		i = next
	}
	return dst
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
	case '-':
		if types.Has(Secret) { // a key without an end is looked for up to the end of the text
			s = pemAt(text, i)
		}
	case '+', '(':
		s = phoneMarked(text, i, floor)
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
	return preferEmail(text, s, floor, types), s.End
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
