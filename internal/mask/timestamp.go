package mask

// timestampForm is how APIs write a time, a 0 for any digit.
const timestampForm = "0000-00-00T00:00:00"

// mayBeTimestamp spares most texts a call.
func mayBeTimestamp(text []byte) bool { return len(text) > len(timestampForm) && text[10] == 'T' }

// isTimestamp reports a text that is nothing but a time, 2026-01-15T10:00:00Z, with
// a fraction or another zone perhaps. Answers are full of them, every digit of one
// is where a finding could begin, and none ever does.
func isTimestamp(text []byte) bool {
	if len(text) < len(timestampForm)+1 || text[4] != '-' || text[10] != 'T' {
		return false
	}
	for i := range len(timestampForm) {
		if c := timestampForm[i]; text[i] != c && (c != '0' || text[i]-'0' > 9) {
			return false
		}
	}
	rest := text[len(timestampForm):]
	if rest[0] == '.' {
		digits := 1
		for digits < len(rest) && rest[digits]-'0' <= 9 {
			digits++
		}
		if digits > 10 {
			return false
		}
		rest = rest[digits:]
	}
	return string(rest) == "Z" || string(rest) == "+00:00"
}
