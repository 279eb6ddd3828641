package pii

// ssnEnd is the end of a US social security or taxpayer number written
// 536-22-8745, 0 for none. Without separators nine digits are any number.
func ssnEnd(text []byte, gs []group, bare bool) int {
	end, ok := sizes(gs, 3, 2, 4)
	if !ok || !bare && !tiedToSSN(text, gs[0].start) || !rightOpen(text, end) || !sameSeparator(text, gs) || !IsSSN(text[gs[0].start:gs[0].end], text[gs[1].start:gs[1].end], text[gs[2].start:gs[2].end]) {
		return 0
	}
	return end
}

// saidSSNEnd is the end of one with whatever separators, behind a word that says so.
func saidSSNEnd(text []byte, gs []group, said cue) int {
	end, ok := sizes(gs, 3, 2, 4)
	if !ok || said != cueSSN || !rightOpen(text, end) {
		return 0
	}
	return end
}

// tiedToSSN reports that the letters which a dash ties to the digits at text[i]
// say what they are, as in SSN-536-22-8745 and not in SKU-536-22-8745.
func tiedToSSN(text []byte, i int) bool {
	from := i - 1
	for from > 0 && is(text[from-1], letter) {
		from--
	}
	word := text[from : i-1]
	return wordCue(word) == cueSSN || len(word) == 2 && word[0]|0x20 == 'i' && word[1]|0x20 == 'd'
}

// sameSeparator reports one and the same space or dash between three groups.
func sameSeparator(text []byte, gs []group) bool {
	c := text[gs[0].end]
	return c != '.' && c == text[gs[1].end] && gs[1].start == gs[0].end+1 && gs[2].start == gs[1].end+1
}

// IsSSN reports whether area, group and serial can be issued: no part is zero,
// the area is not 666, and above 899 only with the groups of taxpayer numbers.
func IsSSN(area, group, serial []byte) bool {
	a, g := value(area), value(group)
	if a == 0 || a == 666 || g == 0 || value(serial) == 0 {
		return false
	}
	return a < 900 || g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g != 93
}

// residentDigits stand before the check digit of a Chinese resident identity
// number.
const residentDigits = 17

// residentEnd is the end of a Chinese resident identity number, 0 for none: 17
// digits with a date of birth among them, and a check digit or X.
func residentEnd(text []byte, gs []group, bare bool) int {
	g := gs[0]
	if g.size() < residentDigits {
		return groupedResidentEnd(text, gs)
	}
	end := g.start + 18
	if !bare || end > len(text) || g.size() > 18 || !rightOpen(text, end) || !isResident(text[g.start:end]) {
		return 0
	}
	return end
}

// groupedResidentEnd is the end of one with spaces or dashes around its date of birth,
// and perhaps within it.
func groupedResidentEnd(text []byte, gs []group) int {
	var buf [residentDigits + 1]byte
	digits := buf[:0]
	for _, g := range gs {
		if len(digits)+g.size() > len(buf) {
			return 0
		}
		digits = appendShort(digits, text[g.start:g.end])
		if len(digits) < residentDigits {
			continue
		}
		end := g.end
		if len(digits) == residentDigits {
			if end == len(text) || text[end]|0x20 != 'x' {
				return 0
			}
			digits, end = append(digits, text[end]), end+1
		}
		if !rightOpen(text, end) || !isResident(digits) {
			return 0
		}
		return end
	}
	return 0
}

// isResident reports 18 characters that are such a number.
func isResident(n []byte) bool {
	year, month, day := value(n[6:10]), value(n[10:12]), value(n[12:14])
	if n[0] == '0' || year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	for _, c := range n[:residentDigits] {
		if !isDigit(c) {
			return false
		}
	}
	const weights, checks = "\x07\x09\x0a\x05\x08\x04\x02\x01\x06\x03\x07\x09\x0a\x05\x08\x04\x02", "10X98765432"
	sum := 0
	for i := range weights {
		sum += int(n[i]-'0') * int(weights[i])
	}
	last := n[residentDigits]
	return last == checks[sum%11] || last == 'x' && checks[sum%11] == 'X'
}
