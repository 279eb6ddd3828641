package pii

// ninoAt is the UK national insurance number QQ 12 34 56 C whose digits begin at
// text[i].
func ninoAt(text []byte, i, floor int) Span {
	from := i - 2
	if text[i-1] == ' ' {
		from--
	}
	if from < floor || from > floor && wordy(text[from-1]) {
		return Span{}
	}
	issued := ninoPrefix(upper(text[from]), upper(text[from+1]))
	if !issued && (text[from] > 'Z' || text[from+1] > 'Z' || !is(text[from], letter)) {
		return Span{} // most words
	}
	end, digits := i, 0
	for end < len(text) && digits < 6 {
		switch c := text[end]; {
		case isDigit(c):
			digits++
		case c != ' ' || digits%2 != 0:
			return Span{}
		}
		end++
	}
	if end < len(text) && text[end] == ' ' {
		end++
	}
	if digits < 6 || end >= len(text) || upper(text[end]) < 'A' || upper(text[end]) > 'D' || end+1 < len(text) && wordy(text[end+1]) {
		return Span{}
	}
	if (text[from]|text[from+1]|text[end])&0x20 != 0 && !speaksOf(text, from, floor, ninoWords[:]...) || !issued && !labelledNINO(text, from, floor) {
		return Span{}
	}
	return Span{Start: from, End: end + 1, Type: NINO}
}

// ninoWords say that a national insurance number follows.
var ninoWords = [...]string{"nino", "insurance", "ni"}

// labelledNINO reports one of these words just before text[i].
func labelledNINO(text []byte, i, floor int) bool {
	from, end := labelBefore(text, i, floor)
	for _, w := range ninoWords {
		if sameLetters(text[from:end], w) {
			return true
		}
	}
	return false
}

// ninoPrefix reports two letters that are issued together.
func ninoPrefix(a, b byte) bool {
	issued := func(c byte) bool {
		return isUpper(c) && c != 'D' && c != 'F' && c != 'I' && c != 'Q' && c != 'U' && c != 'V'
	}
	if !issued(a) || !issued(b) || b == 'O' {
		return false
	}
	switch string([]byte{a, b}) {
	case "BG", "GB", "NK", "KN", "TN", "NT", "ZZ":
		return false
	}
	return true
}

// panAt is the Indian taxpayer number ABCPE1234F whose digits begin at text[i].
// Its fourth letter says what kind of taxpayer it is, unless a word says what it is.
func panAt(text []byte, i, floor int) Span {
	from, end := i-5, i+5
	if from < floor || end > len(text) || from > floor && wordy(text[from-1]) || end < len(text) && wordy(text[end]) {
		return Span{}
	}
	small := byte(0)
	for _, c := range text[from:i] {
		if !is(c, letter) {
			return Span{}
		}
		small |= c
	}
	sure := (small|text[end-1])&0x20 == 0 && isHolder(text[from+3])
	if !allDigits(text[i:i+4]) || !is(text[end-1], letter) || !sure && !speaksOf(text, from, floor, "pan") {
		return Span{}
	}
	return Span{Start: from, End: end, Type: PAN}
}

// isHolder reports the letter of a kind of taxpayer.
func isHolder(c byte) bool {
	switch c {
	case 'A', 'B', 'C', 'F', 'G', 'H', 'J', 'L', 'P', 'T':
		return true
	}
	return false
}

// speaksOf reports one of the words, in any capitals, before text[i] on its line, behind
// the last bracket there: a mark says nothing of what follows it. Identity numbers in
// small letters are told from other identifiers by them.
func speaksOf(text []byte, i, floor int, words ...string) bool {
	low := max(floor, i-cueBytes)
	for i > low && text[i-1] != '\n' && text[i-1] != ']' {
		end := i
		for i > low && is(text[i-1], letter) {
			i--
		}
		for _, w := range words {
			if sameLetters(text[i:end], w) && (i > low || low == floor) {
				return true
			}
		}
		if i == end {
			i--
		}
	}
	return false
}

// aadhaarEnd is the end of the Indian identity number 2345 6789 0124, 0 for
// none.
func aadhaarEnd(text []byte, gs []group) int {
	end, ok := sizes(gs, 4, 4, 4)
	if !ok || !rightOpen(text, end) || text[gs[0].end] != text[gs[1].end] || !isAadhaar(text, gs) {
		return 0
	}
	return end
}

// saidAadhaarEnd is the end of one behind a word that says so: without separators, or just
// behind its label with any check digit.
func saidAadhaarEnd(text []byte, gs []group, said cue) int {
	if said != cueAadhaar {
		return 0
	}
	end, ok := sizes(gs, 12)
	if !ok {
		if end, ok = sizes(gs, 4, 4, 4); ok && goesOn(text, end) {
			return 0 // a card
		}
	}
	if !ok || !rightOpen(text, end) || (gs[0].size() != 12 || !isAadhaar(text, gs[:1])) && !labelledAs(text, gs[0].start, 0, cueAadhaar) {
		return 0
	}
	return end
}

// goesOn reports that more digits, or what is a mark by now, follow a group that ends at
// text[i].
func goesOn(text []byte, i int) bool {
	return i+1 < len(text) && between(text[i]) && (isDigit(text[i+1]) || standsIn(text, i+1))
}

func isAadhaar(text []byte, gs []group) bool {
	var buf [12]byte
	digits := join(buf[:0], text, gs)
	return len(digits) == 12 && digits[0] >= '2' && verhoeff(digits)
}

// join appends the digits of groups, as many as dst has room for.
func join(dst, text []byte, gs []group) []byte {
	for _, g := range gs {
		for _, c := range text[g.start:g.end] {
			if len(dst) == cap(dst) {
				return dst
			}
			dst = append(dst, c)
		}
	}
	return dst
}

// verhoeff reports digits whose last one is the check digit of Verhoeff's
// dihedral code.
func verhoeff(digits []byte) bool {
	const product = "0123456789" + "1234067895" + "2340178956" + "3401289567" + "4012395678" +
		"5987604321" + "6598710432" + "7659821043" + "8765932104" + "9876543210"
	const permuted = "0123456789" + "1576283094" + "5803796142" + "8916043527" + "9453126870" + "4286573901" + "2793806415" + "7046913258"
	c := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		p := int(permuted[i%8*10+d] - '0')
		c = int(product[c*10+p] - '0')
	}
	return c == 0
}

// nhsEnd is the end of the patient number 943 476 5919, 0 for none, by the check
// digit of modulus 11 and a word that says so, or just behind its label.
func nhsEnd(text []byte, gs []group, said cue) int {
	end, ok := sizes(gs, 3, 3, 4)
	if !ok && gs[0].size() == 10 {
		end, ok = gs[0].end, true
	}
	if !ok || said != cueNHS || !rightOpen(text, end) || !isNHS(text, gs) && !labelledAs(text, gs[0].start, 0, cueNHS) {
		return 0
	}
	return end
}

func isNHS(text []byte, gs []group) bool {
	sum, weight := 0, 10
	for _, g := range gs {
		for _, c := range text[g.start:g.end] {
			if weight == 1 { // the check digit
				return (11-sum%11)%11 == int(c-'0')
			}
			sum += weight * int(c-'0')
			weight--
		}
	}
	return false
}
