package pii

// announced is the finding that a word before the digits at text[i] announces:
// a number of an account, a document or a record, whose shape alone says
// nothing.
func announced(text []byte, i, floor int, said cue) Span {
	switch said {
	case cueAccount:
		return reference(text, i, floor, BankAccount, 6, 18)
	case cuePassport:
		return reference(text, i, floor, Passport, 6, 9)
	case cueLicence:
		return reference(text, i, floor, Licence, 6, 18)
	case cueMedical:
		return reference(text, i, floor, MedicalRecord, 5, 12)
	case cueSSN:
		return reference(text, i, floor, SSN, 9, 9)
	case cueWeChat:
		return reference(text, i, floor, WeChat, 5, 20)
	case cueBirth:
		return birthdate(text, i, floor)
	default: // the others are told by their digits
		return Span{}
	}
}

// Characters that a reference has at least and at most, WeChat ids included.
const (
	fewestOfReference = 5
	mostOfReference   = 20
)

// mayBeAnnounced reports that the word from start on, of which text[i] is the first
// digit, is as long as some reference, or that a date may begin with that digit. To look
// at the words before it takes longer.
func mayBeAnnounced(text []byte, start, i int) bool {
	size := 0
	for end := start; end < len(text) && referential(text[end]); end++ {
		if text[end] != '-' {
			size++
		}
	}
	return size >= fewestOfReference && size <= mostOfReference || mayBeDate(text, i)
}

// mayBeDate reports that a second number of a date may follow the digits at text[i], or
// that those are more than the first has.
func mayBeDate(text []byte, i int) bool {
	from := i
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	if i > from+4 {
		return true
	}
	for i < len(text) && (text[i] == '/' || text[i] == '-' || text[i] == '.' || text[i] == ' ' || text[i] == ',') {
		i++
	}
	if i == len(text) || !is(text[i], letter) {
		return i < len(text) && (isDigit(text[i]) || text[i] >= 0x80)
	}
	return isMonth(text[i:]) || i+1 < len(text) && isOrdinal(text[i:i+2])
}

// reference is the word of letters, digits and dashes around text[i], if it has
// so many characters, dashes aside, and a few of them are digits.
func reference(text []byte, i, floor int, typ Type, fewest, most int) Span {
	from, end := i, i
	for from > floor && referential(text[from-1]) {
		from--
	}
	for end < len(text) && referential(text[end]) {
		end++
	}
	for end > from && text[end-1] == '-' {
		end--
	}
	for from < i && text[from] == '-' {
		from++
	}
	size, digits := 0, 0
	for _, c := range text[from:end] {
		if c != '-' {
			size++
		}
		if isDigit(c) {
			digits++
		}
	}
	if size < fewest || size > most || digits < 3 && typ != WeChat {
		return Span{}
	}
	return Span{Start: from, End: end, Type: typ}
}

func referential(c byte) bool { return c == '-' || c == '_' || is(c, letter|digit) }
