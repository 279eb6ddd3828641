package pii

// group is one run of digits.
type group struct{ start, end int }

func (g group) size() int { return g.end - g.start }

// longest is how many digits any number has at most; window reads a few more.
const longest = 19

// Numbers have at least fewest digits by their shape, and announceable when a
// word says what they are.
const (
	fewest        = 9
	shortNational = 8 // of a region's numbers
	announceable  = 5
)

// said are shapes that need a word before them, or are told from others by one.
var said = [...]struct {
	typ Type
	end func(text []byte, gs []group, said cue) int
}{{Card, saidCardEnd}, {SSN, saidSSNEnd}, {Aadhaar, saidAadhaarEnd}, {NHS, nhsEnd}, {Phone, saidPhoneEnd}}

// number tries what can begin with the digits at text[i:].
func (f *Finder) number(text []byte, i, floor int, types Set) (Span, int) {
	if s := credentialAround(text, i, floor); types.Has(s.Type) {
		return s, s.End
	}
	if s := lettered(text, i, floor, types); s.Type != None {
		return s, s.End
	}
	if i > floor+1 && (text[i-1] >= 0x80 || text[i-1] == ' ' && text[i-2] >= 0x80) {
		if s := numbered(text, i, floor, types); s.Type != None {
			return s, s.End
		}
	}
	total := f.window(text, i)
	first := f.groups[0]
	if types.Has(IP) && first.size() < 4 && first.end < len(text) && text[first.end] == '.' {
		if s := ip4At(text, i, floor); s.Type != None {
			return s, s.End
		}
	}
	if first.size() == 4 && types.Has(Card) {
		if end := f.quarteredEnd(text, i, floor, total); end != 0 {
			return Span{Start: i, End: end, Type: Card}, end
		}
	}
	if (total >= fewest || f.Regions != 0 && total >= shortNational) && first.size() <= longest && leftOpen(text, i, floor) {
		if s := f.shaped(text, i, floor, total, types); s.Type != None {
			return unlessService(text, s)
		}
	}
	if s := f.announced(text, i, floor, total, types); s.Type != None {
		return f.uncut(text, s, i, floor, types)
	}
	if mayBeHouse(text, first.end) && types.Has(Address) {
		return streetAt(text, i, first.end, floor)
	}
	return Span{}, first.end
}

// numbered is the plate or the postal address whose first digit stands behind a character.
func numbered(text []byte, i, floor int, types Set) Span {
	if mayBePlate(text, i, floor) && types.Has(Licence) {
		if s := plateAt(text, i, floor); s.Type != None {
			return s
		}
	}
	if !types.Has(Address) {
		return Span{}
	}
	return addressAt(text, i, floor)
}

// lettered is what letters before its digits tell: an account, an identity
// number, a key.
func lettered(text []byte, i, floor int, types Set) Span {
	if i == floor || text[i-1] != ' ' && !tokenish(text[i-1]) {
		return Span{}
	}
	if i >= floor+4 && (text[i-2]|text[i-3]) >= 0x80 && mayBePlate(text, i, floor) {
		if s := plateAt(text, i, floor); types.Has(s.Type) {
			return s
		}
	}
	if s := identityAt(text, i, floor, types); types.Has(s.Type) {
		return s
	}
	if text[i-1] != ' ' && types.Has(Secret) {
		return secretAt(text, i, floor)
	}
	return Span{}
}

// identityAt is the account or the identity number whose digits begin at text[i],
// behind two letters, five or two and a space.
func identityAt(text []byte, i, floor int, types Set) Span {
	if i < floor+2 || !is(text[i-2], letter) {
		return Span{}
	}
	switch {
	case text[i-1] == ' ':
		return ninoAt(text, i, floor)
	case !is(text[i-1], letter):
		return Span{}
	case i > floor+2 && is(text[i-3], letter):
		return panAt(text, i, floor)
	}
	if s := ibanAt(text, i, floor); types.Has(s.Type) {
		return s
	}
	return ninoAt(text, i, floor)
}

// shaped tries the shapes of numbers on the groups, which have so many digits.
func (f *Finder) shaped(text []byte, i, floor, total int, types Set) Span {
	bare := !glued(text, i, floor)
	typ, end := f.surest(text, total, bare, types)
	if end != 0 {
		if typ == Aadhaar || typ == Phone && text[i] == '0' {
			switch card := f.cutCard(text, Span{Start: i, End: end}, types); {
			case card == i:
				return Span{}
			case card > i:
				before := text[:card]
				return f.shaped(before, i, floor, f.window(before, i), types)
			}
		}
		if typ == Phone && types.Has(NHS) && isNHS(text, f.groups) {
			if n := nhsEnd(text, f.groups, before(text, i, floor)); n != 0 {
				return Span{Start: i, End: n, Type: NHS}
			}
		}
		if (typ == Card || typ == Phone) && (end == f.groups[0].end || hasAt(text, i, "00")) && referred(text, i, floor) {
			return Span{}
		}
		return preferEmail(text, Span{Start: i, End: end, Type: typ}, floor, types)
	}
	if f.Regions == 0 || !bare || !types.Has(Phone) || referred(text, i, floor) {
		return Span{}
	}
	if end := f.Regions.nationalEnd(text, f.groups); end != 0 {
		return preferEmail(text, Span{Start: i, End: end, Type: Phone}, floor, types)
	}
	return Span{}
}

// surest is the first shape that the groups begin with, and where it ends: 0 for
// none. bare says that digits without separators of their own count. The shapes
// are tried from the surest on, where their first groups allow them at all.
func (f *Finder) surest(text []byte, total int, bare bool, types Set) (typ Type, end int) {
	gs := f.groups
	size, lead := gs[0].size(), text[gs[0].start]
	if (size >= residentDigits || size == 6 && total >= residentDigits) && types.Has(ResidentID) {
		if end = residentEnd(text, gs, bare); end != 0 {
			return ResidentID, end
		}
	}
	if total >= fewestOfCard && types.Has(Card) {
		if end = cardEnd(text, gs, bare); end != 0 {
			return Card, end
		}
	}
	if len(gs) >= 3 {
		if size == 3 && types.Has(SSN) {
			if end = ssnEnd(text, gs, bare); end != 0 {
				return SSN, end
			}
		}
		if size == 4 && types.Has(Aadhaar) {
			if end = aadhaarEnd(text, gs); end != 0 {
				return Aadhaar, end
			}
		}
	}
	if types.Has(Phone) {
		end = f.plainPhone(text, lead, bare)
	}
	return Phone, end
}

// plainPhone is the end of a telephone number that the groups begin with, the
// first with this digit; 0 for none.
func (f *Finder) plainPhone(text []byte, lead byte, bare bool) int {
	gs := f.groups
	if lead == '1' || lead == '8' || lead == '0' {
		if end := mobileEnd(text, gs, bare); end != 0 {
			return end
		}
	}
	if lead != '0' {
		if len(gs) >= 3 {
			return northAmericanEnd(text, gs)
		}
		return 0
	}
	if end := dialledEnd(text, gs); end != 0 {
		return end
	}
	if end := trunkEnd(text, gs); end != 0 {
		return end
	}
	return landlineEnd(text, gs)
}

// window reads the runs of digits from text[i:] on that at most two spaces,
// dashes or dots stand between, until any number would be complete, and returns
// how many digits they have.
func (f *Finder) window(text []byte, i int) (total int) {
	groups := f.groups[:0]
	for total <= longest {
		end := i
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end == i {
			break
		}
		groups = append(groups, group{i, end})
		total += end - i
		for i = end; i < len(text) && i < end+2 && between(text[i]); i++ {
		}
		if i == end {
			break
		}
	}
	f.groups = groups
	return total
}

// digitsEnd is the end of the digits at text[i:].
func digitsEnd(text []byte, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
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
	return fullStop(text, end)
}

// fullStop reports that the dot at text[i] ends a sentence: no digit follows it, nor what is
// a mark by now.
func fullStop(text []byte, i int) bool {
	return i+1 == len(text) || !isDigit(text[i+1]) && !standsIn(text, i+1)
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
