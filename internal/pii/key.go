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
func IsID(key []byte) bool { return endsInID(key) || numbersThing(key) }

// numbersThing reports a key of the number of an order or the like.
func numbersThing(key []byte) bool {
	var buf [24]byte
	if len(key) > len(buf) {
		return false
	}
	switch string(FoldKey(buf[:0], key)) {
	case "order", "ordernumber", "orderno", "invoice", "invoicenumber", "receiptnumber", "ticketnumber", "trackingnumber", "tracking",
		"reference", "referencenumber", "ref", "casenumber", "serialnumber", "batchnumber", "gtin", "ean", "upc", "isbn", "sku",
		"订单号", "订单编号", "单号", "快递单号", "运单号", "编号", "流水号", "发票号":
		return true
	}
	return false
}

// IsVersion reports a key of a version, which four numbers with dots are there.
func IsVersion(key []byte) bool {
	const word = "version"
	var buf [len(word)]byte
	n := len(key) - len(word)
	return n >= 0 && string(FoldKey(buf[:0], key[n:])) == word
}

func endsInID(key []byte) bool {
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
	value, _ = f.Fold(value)
	switch typ {
	case None:
		return false
	case Phone:
		return digitsIn(value) >= 5
	case Licence: // plates have few digits
		return digitsIn(value) >= 2 && len(value) >= 5
	case SSN, ResidentID, Aadhaar, NHS, Passport, MedicalRecord, BankAccount, Birthdate:
		return digitsIn(value) >= 4
	case PAN, NINO, IBAN:
		return digitsIn(value) >= 4 && spelled(value)
	case Card:
		return digitsIn(value) >= 8 && !spelled(value)
	case IP:
		digits := digitsIn(value)
		return digits >= 4 || digits >= 1 && spelled(value)
	case Secret:
		return len(value) >= 6
	case Name:
		return !blank(value) && !isFile(value)
	default:
		return !blank(value)
	}
}

// digitsIn counts the digits of a value.
func digitsIn(value []byte) (n int) {
	for _, c := range value {
		if isDigit(c) {
			n++
		}
	}
	return n
}

// spelled reports more than digits and what stands between them.
func spelled(value []byte) bool {
	for _, c := range value {
		if c > ' ' && !isDigit(c) && !between(c) {
			return true
		}
	}
	return false
}

// blank reports a value of nothing but spaces.
func blank(value []byte) bool {
	for _, c := range value {
		if c > ' ' {
			return false
		}
	}
	return true
}
