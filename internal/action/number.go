package action

import (
	"strconv"
	"strings"
)

// maxScale is the most digits behind the point of a decimal.
const maxScale = 9

// parseInt reads a 64-bit integer in its one canonical spelling.
func parseInt(text string) (int64, bool) {
	rest := strings.TrimPrefix(text, "-")
	if !isDigits(rest) || (rest[0] == '0' && text != "0") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// parseDecimal reads a decimal number and writes it with exactly scale digits
// behind the point: "1.5" is "1.50" of scale 2. More digits than the scale, an
// exponent, a plus, leading zeros, a bare point and -0 are refused, and so are
// more than 18 digits. whole is the number without what is behind its point.
func parseDecimal(text string, scale int) (canonical string, whole int64, ok bool) {
	head, fraction, point := strings.Cut(text, ".")
	sign, digits := "", head
	if rest, negative := strings.CutPrefix(head, "-"); negative {
		sign, digits = "-", rest
	}
	switch {
	case !isDigits(digits) || (digits[0] == '0' && len(digits) > 1):
		return "", 0, false
	case point && !isDigits(fraction), len(fraction) > scale, len(digits)+scale > maxDigits:
		return "", 0, false
	}
	fraction += strings.Repeat("0", scale-len(fraction))
	if sign != "" && strings.Trim(digits+fraction, "0") == "" {
		return "", 0, false
	}
	whole, err := strconv.ParseInt(sign+digits, 10, 64)
	canonical = sign + digits
	if scale > 0 {
		canonical += "." + fraction
	}
	return canonical, whole, err == nil
}

// decimalInRange compares the whole part, and the fraction where that is on the
// border: 10.01 is more than 10, and -10.01 less than -10.
func (p *param) decimalInRange(canonical string, whole int64) bool {
	_, fraction, _ := strings.Cut(canonical, ".")
	if strings.Trim(fraction, "0") == "" {
		return p.inRange(whole)
	}
	if canonical[0] == '-' {
		return whole > p.Min && whole <= p.most()
	}
	return whole >= p.Min && whole < p.most()
}
