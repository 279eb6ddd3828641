package action

import (
	"strconv"
	"strings"
	"time"
)

// lastSecond is 9999-12-31T23:59:59Z, the last one RFC 3339 can write.
const lastSecond = 253402300799

// parseTime reads an RFC 3339 time in any offset and writes it in UTC, with no
// more digits behind the second than it needs. It takes one spelling of each
// part only: capital T and Z, a point before the fraction, no second 60.
func parseTime(text string) (canonical string, ok bool) {
	if !isTimeShape(text) {
		return "", false
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "", false
	}
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(time.RFC3339Nano), true
}

// isTimeShape holds what time.Parse is generous about.
func isTimeShape(text string) bool {
	const shape = "0000-00-00T00:00:00"
	if len(text) < len(shape)+1 || len(text) > 35 {
		return false
	}
	for i := range len(shape) {
		if digit := isDigit(text[i]); digit != (shape[i] == '0') || (!digit && text[i] != shape[i]) {
			return false
		}
	}
	rest := text[len(shape):]
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		n := 0
		for n < len(fraction) && isDigit(fraction[n]) {
			n++
		}
		if n == 0 || n > 9 {
			return false
		}
		rest = fraction[n:]
	}
	if rest == "Z" {
		return true
	}
	return len(rest) == len("+00:00") && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':' &&
		isDigits(rest[1:3]) && isDigits(rest[4:]) && rest[1:3] <= "23" && rest[4:] <= "59"
}

// timeFromUnix reads whole seconds since 1970.
func timeFromUnix(text string) (canonical string, ok bool) {
	n, ok := parseInt(text)
	if !ok || n < 0 || n > lastSecond {
		return "", false
	}
	return time.Unix(n, 0).UTC().Format(time.RFC3339), true
}

// timeToUnix is the other way; false for a canonical time between two seconds
// or before 1970.
func timeToUnix(canonical string) (text string, ok bool) {
	t, err := time.Parse(time.RFC3339Nano, canonical)
	if err != nil || t.Nanosecond() != 0 || t.Unix() < 0 {
		return "", false
	}
	return strconv.FormatInt(t.Unix(), 10), true
}
