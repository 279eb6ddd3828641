package main

import "strings"

// insertion is an INSERT with its data taken apart from it.
type insertion struct {
	into     string // INSERT INTO table (columns)
	settings string // SETTINGS …, or ""
	format   string
	data     string
}

// splitInsert takes a statement apart when it is an INSERT that carries data:
// VALUES or FORMAT. It reports false for all others, an INSERT … SELECT among
// them.
func splitInsert(sql string) (insertion, bool) {
	s := scanner{text: sql}
	if !strings.EqualFold(s.word(), "insert") || !strings.EqualFold(s.word(), "into") {
		return insertion{}, false
	}
	s.name()
	out := insertion{}
	end := -1 // of the part before SETTINGS
	for s.next() {
		start := s.at
		switch word := s.word(); strings.ToLower(word) {
		case "":
			s.skip()
		case "select", "with", "infile", "watch", "from":
			return insertion{}, false
		case "settings":
			if end < 0 {
				end = start
			}
		case "format", "values":
			if end < 0 {
				end = start
			}
			out.into, out.settings, out.format = sql[:end], sql[end:start], "Values"
			if strings.EqualFold(word, "format") {
				out.format = s.word()
				s.lineEnd()
			}
			out.data = sql[s.at:]
			return out, true
		}
	}
	return insertion{}, false
}

// scanner walks over SQL without understanding more of it than where words,
// quotes, comments and parentheses end.
type scanner struct {
	text string
	at   int
}

// next moves to the next token; false at the end.
func (s *scanner) next() bool {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			s.at++
		case strings.HasPrefix(rest, "--"):
			s.to("\n")
		case strings.HasPrefix(rest, "/*"):
			s.to("*/")
		default:
			return true
		}
	}
	return false
}

// to moves behind the next mark, or to the end.
func (s *scanner) to(mark string) {
	if i := strings.Index(s.text[s.at:], mark); i >= 0 {
		s.at += i + len(mark)
		return
	}
	s.at = len(s.text)
}

// word reads an unquoted word; "" when something else stands here.
func (s *scanner) word() string {
	if !s.next() {
		return ""
	}
	start := s.at
	for s.at < len(s.text) && wordByte(s.text[s.at]) {
		s.at++
	}
	return s.text[start:s.at]
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// name skips a table's name, so that one called "values" is not a keyword.
func (s *scanner) name() {
	if before := s.at; !strings.EqualFold(s.word(), "table") {
		s.at = before
	}
	for {
		if s.word() == "" {
			s.skip()
		}
		if !s.next() || s.text[s.at] != '.' {
			return
		}
		s.at++
	}
}

// skip moves behind one token that is not a word: a quoted text, a pair of
// parentheses with all in it, or a single character.
func (s *scanner) skip() {
	if !s.next() {
		return
	}
	switch c := s.text[s.at]; c {
	case '\'', '"', '`':
		s.quoted(c)
	case '(':
		s.at++
		for s.next() && s.text[s.at] != ')' {
			s.skip()
		}
		s.at++
	default:
		s.at++
	}
	s.at = min(s.at, len(s.text))
}

func (s *scanner) quoted(mark byte) {
	for s.at++; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case mark:
			s.at++
			return
		}
	}
}

// lineEnd skips what stands between the name of a format and its data: blanks
// and one end of line, never more, because data may begin with either.
func (s *scanner) lineEnd() {
	at := s.at
	for at < len(s.text) && strings.IndexByte(" \t\r\f", s.text[at]) >= 0 {
		at++
	}
	switch {
	case at < len(s.text) && s.text[at] == '\n':
		s.at = at + 1
	default:
		s.at = at
	}
}
