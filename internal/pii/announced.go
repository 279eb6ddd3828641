package pii

// uncut is a finding of announced and where to go on, or what stands before the card that it
// would cut.
func (f *Finder) uncut(text []byte, s Span, i, floor int, types Set) (Span, int) {
	card := f.cutCard(text, s, types)
	if card > i {
		before := text[:card]
		s = f.announced(before, i, floor, f.window(before, i), types)
	}
	if card == i || s.Type == None {
		return Span{}, digitsEnd(text, i)
	}
	return unlessService(text, s)
}

// announced tries what a word beside the number says it is.
func (f *Finder) announced(text []byte, i, floor, total int, types Set) Span {
	open := leftOpen(text, i, floor)
	if open && total < announceable && !letterFollows(text, i) && (i == floor || text[i-1] != '-') {
		return Span{}
	}
	start, first := wordStart(text, i, floor)
	if !first || (!open || total < announceable) && start < i && !mayBeAnnounced(text, start, i) {
		return Span{}
	}
	word := before(text, start, floor)
	if word == cueNone && start+3 <= i-1 {
		word = tiedCue(text[start:i])
	}
	if word == cueOther || word == cueVersion {
		return Span{}
	}
	if word == cueNone {
		return f.explained(text, i, open && total >= announceable, types)
	}
	if open {
		for _, shape := range &said {
			if !types.Has(shape.typ) {
				continue
			}
			if end := shape.end(text, f.groups, word); end != 0 {
				return Span{Start: i, End: end, Type: shape.typ}
			}
		}
	}
	if s := announced(text, i, floor, word); types.Has(s.Type) {
		return s
	}
	return Span{}
}

// explained tries what the word behind the number says it is: a date of birth, or one of a
// telephone if it has the digits.
func (f *Finder) explained(text []byte, i int, phone bool, types Set) Span {
	if s := bornOn(text, i); types.Has(s.Type) {
		return s
	}
	if !phone || !types.Has(Phone) {
		return Span{}
	}
	end := phoneEnd(text, f.groups)
	if end == 0 || after(text, end) != cuePhone {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Phone}
}

// tiedCue is the cue of a label that a dash ties to its number, as in MRN-1234567.
func tiedCue(word []byte) cue {
	n := len(word) - 1
	if word[n] != '-' {
		return cueNone
	}
	switch c := wordCue(word[:n]); {
	case c == cueSSN, c == cueNHS, c == cueAadhaar, c == cueMedical && n == len("mrn"):
		return c
	}
	return cueNone
}

// wordStart is where the word that the digits at text[i] are part of begins, and
// whether they are its first ones.
func wordStart(text []byte, i, floor int) (start int, first bool) {
	for i > floor && referential(text[i-1]) {
		if i--; isDigit(text[i]) {
			return 0, false
		}
	}
	return i, true
}

// letterFollows reports that the digits at text[i] end in a letter, or in what
// stands in dates.
func letterFollows(text []byte, i int) bool {
	i = digitsEnd(text, i)
	if i+1 < len(text) && between(text[i]) {
		if text[i] == '.' && text[i+1] == ' ' && i+2 < len(text) { // 3. Dezember
			i++
		}
		if is(text[i+1], letter) {
			return mayBeMonth(text[i+1:])
		}
		return hasAt(text, i+1, "年")
	}
	return i < len(text) && (is(text[i], letter) || text[i] == '/' || text[i] == ',' || text[i] >= 0x80)
}

// announced is the finding that a word before the digits at text[i] announces:
// a number of an account, a document or a record, whose shape alone says
// nothing.
func announced(text []byte, i, floor int, said cue) Span {
	switch said {
	case cueAccount:
		return account(text, i, floor)
	case cuePassport:
		return reference(text, i, floor, Passport, 6, 9)
	case cueLicence:
		return reference(text, i, floor, Licence, 6, 18)
	case cueMedical:
		return reference(text, i, floor, MedicalRecord, 5, 12)
	case cueSSN:
		return reference(text, i, floor, SSN, 9, 9)
	case cueResident:
		return reference(text, i, floor, ResidentID, 15, 18)
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
	return mayBeMonth(text[i:]) || i+1 < len(text) && (isOrdinal(text[i:i+2]) || isOf(text[i:i+2]))
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
	if standsIn(text, end) {
		return Span{} // it went on as what is a mark by now
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

// Digits of an account in groups.
const (
	fewestOfAccount = 8
	mostOfAccount   = 22
)

// account is the number of an account around text[i], in one word or in groups that a
// space stands between, each but the last of three digits at least.
func account(text []byte, i, floor int) Span {
	total, last, end := 0, 0, i
	for at := i; ; at++ {
		from := at
		for at < len(text) && isDigit(text[at]) {
			at++
		}
		if at == from || at < len(text) && referential(text[at]) || total > 0 && last < 3 {
			break
		}
		last, end = at-from, at
		if total += last; at+1 >= len(text) || text[at] != ' ' || !isDigit(text[at+1]) {
			break
		}
	}
	if total < fewestOfAccount || total > mostOfAccount || i > floor && referential(text[i-1]) || end-i == total {
		return reference(text, i, floor, BankAccount, 6, 18)
	}
	return Span{Start: i, End: end, Type: BankAccount}
}

func referential(c byte) bool { return c == '-' || c == '_' || is(c, letter|digit) }
