package pii

// ip4At is the address 192.0.2.7 that begins at text[i]. A word before it can
// say that it is a version.
func ip4At(text []byte, i, floor int) Span {
	if i > floor && within(text, i, floor) {
		return Span{}
	}
	end := i
	for n := range 4 {
		if n > 0 {
			if end == len(text) || text[end] != '.' {
				return Span{}
			}
			end++
		}
		from := end
		for end < len(text) && isDigit(text[end]) && end < from+4 {
			end++
		}
		if size := end - from; size == 0 || size > 3 || size > 1 && text[from] == '0' || value(text[from:end]) > 255 {
			return Span{}
		}
	}
	if !rightOpen(text, end) || value(text[i:i+1]) == 0 && text[i+1] == '.' || loopback(text[i:end]) || before(text, i, floor) == cueVersion {
		return Span{}
	}
	return Span{Start: i, End: end, Type: IP}
}

// within reports digits that are a part of something longer which begins before text[i].
func within(text []byte, i, floor int) bool {
	return wordy(text[i-1]) || text[i-1] == '.' && i-1 > floor || text[i-1] == '-' && i-1 > floor && wordy(text[i-2]) || pathBefore(text, i, floor)
}

// pathBefore reports a slash before text[i] that is not the second of "//":
// Chrome/120.0.6.1 is a version.
func pathBefore(text []byte, i, floor int) bool {
	return text[i-1] == '/' && i-1 > floor && text[i-2] > ' ' && text[i-2] != '/'
}

// loopback reports an address that is the same machine for everybody.
func loopback(address []byte) bool { return len(address) > 4 && string(address[:4]) == "127." }

// ip6At is the address with eight groups, or fewer and "::", whose first colon
// is at text[colon].
func ip6At(text []byte, colon, floor int) Span {
	if colon+1 == len(text) || text[colon+1] != ':' && HexDigit(text[colon+1]) < 0 {
		return Span{} // of a group and a colon none is made
	}
	from := colon
	for from > floor && HexDigit(text[from-1]) >= 0 && colon-from < 5 {
		from--
	}
	if colon-from > 4 || from > floor && (wordy(text[from-1]) || text[from-1] == ':' || text[from-1] == '.' && from-1 > floor) {
		return Span{}
	}
	g := hexGroups(text, from)
	switch {
	case !g.ok, g.digits == 0, g.end < len(text) && (wordy(text[g.end]) || text[g.end] == ':' || text[g.end] == '[' && text[g.end-1] == ':'):
		return Span{}
	case g.gap && (g.groups < 2 || g.groups == 2 && !routed(text[from:]) || g.groups > 7), !g.gap && g.groups != 8:
		return Span{}
	}
	return Span{Start: from, End: g.end, Type: IP}
}

// routed reports a first group of four digits that addresses of networks begin with:
// with so few groups all else is a scope of a program, or a time.
func routed(text []byte) bool {
	if len(text) < 5 || text[4] != ':' {
		return false
	}
	return text[0] == '2' || text[0] == '3' || text[0]|0x20 == 'f' && (text[1]|0x20 == 'e' && text[2] == '8' || text[1]|0x20 == 'd')
}

// hex is what hexGroups read.
type hex struct {
	end, groups, digits int
	gap                 bool // a "::" among them
	ok                  bool // no group is longer than four, and one gap at most
}

// hexGroups reads hexadecimal groups between colons from text[i:] on.
func hexGroups(text []byte, i int) (h hex) {
	for i < len(text) {
		from := i
		for i < len(text) && HexDigit(text[i]) >= 0 {
			if isDigit(text[i]) {
				h.digits++
			}
			i++
		}
		if i-from > 4 {
			return h
		}
		if i > from {
			h.groups++
		}
		h.end = i
		switch {
		case i+1 >= len(text) || text[i] != ':', text[i+1] != ':' && HexDigit(text[i+1]) < 0:
			h.ok = true
			return h
		case text[i+1] != ':':
			i++
		case h.gap:
			return h
		default:
			h.gap = true
			i += 2
			h.end = i
		}
	}
	h.ok = true
	return h
}
