package mask

import "encoding/binary"

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
	date, middle, clock := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:]), binary.LittleEndian.Uint64(text[11:])
	if firstNonDigit(date^dateSigns)+firstNonDigit(middle^middleSigns)+firstNonDigit(clock^clockSigns) < 3*8 {
		return false
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

// What makes a zero of each sign in the parts of the form that are read at once, and
// leaves digits what they are.
var (
	dateSigns   = signs(timestampForm[:8])
	middleSigns = signs(timestampForm[8:16])
	clockSigns  = signs(timestampForm[11:])
)

func signs(form string) (x uint64) {
	for i := range 8 {
		x |= uint64(form[i]^'0') << (8 * i)
	}
	return x
}
