package pii

import "strings"

// cue is what the words beside a number say that it is.
type cue uint8

// The cues. cueOther is of a word that says that a number is something else.
const (
	cueNone cue = iota
	cueOther
	cuePhone
	cueCard
	cueSSN
	cueAccount
	cuePassport
	cueLicence
	cueMedical
	cueBirth
	cueNHS
	cueAadhaar
	cueWeChat
	cueResident
	cueSort
	cueVersion
)

// How far before a number a word is looked for.
const (
	cueWords = 7
	cueBytes = 64
)

// before is the cue that is nearest before text[i]. It does not look past a
// digit, a bracket (which ends every mark) or a line, unless a colon ends that
// line.
func before(text []byte, i, floor int) cue {
	low := max(floor, i-cueBytes)
	for words, line := 0, false; words < cueWords && i > low; {
		c := text[i-1]
		k := classes[c]
		switch {
		case k&letter == 0 && c < 0x80:
			if k&stops != 0 {
				return cueNone
			}
			line = c == '\n' || c == '\r' || line && c != ':'
			i--
			continue
		case line:
			return cueNone
		case c >= 0x80:
			return hanCue(text, low, i)
		}
		end := i
		for i > low && classes[text[i-1]]&letter != 0 {
			i--
		}
		if i == low && low > floor {
			return cueNone // its beginning is not seen
		}
		if i > low && isDigit(text[i-1]) {
			return cueNone // the end of an identifier
		}
		words++
		if c := cueAt(text, low, i, end); c != cueNone {
			return c
		}
	}
	return cueNone
}

// cueAt is the cue of the word text[i:end] right of low.
func cueAt(text []byte, low, i, end int) cue {
	if end == i+1 {
		if c := initialCue(text[low:i], text[i]); c != cueNone {
			return c
		}
	}
	if !mayBeCue(text[i], end-i) {
		return cueNone
	}
	c := wordCue(text[i:end])
	if c != cueSort {
		return c
	}
	if end+5 <= len(text) && sameLetters(text[end+1:end+5], "code") {
		return cueAccount
	}
	return cueNone
}

// initialCue is the cue of a letter with those before it: D.O.B., a/c.
func initialCue(before []byte, last byte) cue {
	n := len(before)
	switch {
	case last|0x20 == 'b' && n >= 4 && before[n-1] == '.' && before[n-2]|0x20 == 'o' && before[n-3] == '.' && before[n-4]|0x20 == 'd':
		return cueBirth
	case last|0x20 == 'c' && n >= 2 && before[n-1] == '/' && before[n-2]|0x20 == 'a':
		return cueAccount
	}
	return cueNone
}

// after is the cue in the word that follows text[i] on its line.
func after(text []byte, i int) cue {
	for i < len(text) && (text[i] == ' ' || text[i] == '-' || text[i] == '(') {
		i++
	}
	end := i
	for end < len(text) && is(text[end], letter) {
		end++
	}
	switch word := text[i:end]; {
	case len(word) == len("office") && word[0]|0x20 == 'o' && string(word[1:]) == "ffice", wordCue(word) == cuePhone:
		return cuePhone
	}
	return cueNone
}

// cueLexicon are the words that say what a number is.
var cueLexicon = [...]struct {
	cue   cue
	words string
}{
	{cuePhone, "phone phones telephone tel mobile mob cell cellphone fax call calling telefon telefono telefone telefoon handy mobil rufnummer celular dial sms whatsapp viber ring reach answering messages registered desk callback hotline landline"},
	{cueCard, "card cards cc credit debit visa mastercard amex maestro"},
	{cueSSN, "ssn ssns social itin taxpayer tin"},
	{cueAccount, "account acct accounts routing aba iban kontonummer"},
	{cuePassport, "passport reisepass pasaporte passeport"},
	{cueLicence, "license licence driver drivers driving dl"},
	{cueMedical, "mrn medical patient chart"},
	{cueBirth, "born birth birthday birthdate dob geboren geburtsdatum nacimiento naissance"},
	{cueNHS, "nhs"},
	{cueAadhaar, "aadhaar aadhar uidai"},
	{cueWeChat, "wechat weixin wx vx qq"},
	{cueSort, "sort"},
	{cueVersion, "version versions ver release build firmware sdk driverversion v"},
	{cueOther, "order orders ticket tickets invoice ref reference tracking case sku item items amount total price qty quantity transaction txn serial model batch part receipt confirmation booking flight shipment parcel charge payment refund quote error status zip postal product"},
}

// longestCue is how many letters a cue word has at most.
const longestCue = 14

// spoken is a cue word in the table by which it is looked up.
type spoken struct {
	word string
	cue  cue
}

// cueTable holds cueLexicon where cueSlot says, or right behind.
var cueTable = func() (t [1024]spoken) {
	for _, row := range cueLexicon {
		for word := range strings.FieldsSeq(row.words) {
			i := cueSlot([]byte(word))
			for t[i].word != "" {
				i = (i + 1) % len(t)
			}
			t[i] = spoken{word, row.cue}
		}
	}
	return t
}()

// mayBeCue reports that there is a cue word of so many letters that begins with
// this one. Most words are none by that.
func mayBeCue(first byte, letters int) bool { return cueLengths[first]>>letters&1 != 0 }

// cueLengths are how many letters the cue words have that begin with a letter, a
// bit for each number.
var cueLengths = func() (t [256]uint16) {
	for _, row := range cueLexicon {
		for word := range strings.FieldsSeq(row.words) {
			t[word[0]] |= 1 << len(word)
			t[word[0]&^0x20] |= 1 << len(word)
		}
	}
	return t
}()

func cueSlot(word []byte) int {
	n := len(word)
	return (int(word[0]|0x20)*37 + int(word[n-1]|0x20)*101 + int(word[n/2]|0x20)*11 + n*7) % 1024
}

// wordCue is the cue of one word in any capitals.
func wordCue(word []byte) cue {
	if len(word) == 0 || len(word) > longestCue {
		return cueNone
	}
	for i := cueSlot(word); cueTable[i].word != ""; i = (i + 1) % len(cueTable) {
		if sameLetters(word, cueTable[i].word) {
			return cueTable[i].cue
		}
	}
	return cueNone
}

// sameLetters reports letters that are word in any capitals.
func sameLetters(letters []byte, word string) bool {
	if len(letters) != len(word) {
		return false
	}
	for i, c := range letters {
		if c|0x20 != word[i] {
			return false
		}
	}
	return true
}

// hanCues are tried by where they end: the last one counts.
var hanCues = [...]struct {
	word string
	cue  cue
}{
	{"手机", cuePhone}, {"电话", cuePhone}, {"座机", cuePhone}, {"固话", cuePhone}, {"热线", cuePhone}, {"電話", cuePhone}, {"致电", cuePhone}, {"拨打", cuePhone}, {"联系方式", cuePhone}, {"传真", cuePhone}, {"手機", cuePhone}, {"致電", cuePhone}, {"傳真", cuePhone},
	{"账号", cueAccount}, {"帐号", cueAccount}, {"账户", cueAccount}, {"帳號", cueAccount}, {"帳戶", cueAccount}, {"賬號", cueAccount}, {"賬戶", cueAccount}, {"卡號", cueCard}, {"银行卡", cueCard}, {"信用卡", cueCard}, {"卡号", cueCard},
	{"护照", cuePassport}, {"驾驶证", cueLicence}, {"驾照", cueLicence}, {"身份证", cueResident}, {"身份證", cueResident}, {"公民身份", cueResident}, {"证件号", cueResident}, {"證件號", cueResident}, {"身分證", cueResident}, {"護照", cuePassport}, {"通行证", cuePassport}, {"通行證", cuePassport}, {"駕駛證", cueLicence}, {"駕照", cueLicence},
	{"病历", cueMedical}, {"病案号", cueMedical}, {"住院号", cueMedical}, {"门诊号", cueMedical}, {"就诊卡", cueMedical},
	{"生日", cueBirth}, {"出生", cueBirth}, {"生于", cueBirth}, {"微信", cueWeChat}, {"扣扣", cueWeChat},
	{"订单", cueOther}, {"单号", cueOther}, {"流水", cueOther}, {"工单", cueOther}, {"编号", cueOther}, {"金额", cueOther}, {"发票", cueOther}, {"快递", cueOther}, {"訂單", cueOther}, {"單號", cueOther}, {"編號", cueOther}, {"金額", cueOther}, {"發票", cueOther},
	{"版本", cueVersion},
}

// hanCuesBy are where the hanCues stand whose first character ends with a byte.
var hanCuesBy = func() (t [256][]uint8) {
	for i, h := range hanCues {
		t[h.word[2]] = append(t[h.word[2]], uint8(i))
	}
	return t
}()

// hanCue is the last cue in text[low:end], which ends with a Chinese character.
func hanCue(text []byte, low, end int) cue {
	if end-3 >= low && text[end-3] == ']' {
		return cueNone // behind a mark and a dot in the middle of the line
	}
	for i := end - 2*3; i >= low && text[i+2] != ']'; i-- { // a mark says nothing of what follows it
		if text[i] < 0xE0 {
			continue
		}
		for _, n := range hanCuesBy[text[i+2]] {
			if h := &hanCues[n]; text[i+1] == h.word[1] && hasAt(text, i, h.word) {
				return meant(text, low, i, i+len(h.word), h.cue)
			}
		}
	}
	return latinCue(text, low, end)
}

// meant is what the cue of the word text[i:end] is with what stands beside it.
func meant(text []byte, low, i, end int, c cue) cue {
	switch {
	case c == cueCard && i >= low+3 && hasAt(text, i-3, "诊卡号"): // of a patient
		return cueMedical
	case c == cueAccount && i >= low+6 && hasAt(text, i-6, "微信"):
		return cueWeChat
	case c == cueBirth && !bears(text, low, i, end):
		return cueNone
	}
	return c
}

// latinCue is the cue of QQ with 号 or the like behind it, and of V信.
func latinCue(text []byte, low, end int) cue {
	from := end
	for from > low && end-from < 4*3 && text[from-1] >= 0x80 {
		from--
	}
	letters := text[max(low, from-2):from]
	switch string(text[from:end]) {
	case "号", "号码", "号是", "号为", "是", "號", "號碼":
		if len(letters) == 2 && sameLetters(letters, "qq") {
			return cueWeChat
		}
	case "信", "信是":
		if len(letters) > 0 && letters[len(letters)-1]|0x20 == 'v' {
			return cueWeChat
		}
	}
	return cueNone
}

// bears reports that the word text[i:end] for birth is said of what follows: not that of
// 发生于, by which something happened, and not at the end of a clause, behind its date.
func bears(text []byte, low, i, end int) bool {
	if i >= low+3 && anyBefore(text[:i], []string{"发", "發", "产", "產"}) {
		return false
	}
	closed := text[end] == ',' || text[end] == ';'
	return !closed && !hasAt(text, end, "，") && !hasAt(text, end, "。") && !hasAt(text, end, "；") && !hasAt(text, end, "、")
}
