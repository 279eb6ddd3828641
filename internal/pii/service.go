package pii

import "bytes"

// unlessService is a finding, none if it is the number of a service, and where to go on.
func unlessService(text []byte, s Span) (Span, int) {
	if s.Type == Phone && isService(text[s.Start:s.End]) {
		return Span{}, s.End
	}
	return s, s.End
}

// isService reports the telephone number of a company's service, which is nobody's own and
// which a reply has to name: 400-810-1234 in China, 1-800-555-0199 in North America,
// 0800 123 4567 in Europe.
func isService(number []byte) bool {
	switch next := number[1]; number[0] {
	case '+', '(':
		return countsAsService(number)
	case '0':
		return next == '8' && countsAsService(number)
	case '1':
		return isGap(next) && countsAsService(number)
	case '4':
		return next == '0' && countsAsService(number)
	case '8':
		return (next == '0' || next == number[2]) && countsAsService(number)
	}
	return false // most
}

// countsAsService is isService by all digits.
func countsAsService(number []byte) bool {
	var buf [15]byte
	digits, grouped := buf[:0], false // grouped is that three digits stand by themselves
	for i, c := range number {
		if !isDigit(c) {
			if c != '+' && !isGap(c) {
				break // its extension
			}
			continue
		}
		if len(digits) == len(buf) {
			return false
		}
		digits = append(digits, c)
		grouped = grouped || len(digits) == 3 && i+1 < len(number) && isGap(number[i+1])
	}
	switch n := len(digits); {
	case n == 12 && digits[0] == '8' && digits[1] == '6':
		digits = digits[2:]
	case n == 11 && digits[0] == '1': // in one piece without a plus it is a mobile number of China
		digits, grouped = digits[1:], true
	case n >= 8 && n <= 12 && digits[0] == '0': // not 08 082 62 15 69
		return bytes.HasPrefix(number, []byte("0800")) || bytes.HasPrefix(number, []byte("0808")) || bytes.HasPrefix(number, []byte("(0800)"))
	}
	if len(digits) != 10 {
		return false
	}
	switch string(digits[:3]) {
	case "400":
		return true
	case "800", "833", "844", "855", "866", "877", "888":
		return grouped // in India they are mobile numbers, in fives
	}
	return false
}

// isGap reports what stands between the groups of a telephone number.
func isGap(c byte) bool { return between(c) || c == '(' || c == ')' || c == '/' }
