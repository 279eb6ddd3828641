package pii

// spelledBirth is the date of birth in characters that begins at text[from], behind a word
// for birth or before one: 一九八五年四月三日出生.
func spelledBirth(text []byte, from, floor int) Span {
	const year = 4 * 3
	if from < floor || !hasAt(text, from, "一九") && !hasAt(text, from, "二〇") && !hasAt(text, from, "二零") || !hasAt(text, from+year, "年") {
		return Span{}
	}
	for at := from; at < from+year; at += 3 {
		if !isFigure(text[at : at+3]) {
			return Span{}
		}
	}
	end := figuresEnd(text, from+year+3, "月")
	if end == from+year+3 {
		return Span{}
	}
	end = dayEnd(text, end)
	if before(text, from, floor) != cueBirth && !isBirth(text, skipSpaces(text, end)) {
		return Span{}
	}
	return Span{Start: from, End: end, Type: Birthdate}
}

// dayEnd is the end of the day at text[i:], 三日, 三 or 初三; i for none.
func dayEnd(text []byte, i int) int {
	for _, day := range [...]string{"日", "号", "號"} {
		if end := figuresEnd(text, i, day); end > i {
			return end
		}
	}
	from := i
	if hasAt(text, from, "初") {
		from += len("初")
	}
	if end := numeralEnd(text, from); end > from && (!isHanAt(text, end) || isBirth(text, end)) {
		return end
	}
	return i
}

// figuresEnd is behind the word that a number of a month or a day at text[i:] ends before, i
// for none.
func figuresEnd(text []byte, i int, word string) int {
	const mostFigures = 3 // 三十一
	end := numeralEnd(text, i)
	if end == i || end-i > mostFigures*3 || !hasAt(text, end, word) {
		return i
	}
	return end + len(word)
}

// isFigure reports a character that years are spelled with.
func isFigure(char []byte) bool {
	switch string(char) {
	case "〇", "零", "一", "二", "三", "四", "五", "六", "七", "八", "九":
		return true
	}
	return false
}
