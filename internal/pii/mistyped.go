package pii

import "bytes"

// Behind its own label a value with a typing mistake is still somebody's: DOB 31/04/1985,
// NHS no. 943 476 5918. Without one, the calendar and check digits decide.

// mostFillers is how many words stand between a label and its value at most.
const mostFillers = 3

// labelledAs reports that the label of a cue stands just before text[i]: nothing but a
// sign, and a word such as number or is, between them.
func labelledAs(text []byte, i, floor int, want cue) bool {
	from, end := labelBefore(text, i, floor)
	low := max(floor, i-cueBytes)
	if from == end {
		return endsHanLabel(text[low:end], want)
	}
	return cueAt(text, low, from, end) == want
}

// labelBefore is where the word in letters stands that may be the label of text[i:], empty
// where something else does.
func labelBefore(text []byte, i, floor int) (from, end int) {
	low := max(floor, i-cueBytes)
	for range mostFillers + 1 {
		for i > low && isLink(text[i-1]) {
			i--
		}
		end = i
		for i > low && is(text[i-1], letter) {
			i--
		}
		switch {
		case i == low && low > floor:
			return end, end // its beginning is not seen
		case i == end || !isFiller(text[i:end]):
			return i, end
		}
	}
	return i, i
}

// isLink reports what stands between a label and its value, as markup does.
func isLink(c byte) bool {
	switch c {
	case ' ', '\t', ':', '=', '#', '.', '(', '*', '-', '|':
		return true
	}
	return isQuote(c)
}

// isFiller reports a word between a label and its value.
func isFiller(word []byte) bool {
	switch string(word) {
	case "on", "in", "am", "was", "the", "card", "date", "el", "le":
		return true
	}
	return isNumberWord(word)
}

// endsHanLabel reports text that ends with a label of the cue in Chinese, and 日期 or the
// like behind it.
func endsHanLabel(text []byte, want cue) bool {
	for _, filler := range [...]string{"在", "是", "为", "日期", "年月日", "年月"} {
		text = bytes.TrimSuffix(text, []byte(filler))
	}
	for i := range hanCues {
		if hanCues[i].cue == want && anyBefore(text, []string{hanCues[i].word}) {
			return true
		}
	}
	return false
}

// mistypedEnd is the end of what is written as a date at text[i:], whatever the calendar
// says: 31/04/1985, 1985-02-30, 31 April 1985, 1985年2月30日, 19850231. 0 for none.
func (d *date) mistypedEnd(text []byte, i int) int {
	a, b, c := d.numbers[0], d.numbers[1], d.numbers[2]
	switch {
	case d.month != 0:
		if d.count == 2 && a.size <= 2 && b.size == 4 && b.isYear() {
			return b.end
		}
	case d.han:
		if d.count == 3 && a.isYear() && b.size <= 2 && c.size <= 2 {
			return c.end
		}
	case digitsEnd(text, i) == i+8:
		if first, last := (dateNumber{value: value(text[i : i+4]), size: 4}), (dateNumber{value: value(text[i+4 : i+8]), size: 4}); first.isYear() || last.isYear() {
			return i + 8
		}
	default:
		return signedEnd(text, i)
	}
	return 0
}

// signedEnd is the end of two or three numbers with the same sign between them of which one
// can be a year, 0 for none.
func signedEnd(text []byte, i int) int {
	var parts [3]dateNumber
	count, at := 0, i
	for ; count < len(parts); count++ {
		end := digitsEnd(text, at)
		if size := end - at; size == 3 || size > 4 {
			return 0
		}
		parts[count] = dateNumber{value(text[at:end]), end - at, end}
		if at = end + 1; at >= len(text) || !isDigit(text[at]) || text[end] != '/' && text[end] != '-' && text[end] != '.' || text[end] != text[digitsEnd(text, i)] {
			count++
			break
		}
		if count == len(parts)-1 {
			return 0 // it goes on
		}
	}
	a, b, c := parts[0], parts[1], parts[2]
	switch {
	case !rightOpen(text, parts[count-1].end):
	case count == 3 && b.size <= 2 && (a.size <= 2 && c.size > 1 && c.isYear() || a.size == 4 && a.isYear() && c.size <= 2):
		return c.end
	case count == 2 && a.size <= 2 && b.size == 4 && b.isYear():
		return b.end
	}
	return 0
}
