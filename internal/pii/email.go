package pii

import "bytes"

// emailAt is the address around the @ at text[at].
func emailAt(text []byte, at, floor int) Span {
	begin := at
	for begin > floor && is(text[begin-1], local) {
		begin--
	}
	if begin == at {
		if begin = quoted(text, at, floor); begin == at {
			return Span{}
		}
	} else {
		begin = wholeRune(text, begin, at, floor)
		for begin < at && (text[begin] == '.' || text[begin] == '-' || text[begin] == '\'') {
			begin++
		}
		begin = returned(text, begin, at, floor)
	}
	end := domainEnd(text, at+1)
	if end == 0 {
		end = literalEnd(text, at+1)
	}
	if begin == at || end == 0 || begin+3 == at && string(text[begin:at]) == "git" || isDigest(text[begin:at]) {
		return Span{}
	}
	if opensURL(text, begin, floor) {
		return Span{Start: begin, End: at, Type: Secret}
	}
	return Span{Start: begin, End: end, Type: Email}
}

// longestUser bounds how far before a password the address of its host is looked for.
const longestUser = 64

// opensURL reports that the word at text[i:] before an @ is the password of a URL, as in
// postgres://user:password@host.
func opensURL(text []byte, i, floor int) bool {
	if i == floor || text[i-1] != ':' {
		return false
	}
	for at := i - 2; at > floor && at > i-longestUser; at-- {
		switch c := text[at]; {
		case c == '/':
			return text[at-1] == '/'
		case c <= ' ' || c == '@' || c == ':':
			return false
		}
	}
	return false
}

// longestLocal is how long the part of an address before its @ is at most.
const longestLocal = 64

// quoted is where the part of an address in quotes begins that ends before the @ at
// text[at], as in "ann lee"@example.com; at for none.
func quoted(text []byte, at, floor int) int {
	if at < floor+3 || text[at-1] != '"' {
		return at
	}
	for i := at - 2; i >= floor && i > at-longestLocal-3; i-- {
		switch c := text[i]; {
		case c == '"' && i < at-2 && (i == floor || !wordy(text[i-1])):
			return i
		case c == '"', c < ' ', c == '[', c == ']': // a mark in quotes is a name before a host
			return at
		}
	}
	return at
}

// returned is where an address begins to which mail comes back, and in which that of
// the reader stands: bounces+7-ann.lee=example.com@mail.example.
func returned(text []byte, begin, at, floor int) int {
	if begin == floor || text[begin-1] != '=' || domainEnd(text[:at], begin) != at {
		return begin
	}
	from, plus := begin-1, false
	for from > floor && is(text[from-1], local) {
		from--
		plus = plus || text[from] == '+'
	}
	from = wholeRune(text, from, begin-1, floor)
	if plus || hasAt(text, from, "bounce") {
		return from
	}
	return begin
}

// isDigest reports a digest in hexadecimal, as the identifiers of messages have
// before their @: no mailbox of a person is called so.
func isDigest(local []byte) bool {
	if len(local) < 32 {
		return false
	}
	for _, c := range local {
		if HexDigit(c) < 0 {
			return false
		}
	}
	return true
}

// wholeRune moves begin right out of a three- or four-byte character, whose
// last bytes look like those of a two-byte one, unless nothing would be left:
// then the address is written in such characters, and all of them are taken.
func wholeRune(text []byte, begin, at, floor int) int {
	from := begin
	for from < at && text[from]&0xC0 == 0x80 {
		from++
	}
	if from < at {
		return from
	}
	for begin > floor && text[begin-1] >= 0x80 {
		begin--
	}
	return begin
}

// domainEnd is the end of the host name at text[from:], 0 when it is none. All
// that could belong to it is taken, a full stop at its end apart.
func domainEnd(text []byte, from int) int {
	end := from
	wide := from < len(text) && text[from] >= 0xE0 // a name in Chinese or the like
	for end < len(text) && (is(text[end], domain) || wide && text[end] >= 0x80) {
		end++
	}
	for end > from && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	host := text[from:end]
	if len(host) > 2 && isDigit(host[0]) && host[1] == 'x' && host[2] == '.' {
		return 0 // logo@2x.png
	}
	for i := 1; i+2 < len(host); i++ {
		if host[i] == '.' && topLevel(host[i+1:]) {
			return end
		}
	}
	return 0
}

// longestLiteral is how long an address in brackets is at most.
const longestLiteral = len("[IPv6:0000:0000:0000:0000:0000:0000:255.255.255.255]")

// literalEnd is the end of the address of a host in brackets at text[i:], as in
// ann@[192.0.2.1] and ann@[IPv6:2001:db8::1]; 0 for anything else.
func literalEnd(text []byte, i int) int {
	if i == len(text) || text[i] != '[' {
		return 0
	}
	const v6 = "ipv6:"
	dots, colons, end := 0, 0, i+1
	six := end+len(v6) <= len(text) && bytes.EqualFold(text[end:end+len(v6)], []byte(v6))
	if six {
		end += len(v6)
	}
	for ; end < len(text) && end < i+longestLiteral; end++ {
		switch c := text[end]; {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c == ']' && (six && colons >= 2 || !six && dots == 3 && colons == 0):
			return end + 1
		case !isDigit(c) && (!six || HexDigit(c) < 0):
			return 0
		}
	}
	return 0
}

// topLevel reports whether a label can end a host name: it begins with two letters.
func topLevel(label []byte) bool {
	return (is(label[0], letter) || label[0] >= 0x80) && (is(label[1], letter) || label[1] >= 0x80)
}
