package action

import "strings"

// fromSegment reads an argument that fills a segment of a path. Without a
// pattern nothing is decoded. With one, what a path can hold bare may also be
// percent-encoded, once; a slash, backslash, percent sign, question mark, hash
// or semicolon is no part of a value however it is spelled, and neither is a
// dot at its beginning, nor a bare plus, which some read as a space: the tool's
// reader must see the one segment that was checked.
func (p *param) fromSegment(text string) (string, bool) {
	if p.pattern == nil {
		return text, text != "" && text[0] != '.' && isPlain(text)
	}
	for i := range len(text) {
		if b := text[i]; !isWord(b) && strings.IndexByte("-.~%@:,=!$&'()*", b) < 0 {
			return "", false
		}
	}
	value, ok := decodePercent(text)
	return value, ok && isSegmentValue(value)
}

// isSegmentValue holds what no value in a path may have.
func isSegmentValue(value string) bool {
	return isVisible(value) && value[0] != '.' && !strings.ContainsAny(value, `/\%?#;`)
}
