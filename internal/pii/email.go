package pii

// emailAt is the address around the @ at text[at].
func emailAt(text []byte, at, floor int) Span {
	begin := at
	for begin > floor && is(text[begin-1], local) {
		begin--
	}
	if begin == at {
		return Span{}
	}
	begin = wholeRune(text, begin, at, floor)
	for begin < at && (text[begin] == '.' || text[begin] == '-' || text[begin] == '\'') {
		begin++
	}
	end := domainEnd(text, at+1)
	if begin == at || end == 0 || begin+3 == at && string(text[begin:at]) == "git" || isDigest(text[begin:at]) {
		return Span{}
	}
	return Span{Start: begin, End: end, Type: Email}
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

// topLevel reports whether a label can end a host name: it begins with two letters.
func topLevel(label []byte) bool {
	return (is(label[0], letter) || label[0] >= 0x80) && (is(label[1], letter) || label[1] >= 0x80)
}
