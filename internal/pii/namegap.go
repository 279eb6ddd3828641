package pii

// skip is where a name can begin behind the gap at text[i:], -1 if it is no such
// gap. wide says that a comma or a line stands in it.
func (g gap) skip(text []byte, i int) (at int, wide bool) {
	from := i
	switch g {
	case colon:
		if i = skipMarkup(text, i); i == len(text) || text[i] != ':' {
			return -1, false
		}
		return skipMarkup(text, i+1), true
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

// skipMarkup passes over spaces, quotes, tags and what Markdown makes words bold with:
// <b>Name:</b> Ada and **Name:** Ada.
func skipMarkup(text []byte, i int) int {
	stars := 0
	for end := min(len(text), i+widest); i < end; {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || isQuote(c):
			i++
		case c == '*' && stars < 3: // more hide a password
			stars++
			i++
		case c == '<':
			after := tagEnd(text, i)
			if after == i {
				return i
			}
			i = after
		default:
			return i
		}
	}
	return i
}

// longestTag is how many letters the name of a tag has at most.
const longestTag = 10

// tagEnd is behind the tag at text[i:], i if that is none of letters alone: what is passed
// over here is looked at by nobody.
func tagEnd(text []byte, i int) int {
	at := i + 1
	if at < len(text) && text[at] == '/' {
		at++
	}
	from := at
	for at < len(text) && at-from < longestTag && is(text[at], letter) {
		at++
	}
	if at == from || at == len(text) || text[at] != '>' {
		return i
	}
	return at + 1
}

// markupBefore is where the markup begins that text[:i] ends with, and i without one.
func markupBefore(text []byte, i int) int {
	for stars := 0; i > 0; i-- {
		switch c := text[i-1]; {
		case c == ' ' || isQuote(c):
		case c == '*' && stars < 3:
			stars++
		case c == '>':
			open := i - 1
			for open > 0 && i-open < longestTag+len("</>") && text[open] != '<' {
				open--
			}
			if tagEnd(text, open) != i {
				return i
			}
			i = open + 1
		default:
			return i
		}
	}
	return i
}

// countsAsTag is for how many bytes a tag counts before a name, however long it is.
const countsAsTag = 8

// skipBreaks passes over what stands between a greeting at the end and its name.
func skipBreaks(text []byte, i int) (at int, wide bool) {
	from := i
	for i < len(text) && i < from+widest {
		switch c := text[i]; {
		case c == ',' || c == '\n' || c == '!':
			wide = true
		case c <= ' ', c == '-', c == '>', c == '*', c == '.':
		case c == '<':
			end := i + 1
			for end < len(text) && text[end] != '>' && text[end] != '<' {
				end++
			}
			from += end - i - countsAsTag // an address in it may be a mark by then
			i, wide = end, true
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
