package pii

// Bounds of a postal address in English: digits of its house, words of its street before the
// word for one, words of its city.
const (
	longestHouse = 5
	mostOfStreet = 4
	mostOfCity   = 3
)

// mayBeHouse reports that a word with a capital or a digit stands behind a number that ends at
// text[i].
func mayBeHouse(text []byte, i int) bool {
	return i+1 < len(text) && text[i] == ' ' && text[i+1]-'0' <= 'Z'-'0'
}

// streetAt is the postal address whose house is text[i:end], and where to go on: 12 Main
// Street, with what may follow of it, as in 350 5th Ave, Apt 4, New York, NY 10118.
func streetAt(text []byte, i, end, floor int) (Span, int) {
	if s := street(text, i, end, floor); s.Type != None {
		return s, s.End
	}
	return Span{}, end
}

func street(text []byte, i, end, floor int) Span {
	if end-i > longestHouse || text[i] == '0' || !leftOpen(text, i, floor) || glued(text, i, floor) {
		return Span{}
	}
	for words := 0; words <= mostOfStreet && end+1 < len(text) && text[end] == ' '; words++ {
		from := end + 1
		if end = streetWordEnd(text, from); end == from {
			return Span{}
		}
		if words > 0 && isStreet(text[from:end]) {
			end = unitEnd(text, end)
			if whole := cityEnd(text, end); whole > end {
				end = whole
			} else if namesMore(text, end) {
				return Span{}
			}
			return Span{Start: i, End: end, Type: Address}
		}
		if end < len(text) && text[end] == '.' && end-from <= 2 { // N. Main Street
			end++
		}
	}
	return Span{}
}

// streetWordEnd is the end of the word of a street's name at text[i:]: with a capital, or 5th;
// i for none.
func streetWordEnd(text []byte, i int) int {
	end := digitsEnd(text, i)
	switch {
	case end > i+3, end > i && (end+2 > len(text) || !isOrdinal(text[end:end+2])):
		return i
	case end == i && !isUpper(text[i]):
		return i
	}
	for end < len(text) && end < i+wordBytes && (is(text[end], letter) || text[end] >= 0x80 || text[end] == '\'' || text[end] == '-') {
		end++
	}
	return end
}

// isStreet reports a word with which the names of streets end, and those of few other things.
func isStreet(word []byte) bool {
	switch string(word) {
	case "Street", "St", "Avenue", "Ave", "Road", "Rd", "Lane", "Ln", "Boulevard", "Blvd", "Terrace", "Crescent", "Parkway", "Pkwy", "Highway", "Hwy":
		return true
	}
	return false
}

// namesMore reports that the words with capitals go on at text[i:], or what is a mark by now:
// 24 Hour Road Service.
func namesMore(text []byte, i int) bool {
	if i+1 >= len(text) || text[i] != ' ' {
		return i < len(text) && (wordy(text[i]) || text[i] >= 0x80 || standsIn(text, i))
	}
	return isUpper(text[i+1]) || standsIn(text, i+1)
}

// unitEnd is the end of the flat behind a street that ends at text[i]: Apt. 4, Suite 200; i
// for none.
func unitEnd(text []byte, i int) int {
	at := i
	for at < len(text) && (text[at] == '.' || text[at] == ',') {
		at++
	}
	at = skipSpaces(text, at)
	from := at
	for at < len(text) && is(text[at], letter) {
		at++
	}
	switch string(text[from:at]) {
	case "Apt", "Apartment", "Suite", "Ste", "Unit", "Flat", "Floor":
	default:
		return i
	}
	if at < len(text) && text[at] == '.' {
		at++
	}
	from = skipSpaces(text, at)
	end := from
	for end < len(text) && end <= from+longestHouse && (isDigit(text[end]) || isUpper(text[end])) {
		end++
	}
	if end == from || end > from+longestHouse || end < len(text) && wordy(text[end]) {
		return i
	}
	return end
}

// cityEnd is the end of the city, the state and its code at text[i:], as in , Springfield, IL
// 62704; i for none.
func cityEnd(text []byte, i int) int {
	at := i
	for at < len(text) && (text[at] == ',' || text[at] == '.') {
		at++
	}
	for words := 0; words < mostOfCity; words++ {
		from := skipSpaces(text, at)
		if from == at || from == len(text) || isDigit(text[from]) {
			return i
		}
		if at = streetWordEnd(text, from); at == from {
			return i
		}
		if at < len(text) && text[at] == ',' {
			return stateEnd(text, i, skipSpaces(text, at+1))
		}
	}
	return i
}

// stateEnd is the end of IL 62704 at text[at:], and i for anything else.
func stateEnd(text []byte, i, at int) int {
	const state, zip = len("IL "), 5
	end := at + state + zip
	if end > len(text) || !isUpper(text[at]) || !isUpper(text[at+1]) || text[at+2] != ' ' || !allDigits(text[at+state:end]) {
		return i
	}
	if end+zip <= len(text) && text[end] == '-' && allDigits(text[end+1:end+zip]) {
		end += zip
	}
	if !rightOpen(text, end) {
		return i
	}
	return end
}
