package pii

// group is one run of digits.
type group struct{ start, end int }

func (g group) size() int { return g.end - g.start }

// longest is how many digits any number has at most; window reads a few more.
const longest = 19

// fewest is how many digits any number has at least.
const fewest = 9

// shapes are tried in this order: the surest first.
var shapes = [...]struct {
	typ Type
	// end is where the number that the groups begin with ends, 0 for none. bare
	// says that digits without separators of their own count.
	end func(text []byte, gs []group, bare bool) int
}{{SSN, residentEnd}, {Card, cardEnd}, {SSN, ssnEnd}, {Phone, mobileEnd}, {Phone, northAmericanEnd}}

// number tries what can begin with the digits at text[i:].
func (f *Finder) number(text []byte, i, floor int, types Set) (Span, int) {
	total := f.window(text, i)
	first := f.groups[0]
	if total < fewest || first.size() > longest || !leftOpen(text, i, floor) {
		return Span{}, first.end
	}
	bare := !glued(text, i, floor)
	for _, shape := range &shapes {
		if !types.Has(shape.typ) {
			continue
		}
		if end := shape.end(text, f.groups, bare); end != 0 {
			s := preferEmail(text, Span{Start: i, End: end, Type: shape.typ}, floor, types)
			return s, s.End
		}
	}
	return Span{}, first.end
}

// window reads the runs of digits from text[i:] on that at most two spaces,
// dashes or dots stand between, until any number would be complete, and returns
// how many digits they have.
func (f *Finder) window(text []byte, i int) (total int) {
	f.groups = f.groups[:0]
	for total <= longest {
		end := i
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end == i {
			break
		}
		f.groups = append(f.groups, group{i, end})
		total += end - i
		for i = end; i < len(text) && i < end+2 && between(text[i]); i++ {
		}
		if i == end {
			break
		}
	}
	return total
}

func between(c byte) bool { return c == ' ' || c == '-' || c == '.' }

// leftOpen reports whether a number may begin at text[i]: not inside a word, a
// decimal fraction or the path of a URL. What lies left of floor is a mark by
// then, after which anything may begin.
func leftOpen(text []byte, i, floor int) bool {
	if i == floor {
		return true
	}
	before := i-1 > floor
	switch c := text[i-1]; c {
	case '.':
		return !before || !isDigit(text[i-2])
	case '/':
		return !before || text[i-2] <= ' ' || text[i-2] >= 0x80
	default:
		return !wordy(c)
	}
}

// glued reports a number that a dash ties to letters, as in ORD-13800138000: it
// needs separators of its own to count.
func glued(text []byte, i, floor int) bool {
	return i-1 > floor && text[i-1] == '-' && is(text[i-2], letter)
}

// rightOpen reports whether a number may end at end.
func rightOpen(text []byte, end int) bool {
	if end == len(text) {
		return true
	}
	if c := text[end]; c != '.' {
		return !wordy(c)
	}
	return end+1 == len(text) || !isDigit(text[end+1])
}

// sizes reports whether the first groups have just these sizes, and where they end.
func sizes(gs []group, want ...int) (end int, ok bool) {
	if len(gs) < len(want) {
		return 0, false
	}
	for i, n := range want {
		if gs[i].size() != n {
			return 0, false
		}
	}
	return gs[len(want)-1].end, true
}

// value is the number that at most nine digits spell.
func value(digits []byte) int {
	n := 0
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}
