package pii

// ibans are the structures of the IBAN registry of SWIFT: a country, and behind
// its two check digits so many digits (n), capitals (a) or either (c).
var ibans = [...]string{
	"AD4n4n12c", "AE3n16n", "AL8n16c", "AT16n", "AZ4a20c", "BA16n", "BE12n", "BG4a6n8c", "BH4a14c", "BI23n", "BR23n1a1c",
	"BY4c4n16c", "CH5n12c", "CR18n", "CY8n16c", "CZ20n", "DE18n", "DJ23n", "DK14n", "DO4c20n", "EE16n", "EG25n", "ES20n", "FI14n",
	"FK2a12n", "FO14n", "FR10n11c2n", "GB4a14n", "GE2a16n", "GI4a15c", "GL14n", "GR7n16c", "GT4c20c", "HN4a20n", "HR17n", "HU24n",
	"IE4a14n", "IL19n", "IQ4a15n", "IS22n", "IT1a10n12c", "JO4a4n18c", "KW4a22c", "KZ3n13c", "LB4n20c", "LC4a24c", "LI5n12c",
	"LT16n", "LU3n13c", "LV4a13c", "LY21n", "MC10n11c2n", "MD2c18c", "ME18n", "MK3n10c2n", "MN16n", "MR23n", "MT4a5n18c",
	"MU4a19n3a", "NI4a20n", "NL4a10n", "NO11n", "OM3n16c", "PK4a16c", "PL24n", "PS4a21c", "PT21n", "QA4a21c", "RO4a16c", "RS18n",
	"RU14n15c", "SA2n18c", "SC4a20n3a", "SD14n", "SE20n", "SI15n", "SK20n", "SM1a10n12c", "SO19n", "ST21n", "SV4a20n", "TL19n",
	"TN20n", "TR6n16c", "UA6n19c", "VA18n", "VG4a16n", "XK16n", "YE4a4n18c",
}

// longestIBAN is how many characters an IBAN has at most.
const longestIBAN = 34

// structures are the ibans by country.
var structures = func() map[[2]byte]string {
	out := make(map[[2]byte]string, len(ibans))
	for _, s := range ibans {
		out[[2]byte{s[0], s[1]}] = s[2:]
	}
	return out
}()

// ibanAt is the IBAN whose check digits are at text[i]: bare, or in groups
// between which one space or dash stands.
func ibanAt(text []byte, i, floor int) Span {
	from := i - 2
	if from < floor || !is(text[from], letter) || !is(text[from+1], letter) || from > floor && wordy(text[from-1]) {
		return Span{}
	}
	structure, ok := structures[[2]byte{upper(text[from]), upper(text[from+1])}]
	if !ok {
		return Span{}
	}
	var buf [longestIBAN]byte
	number, end := gather(buf[:0], text, from, 4+length(structure))
	if number == nil || !rightOpen(text, end) || !fits(number[4:], structure) || !isDigit(number[3]) || mod97(number) != 1 {
		return Span{}
	}
	return Span{Start: from, End: end, Type: IBAN}
}

// gather appends n letters and digits from text[i:], in capitals, and returns
// where they end; nil when there are not so many.
func gather(dst, text []byte, i, n int) (number []byte, end int) {
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case is(c, letter|digit):
			dst = append(dst, upper(c))
			if len(dst) == n {
				return dst, i + 1
			}
		case (c == ' ' || c == '-') && is(text[i-1], letter|digit):
		default:
			return nil, 0
		}
	}
	return nil, 0
}

// part reads the next part of a structure: how many characters of what kind.
func part(structure string) (n int, kind byte, rest string) {
	i := 0
	for ; isDigit(structure[i]); i++ {
		n = n*10 + int(structure[i]-'0')
	}
	return n, structure[i], structure[i+1:]
}

func length(structure string) (n int) {
	for structure != "" {
		var m int
		m, _, structure = part(structure)
		n += m
	}
	return n
}

// fits reports whether characters have the kinds that a structure says.
func fits(number []byte, structure string) bool {
	for structure != "" {
		n, kind, rest := part(structure)
		for _, c := range number[:n] {
			if kind == 'n' && !isDigit(c) || kind == 'a' && isDigit(c) {
				return false
			}
		}
		number, structure = number[n:], rest
	}
	return true
}

// mod97 is the remainder of ISO 7064, with the first four characters moved to
// the end and letters counted from 10.
func mod97(number []byte) int {
	r := 0
	for i := range number {
		c := number[(i+4)%len(number)]
		if isDigit(c) {
			r = (r*10 + int(c-'0')) % 97
			continue
		}
		r = (r*100 + int(c-'A') + 10) % 97
	}
	return r
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
