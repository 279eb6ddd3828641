package pii

// skip is where a name can begin behind the gap at text[i:], -1 if it is no such
// gap. wide says that a comma or a line stands in it.
func (g gap) skip(text []byte, i int) (at int, wide bool) {
	from := i
	switch g {
	case colon:
		if i = skipSpaces(text, i); i == len(text) || text[i] != ':' {
			return -1, false
		}
		i = skipSpaces(text, i+1)
		if i < len(text) && text[i] == '"' {
			i++
		}
		return i, true
	case breaks:
		return skipBreaks(text, i)
	case comma:
		if i < len(text) && text[i] == ',' {
			i, wide = i+1, true
		}
	case dot:
		if i < len(text) && text[i] == '.' {
			i++
		}
	case spaces:
	}
	at = skipSpaces(text, i)
	if at == from {
		return -1, false
	}
	return at, wide
}

// widest is how far a name stands behind its phrase at most.
const widest = 64

func skipSpaces(text []byte, i int) int {
	for end := min(len(text), i+widest); i < end && (text[i] == ' ' || text[i] == '\t'); {
		i++
	}
	return i
}

// skipBreaks passes over what stands between a greeting at the end and its name.
func skipBreaks(text []byte, i int) (at int, wide bool) {
	from := i
	for i < len(text) && i < from+widest {
		switch c := text[i]; {
		case c == ',' || c == '\n' || c == '!':
			wide = true
		case c <= ' ', c == '-', c == '>', c == '*', c == '.':
		case c == '<':
			for i < len(text) && i < from+widest && text[i] != '>' {
				i++
			}
			wide = true
		default:
			if i == from {
				return -1, false
			}
			return i, wide
		}
		i++
	}
	return -1, false
}

// thankedFor is where the words end that say what for, up to a comma and the end
// of the line: Thanks for your help,
func thankedFor(text []byte, i int) int {
	end := i
	for end < len(text) && end < i+widest && (text[end] == ' ' || is(text[end], letter)) {
		end++
	}
	if end+1 < len(text) && text[end] == ',' && (text[end+1] == '\n' || text[end+1] == '\r' || text[end+1] == '<') {
		return end
	}
	return i
}

// brokenBefore reports that the line or the element begins at text[i].
func brokenBefore(text []byte, i int) bool {
	for i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') {
		i--
	}
	return i > 0 && (text[i-1] == '\n' || text[i-1] == '>')
}
