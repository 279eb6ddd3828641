package pii

import "bytes"

// phoneMarked is the telephone number that the + or ( at text[i] begins.
func (f *Finder) phoneMarked(text []byte, i, floor int, types Set) Span {
	end := 0
	switch {
	case i > floor && wordy(text[i-1]):
		if text[i] == '(' && is(text[i-1], letter) { // Tel(415) 555-0132
			end = areaEnd(text, i+1)
		}
	case text[i] == '+':
		end = internationalEnd(text, i+1)
	case i+1 < len(text) && text[i+1] == '+': // (+86)13812345678
		if end = internationalEnd(text, i+2); end != 0 && bytes.IndexByte(text[i:end], ')') < 0 {
			end = 0 // the bracket is not its own
		}
	default:
		end = areaEnd(text, i+1)
	}
	if end == 0 && text[i] == '(' && (i == floor || !wordy(text[i-1])) {
		if end = f.bracketedEnd(text, i+1); end == 0 {
			end = saidAreaEnd(text, i, floor)
		}
	}
	if end == 0 {
		return Span{}
	}
	if card := f.cutCard(text, Span{Start: i, End: end}, types); card >= 0 {
		return f.phoneMarked(text[:card], i, floor, types)
	}
	return Span{Start: i, End: extended(text, end), Type: Phone}
}

// saidAreaEnd is the end of a number with an area code of any country in
// brackets, (37) 788-063, if a word says that it is one; 0 for none.
func saidAreaEnd(text []byte, i, floor int) int {
	at := i + 1
	for at < len(text) && isDigit(text[at]) && at < i+6 {
		at++
	}
	if at == i+1 || at == len(text) || text[at] != ')' {
		return 0
	}
	digits, end := at-i-1, 0
	for at++; at < len(text) && digits <= mostNational; at++ {
		switch {
		case isDigit(text[at]):
			if digits++; digits >= fewestNational && rightOpen(text, at+1) {
				end = at + 1
			}
		case !between(text[at]) || !isDigit(text[at-1]) && text[at-1] != ')':
			at = len(text)
		}
	}
	if end == 0 || before(text, i, floor) != cuePhone && after(text, end) != cuePhone {
		return 0
	}
	return end
}

// mostOfPlus is how many digits an international number has, without what dials abroad.
const mostOfPlus = 15

// internationalEnd is the end of the digits behind a +, 0 unless there are as
// many as a telephone number has: just 11 for country 1, 13 for a mobile number
// of country 86, else 8 to 15, and then as many as there are.
func internationalEnd(text []byte, i int) int {
	if i == len(text) || !isDigit(text[i]) || text[i] == '0' {
		return 0
	}
	var buf [mostOfPlus]byte
	digits, best := buf[:0], 0
	for {
		from := i
		for i < len(text) && isDigit(text[i]) {
			if len(digits) == len(buf) {
				return best
			}
			digits = append(digits, text[i])
			i++
		}
		if from == i {
			return best
		}
		if n := len(digits); n >= 8 {
			best = i
			if n == 11 && digits[0] == '1' || n == 13 && digits[0] == '8' && digits[1] == '6' && isMobile(digits[2:]) {
				return best
			}
		}
		for from = i; i < len(text) && i < from+3 && (between(text[i]) || text[i] == '(' || text[i] == ')'); i++ {
		}
	}
}

// areaEnd is the end of (415) 555-0132 behind its bracket, 0 for none.
func areaEnd(text []byte, i int) int {
	if i+4 > len(text) || text[i+3] != ')' || !isArea(text[i:i+3]) {
		return 0
	}
	i += 4
	if i < len(text) && between(text[i]) {
		i++
	}
	if i+7 > len(text) || text[i] < '2' || !allDigits(text[i:i+3]) {
		return 0
	}
	i += 3
	if between(text[i]) {
		i++
	}
	if i+4 > len(text) || !allDigits(text[i:i+4]) || !ends(text, i+4) {
		return 0
	}
	return i + 4
}

// northAmericanEnd is the end of 415-555-0132 or 1-415-555-0132, 0 for none.
func northAmericanEnd(text []byte, gs []group) int {
	if gs[0].size() == 1 && text[gs[0].start] == '1' {
		gs = gs[1:]
	}
	end, ok := sizes(gs, 3, 3, 4)
	if !ok || !ends(text, end) || !isArea(text[gs[0].start:gs[0].end]) || text[gs[1].start] < '2' {
		return 0
	}
	return extended(text, end)
}

// isArea reports three digits of which the first is 2 to 9 and which are no
// service number such as 911.
func isArea(d []byte) bool {
	return allDigits(d) && d[0] >= '2' && (d[1] != '1' || d[2] != '1')
}

// mobileEnd is the end of a Chinese mobile number, 138 0013 8000 or
// 13800138000, with or without 86 before it; 0 for none.
func mobileEnd(text []byte, gs []group, bare bool) int {
	first := text[gs[0].start:gs[0].end]
	if s := string(first); len(gs) > 1 && (s == "86" || s == "0086") {
		gs, bare = gs[1:], true
	}
	end := gs[0].end
	n := text[gs[0].start:end]
	if two, ok := halves(gs); ok {
		end = two
		n = append(append(make([]byte, 0, 11), n...), text[gs[1].start:gs[1].end]...)
	} else if grouped, ok := sizes(gs, 3, 4, 4); ok {
		end = grouped
		n = append(append(append(make([]byte, 0, 11), n...), text[gs[1].start:gs[1].end]...), text[gs[2].start:gs[2].end]...)
	} else if !bare {
		return 0
	}
	if len(n) == 13 && string(n[:2]) == "86" {
		n = n[2:]
	}
	if !isMobile(n) || !rightOpen(text, end) {
		return 0
	}
	return end
}

// halves is the end of a mobile number in two groups: 138 00138000, 1380013 8000.
func halves(gs []group) (end int, ok bool) {
	if len(gs) < 2 || !oneSeparator(gs[0], gs[1]) {
		return 0, false
	}
	if end, ok = sizes(gs, 3, 8); !ok {
		end, ok = sizes(gs, 7, 4)
	}
	return end, ok
}

func isMobile(d []byte) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return len(b) > 0
}
