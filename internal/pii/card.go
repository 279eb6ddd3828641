package pii

// fewestOfCard is how many digits a card has at least.
const fewestOfCard = 13

// cardEnd is the end of the longest payment card number that the groups begin
// with, 0 for none. Bare digits count unless they are tied to letters.
func cardEnd(text []byte, gs []group, bare bool) int {
	var buf [longest]byte
	digits, best := buf[:0], 0
	for i, g := range gs {
		if len(digits)+g.size() > longest || i == 0 && len(gs) > 1 && g.size() < 4 && !bare {
			break
		}
		if i > 0 && !cardSeparated(text, gs[i-1], g) {
			break
		}
		digits = appendShort(digits, text[g.start:g.end])
		if len(digits) >= fewestOfCard && (i > 0 || bare) && rightOpen(text, g.end) && IsCard(digits) && (i > 0 || sure(digits)) && !beginsUUID(text[gs[0].start:]) {
			best = g.end
		}
	}
	return best
}

// beginsUUID reports text that a UUID begins: of some the first sixteen characters are
// digits.
func beginsUUID(text []byte) bool {
	const form = "########-####-####-####-############"
	if len(text) < len(form) {
		return false
	}
	for i, c := range text[:len(form)] {
		if (form[i] == '-') != (c == '-') || c != '-' && !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// cutCard is where the card begins that s, which a plus or a word makes a telephone number
// or the like, ends within: its check digit says more. -1 if it cuts none, as where a card
// begins behind it.
func (f *Finder) cutCard(text []byte, s Span, types Set) int {
	next := s.End + 1
	if next < len(text) && between(text[next]) {
		next++
	}
	if next >= len(text) || !between(text[s.End]) || !isDigit(text[next]) || !types.Has(Card) || f.cardAt(text, next) != 0 {
		return -1
	}
	for i := s.Start; i < s.End; i++ {
		if !isDigit(text[i]) {
			continue
		}
		if f.cardAt(text, i) > s.End {
			return i
		}
		i = digitsEnd(text, i)
	}
	return -1
}

// cardAt is the end of the card whose digits begin at text[i], 0 for none. It looks at
// groups of its own, as others are being looked at.
func (f *Finder) cardAt(text []byte, i int) int {
	groups := f.groups
	f.groups = nil
	end := 0
	if f.window(text, i) >= fewestOfCard {
		end = cardEnd(text, f.groups, true)
	}
	f.groups = groups
	return end
}

// quarteredEnd is the end of a card whose first four digits are the first group, with a
// slash or a tab between its fours, or with spaces behind a slash: no path has those. 0 for
// none.
func (f *Finder) quarteredEnd(text []byte, i, floor, total int) int {
	first := f.groups[0]
	if first.end == len(text) {
		return 0
	}
	switch c := text[first.end]; {
	case c == '/' || c == '\t':
		if end := stackedEnd(text, first); end != 0 && leftOpen(text, i, floor) {
			return end
		}
	case c == ' ' && total >= fewestOfCard && i > floor && text[i-1] == '/':
		return cardEnd(text, f.groups, false)
	}
	return 0
}

// stackedEnd is the end of a card whose first four digits are the group, with a slash
// or a tab between all its fours; 0 for none.
func stackedEnd(text []byte, first group) int {
	var buf [16]byte
	digits, end := appendShort(buf[:0], text[first.start:first.end]), first.end
	for len(digits) < len(buf) {
		if end+5 > len(text) || text[end] != '/' && text[end] != '\t' || text[end] != text[first.end] || !allDigits(text[end+1:end+5]) {
			return 0
		}
		digits, end = appendShort(digits, text[end+1:end+5]), end+5
	}
	if !rightOpen(text, end) || end < len(text) && text[end] == '/' || !IsCard(digits) {
		return 0
	}
	return end
}

// appendShort appends a few bytes. In WebAssembly to copy memory is a call out of it.
func appendShort(dst, few []byte) []byte {
	for _, c := range few { //nolint:staticcheck // an append of all is a copy of memory
		dst = append(dst, c)
	}
	return dst
}

// sure reports digits in one piece that hardly are another number by chance. The
// short ones of Maestro have a tenth of all beginnings: they need groups or a
// word that says so.
func sure(digits []byte) bool {
	two := value(digits[:2])
	maestro := two == 50 || two >= 56 && two <= 58 || two == 60 || two == 63 || two == 67
	return len(digits) >= 16 || !maestro
}

// saidCardEnd is the end of a card that a word announces, of whatever network:
// 12 to 19 digits with their check digit. 0 for none.
func saidCardEnd(text []byte, gs []group, said cue) int {
	if said != cueCard {
		return 0
	}
	var buf [longest]byte
	digits, best := buf[:0], 0
	for i, g := range gs {
		if len(digits)+g.size() > longest || i > 0 && !cardSeparated(text, gs[i-1], g) {
			break
		}
		digits = appendShort(digits, text[g.start:g.end])
		if len(digits) >= 12 && rightOpen(text, g.end) && luhn(digits) {
			best = g.end
		}
	}
	return best
}

// cardSeparated reports whether two groups can belong to one card: cards are
// printed in groups of four to six, and with dots only in fours.
func cardSeparated(text []byte, a, b group) bool {
	if text[a.end] == '.' {
		return a.size() == 4 && b.size() == 4
	}
	return a.size() >= 4 && a.size() <= 8 && b.size() >= 2 && b.size() <= 8 || a.size() == 6 && b.size() == 13
}

// IsCard reports whether 13 to 19 digits are a payment card number: a prefix
// and length in use, and the Luhn check digit.
func IsCard(digits []byte) bool {
	n := len(digits)
	if n < fewestOfCard || n > longest || !issued(value(digits[:4]), n) {
		return false
	}
	return luhn(digits)
}

// luhn reports whether the last digit is the check digit of the others.
func luhn(digits []byte) bool {
	const doubled = "0246813579"
	sum, n := 0, len(digits)
	for ; n >= 2; n -= 2 {
		sum += int(doubled[digits[n-2]-'0']) + int(digits[n-1]) - 2*'0'
	}
	if n == 1 {
		sum += int(digits[0] - '0')
	}
	return sum%10 == 0
}

// issued reports whether a card network issues numbers of n digits that begin
// with these four.
func issued(prefix, n int) bool {
	two := prefix / 100
	switch {
	case prefix/1000 == 4: // Visa
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, prefix >= 2221 && prefix <= 2720: // Mastercard
		return n == 16
	case two == 34, two == 37: // American Express
		return n == 15
	case two == 30, two == 36, two == 38, two == 39: // Diners Club
		return n == 14 || n == 16 || n == 19
	case prefix >= 3528 && prefix <= 3589: // JCB
		return n >= 16
	case prefix == 1800, prefix == 2131: // JCB, older
		return n == 15
	case prefix >= 2200 && prefix <= 2204: // Mir
		return n >= 16
	case prefix == 6011, two == 62, two == 64, two == 65, two == 81: // Discover, UnionPay, RuPay
		return n >= 16
	case two == 50, two >= 56 && two <= 58, two == 60, two == 63, two == 67: // Maestro
		return true
	}
	return false
}
