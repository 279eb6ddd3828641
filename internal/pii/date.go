package pii

// birthdate is the date at text[i], in digits or with the name of a month: one of the
// calendar, or one with a typing mistake just behind its label.
func birthdate(text []byte, i, floor int) Span {
	d, start := readDate(text, i, 0), i
	if d.month == 0 && d.count >= 2 && d.numbers[1].size == 4 { // March 12, 1985
		var month int
		if start, month = monthBefore(text, i, floor); month != 0 {
			d = readDate(text, i, month)
		}
	}
	if end := d.end(); end != 0 {
		return Span{Start: start, End: end, Type: Birthdate}
	}
	if end := compactEnd(text, i); end != 0 {
		return Span{Start: i, End: end, Type: Birthdate}
	}
	if end := d.mistypedEnd(text, i); end != 0 && labelledAs(text, start, floor, cueBirth) {
		return Span{Start: start, End: end, Type: Birthdate}
	}
	return Span{}
}

// bornOn is the date at text[i:] behind which it is said that somebody was born then:
// 1985年3月12日出生.
func bornOn(text []byte, i int) Span {
	switch end := digitsEnd(text, i); {
	case end == len(text):
		return Span{}
	case end == i+8 && isBirth(text, end) && compactEnd(text, i) == end:
		return Span{Start: i, End: end, Type: Birthdate}
	case end == i+2 && hasAt(text, end, "年"), end == i+4 && (hasAt(text, end, "年") || between(text[end]) || text[end] == '/'):
	default:
		return Span{}
	}
	d := readDate(text, i, 0)
	end := d.end()
	if end == 0 {
		if end = d.mistypedEnd(text, i); end == 0 || !hasAt(text, skipSpaces(text, end), "出生") {
			return Span{}
		}
	}
	if !isBirth(text, skipSpaces(text, end)) {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Birthdate}
}

// isBirth reports 出生 or 生 at text[i:], but not 生效 and 生成, which are said of other
// things.
func isBirth(text []byte, i int) bool {
	if hasAt(text, i, "出生") {
		return true
	}
	after := i + len("生")
	return hasAt(text, i, "生") && (!isHanAt(text, after) || hasAt(text, after, "人") || hasAt(text, after, "于"))
}

// compactEnd is the end of a date of eight digits, 19850312 or 12031985; 0 for none.
func compactEnd(text []byte, i int) int {
	end := i
	for end < len(text) && isDigit(text[end]) && end <= i+8 {
		end++
	}
	if end != i+8 {
		return 0
	}
	part := func(from, to int) dateNumber { return dateNumber{value: value(text[i+from : i+to]), size: to - from} }
	if isDay(part(6, 8), part(4, 6).month(), part(0, 4)) {
		return end
	}
	a, b, year := part(0, 2), part(2, 4), part(4, 8)
	if isDay(a, b.month(), year) || isDay(b, a.month(), year) {
		return end
	}
	return 0
}

// monthBefore is where the name of a month before text[i] begins, and which it is; i and 0
// when there is none.
func monthBefore(text []byte, i, floor int) (start, month int) {
	end := i
	for end > floor && (text[end-1] == ' ' || text[end-1] == '.') {
		end--
	}
	from := end
	for from > floor && (is(text[from-1], letter) || text[from-1] >= 0x80) && end-from <= longestLexeme {
		from--
	}
	if month = monthOf(text[from:end]); month == 0 {
		return i, 0
	}
	return from, month
}

// hasAt reports that text goes on with word at i.
func hasAt(text []byte, i int, word string) bool {
	end := i + len(word)
	return end <= len(text) && text[end-1] == word[len(word)-1] && string(text[i:end]) == word
}
