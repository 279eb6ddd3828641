package pii

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// provinces are what Chinese number plates begin with.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"

// mayBePlate reports that the digits at text[i] may stand on a plate: behind a capital, and
// a character close before that.
func mayBePlate(text []byte, i, floor int) bool {
	if i < floor+4 {
		return false
	}
	switch c := text[i-1]; {
	case isUpper(c):
		return (text[i-2]|text[i-3])&0x80 != 0
	case c == ' ' || c == '-' || c == '.':
		return text[i-3] >= 0x80 && isUpper(text[i-2])
	case c >= 0x80: // the dot
		return isUpper(text[i-3]) || isUpper(text[i-4])
	}
	return false
}

// plateAt is the number plate whose first digit is text[i]: 京A·12345, 粤BD12345. With a dot
// it is one by its shape, without one behind a word for a car or a plate.
func plateAt(text []byte, i, floor int) Span {
	first := capitalsBefore(text, i, floor)
	var from int
	dot := false
	switch r, size := utf8.DecodeLastRune(text[floor:first]); r {
	case '·', '•', '‧', '・':
		from, dot = first-size, true
	case ' ', '-', '.':
		from = first - size
	default: // 京A12345: the first letter is the one of the place
		if first++; first > i {
			return Span{}
		}
		from = first
	}
	from -= 1 + 3
	if from < floor || !isUpper(text[from+3]) || !strings.Contains(provinces, string(text[from:from+3])) {
		return Span{}
	}
	end := first
	for end < len(text) && (isDigit(text[end]) || isUpper(text[end])) {
		end++
	}
	switch size := end - first; {
	case size >= 4 && size <= 5 && begins(text, end, []string{"学", "警", "港", "澳", "挂"}):
		end += 3
	case size < 5 || size > 6 || end < len(text) && wordy(text[end]) || goesOn(text, end):
		return Span{}
	}
	if !dot && !spokenOf(text[max(floor, from-cueBytes):from]) {
		return Span{}
	}
	return Span{Start: from, End: end, Type: Licence}
}

// spokenOf reports text that speaks of a car and its plate, behind the last mark in it.
func spokenOf(text []byte) bool {
	text = text[bytes.LastIndexByte(text, ']')+1:]
	for _, word := range [...]string{"车牌", "车号", "牌照", "号牌", "车辆", "的车", "车主", "停车", "违章", "車牌", "車號"} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

// capitalsBefore is where the capitals begin that stand before text[i], of which a plate has
// a few.
func capitalsBefore(text []byte, i, floor int) int {
	first := i
	for first > floor && i-first < 3 && isUpper(text[first-1]) {
		first--
	}
	return first
}
