package pii

// birthdate is the date at text[i], in digits or with the name of a month.
func birthdate(text []byte, i, floor int) Span {
	end, sizes := dateParts(text, i)
	start := i
	if len(sizes) == 2 && end-i == 8 && isCompact(text[i:end]) {
		return Span{Start: i, End: end, Type: Birthdate}
	}
	if len(sizes) == 2 && sizes[1] == 2 && monthIn(text[i:end]) { // 12 Mar 85
		return Span{Start: i, End: end, Type: Birthdate}
	}
	if len(sizes) == 2 && sizes[1] == 4 && !monthIn(text[i:end]) { // March 12, 1985
		if start = monthBefore(text, i, floor); start == i {
			return Span{}
		}
	}
	if !isDated(sizes) {
		return Span{}
	}
	return Span{Start: start, End: end, Type: Birthdate}
}

// isCompact reports a date of eight digits: 19850312.
func isCompact(d []byte) bool {
	if !allDigits(d) {
		return false
	}
	year, month, day := value(d[:4]), value(d[4:6]), value(d[6:])
	return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// bornOn is the date at text[i:] behind which it is said that somebody was born then:
// 1985年3月12日出生.
func bornOn(text []byte, i int) Span {
	if i+7 > len(text) || !allDigits(text[i:i+4]) || !hasAt(text, i+4, "年") {
		return Span{}
	}
	end, sizes := dateParts(text, i)
	if !isDated(sizes) || !hasAt(text, end, "出生") && !hasAt(text, end, "生") {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Birthdate}
}

// dateParts reads at most three numbers of a date from text[i:] on, and returns
// where they end and how many digits each has.
func dateParts(text []byte, i int) (end int, sizes []int) {
	var buf [3]int
	sizes = buf[:0]
	for at := i; len(sizes) < len(buf); at = dateSeparator(text, end) {
		from := at
		for at < len(text) && isDigit(text[at]) && at < from+4 {
			at++
		}
		if at == from {
			break
		}
		sizes, end = append(sizes, at-from), at
	}
	if hasAt(text, end, "日") {
		end += len("日")
	}
	return end, sizes
}

// isDated reports sizes of numbers that can be a date: a year first or last.
func isDated(sizes []int) bool {
	switch len(sizes) {
	case 2:
		return sizes[0] == 4 || sizes[1] == 4
	case 3:
		return sizes[1] <= 2 && (sizes[0] == 4 || sizes[2] == 4 || sizes[2] == 2)
	default:
		return false
	}
}

// monthIn reports that a date spells its month, as 12 March 1985 does.
func monthIn(date []byte) bool {
	for i, c := range date {
		if is(c, letter) && isMonth(date[i:]) && !is(date[i-1], letter) {
			return true
		}
	}
	return false
}

// monthBefore is where the name of a month before text[i] begins, i when there
// is none.
func monthBefore(text []byte, i, floor int) int {
	end := i
	for end > floor && (text[end-1] == ' ' || text[end-1] == '.') {
		end--
	}
	from := end
	for from > floor && is(text[from-1], letter) {
		from--
	}
	if !isMonth(text[from:end]) {
		return i
	}
	return from
}

// dateSeparator is where the next number of a date begins.
func dateSeparator(text []byte, i int) int {
	from := i
	for i < len(text) && i < from+16 {
		switch c := text[i]; {
		case c == '/' || c == '-' || c == '.' || c == ' ' || c == ',':
			i++
		case is(c, letter):
			end := i
			for end < len(text) && is(text[end], letter) {
				end++
			}
			if !isMonth(text[i:end]) && !isOrdinal(text[i:end]) && !isOf(text[i:end]) {
				return i
			}
			i = end
		case hasAt(text, i, "年"), hasAt(text, i, "月"):
			i += len("年")
		default:
			return i
		}
	}
	return i
}

// isOf reports a word between day, month and year: 12th of March, 12 de marzo de 1985.
func isOf(word []byte) bool { return string(word) == "of" || string(word) == "de" }

func isOrdinal(word []byte) bool {
	switch string(word) {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// hasAt reports that text goes on with word at i.
func hasAt(text []byte, i int, word string) bool {
	end := i + len(word)
	return end <= len(text) && text[end-1] == word[len(word)-1] && string(text[i:end]) == word
}

func isMonth(word []byte) bool {
	if len(word) < 3 {
		return false
	}
	switch string([]byte{word[0] | 0x20, word[1] | 0x20, word[2] | 0x20}) {
	case "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec":
		return true
	}
	return false
}
