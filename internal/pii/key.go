package pii

// FoldKey writes key to dst the way keys are compared: lower case, without the
// dash, underscore, space or dot between words. requesterName, Requester-Name
// and requester_name are one key.
func FoldKey(dst, key []byte) []byte {
	for _, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c != '-' && c != '_' && c != ' ' && c != '.':
			dst = append(dst, c)
		}
	}
	return dst
}

// KeyType is the type that the value under a folded key has, None when the key
// says nothing.
func KeyType(folded []byte) Type {
	if t := exactKey(string(folded)); t != None {
		return t
	}
	for _, s := range suffixes {
		if n := len(folded) - len(s.suffix); n >= 0 && string(folded[n:]) == s.suffix {
			return s.typ
		}
	}
	return None
}

// IsID reports whether a folded key, or its original spelling, names an
// identifier, under which bare digits are no personal data.
func IsID(key []byte) bool {
	n := len(key)
	switch {
	case n < 2:
		return false
	case n == 2:
		return key[0]|0x20 == 'i' && key[1]|0x20 == 'd'
	}
	tail := string(key[n-3:])
	return tail == "_id" || tail == "-id" || tail[1:] == "Id" || tail[1:] == "ID" || tail == "ids" && (n == 3 || key[n-4] == '_') || tail == "Ids"
}

// Covers reports whether value, standing under a key of the type, is personal
// data as a whole. A name, an address or a text is unless it is blank; a number
// needs some digits, and a card nothing but digits between separators, because
// "card" is also where APIs write identifiers and objects.
func (f *Finder) Covers(typ Type, value []byte) bool {
	if look(value)&hiding != 0 {
		f.fold(value)
		value = f.text
	}
	digits, blank, spelled := 0, true, false
	for _, c := range value {
		switch {
		case isDigit(c):
			digits++
		case c > ' ' && !between(c):
			spelled = true
		}
		blank = blank && c <= ' '
	}
	switch typ {
	case Phone:
		return digits >= 5
	case SSN:
		return digits >= 4
	case Card:
		return digits >= 8 && !spelled
	default:
		return typ != None && !blank
	}
}

// suffixes decide keys whose first words say whose value it is.
var suffixes = [...]struct {
	suffix string
	typ    Type
}{
	{"firstname", Name}, {"lastname", Name}, {"fullname", Name}, {"middlename", Name},
	{"givenname", Name}, {"familyname", Name}, {"surname", Name}, {"姓名", Name},
	{"email", Email}, {"emailaddress", Email}, {"邮箱", Email},
	{"phone", Phone}, {"phonenumber", Phone}, {"mobile", Phone}, {"mobilenumber", Phone}, {"telephone", Phone},
	{"电话", Phone}, {"電話", Phone}, {"手机", Phone}, {"手機", Phone}, {"手机号", Phone}, {"手机号码", Phone}, {"电话号码", Phone},
	{"ssn", SSN}, {"socialsecuritynumber", SSN}, {"身份证", SSN}, {"身份证号", SSN}, {"身份证号码", SSN},
	{"cardnumber", Card}, {"卡号", Card},
}

func exactKey(folded string) Type {
	switch folded {
	case "name", "names", "displayname", "realname", "legalname", "preferredname", "nickname", "maidenname",
		"customername", "requestername", "submittername", "assigneename", "authorname", "agentname", "contactname",
		"recipientname", "sendername", "ownername", "holdername", "cardholdername", "cardholder", "accountholdername",
		"accountholder", "billingname", "shippingname", "payername", "payeename", "patientname", "employeename",
		"guestname", "passengername", "buyername", "sellername", "membername", "personname", "clientname",
		"signername", "username", "namesuffix", "nameprefix",
		"联系人", "收件人", "收货人", "申请人", "持卡人", "名字", "客户名称", "姓", "名":
		return Name
	case "mail", "emails", "emailaddresses", "电子邮件", "邮件地址":
		return Email
	case "phones", "phonenumbers", "cell", "cellnumber", "tel", "fax", "msisdn", "whatsapp", "联系方式":
		return Phone
	case "socialsecurity", "ssnlast4", "nationalid", "nationalidnumber", "nationalidentitynumber", "idnumber",
		"passport", "passportnumber", "证件号", "证件号码":
		return SSN
	case "card", "cards", "creditcard", "debitcard", "pan", "primaryaccountnumber", "ccnumber", "银行卡", "信用卡":
		return Card
	}
	return None
}
