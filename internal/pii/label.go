package pii

import "unicode/utf8"

// Labels that announce a WeChat id.
var (
	wechatLabels = [...]string{"WeChat", "wechat", "Wechat", "WeChat ID", "WeChat id", "wechat id"}
)

// longestName is how many Chinese characters a name has at most.
const longestName = 4

// labelled is the name, the id or the secret behind a label that ends with the colon or
// the equals sign at text[i], in quotes and markup or not.
func labelled(text []byte, i int) Span {
	end := i
	if end > 0 && !is(text[end-1], letter|digit) && text[end-1] < 0x80 {
		end = markupBefore(text, end)
	}
	if end < 3 || !is(text[end-1], ending) || !endsLabel(text[:end]) {
		return Span{} // nearly every colon
	}
	begin := skipMarkup(text, i+1)
	before := text[:end]
	switch {
	case text[end-1] >= 0x80:
		return hanLabelled(text, before, begin)
	case anyBefore(before, wechatLabels[:]):
		return wechatID(text, begin)
	case endsSecretLabel(before):
		return secretWord(text, begin)
	}
	return Span{}
}

// hanSaid is the id or the secret at text[i:] behind 微信号 or 密码.
func hanSaid(text, before []byte, i int) Span {
	switch string(before[len(before)-3:]) {
	case "信", "号", "码", "令", "號", "碼":
	default:
		return Span{}
	}
	switch {
	case saysWeChat(before):
		return wechatID(text, i)
	case anyBefore(before, hanSecretLabels[:]):
		if s := secretWord(text, i); s.Type != None {
			return s
		}
		return secretDigits(text, i)
	}
	return Span{}
}

// saysWeChat reports text that ends with 微信, and 号 or the like behind it.
func saysWeChat(text []byte) bool {
	end := len(text)
	for end > 3 {
		switch string(text[end-3 : end]) {
		case "信":
			return anyBefore(text[:end], []string{"微信"})
		case "号", "號", "码", "碼", "账":
			end -= 3
		default:
			return false
		}
	}
	return false
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// endsLabel reports what the labels end with: a Chinese character, or the last two letters
// of WeChat, its id, or a word for a password or a key. Nearly no text does.
func endsLabel(text []byte) bool {
	n := len(text)
	if text[n-1] >= 0x80 {
		return true
	}
	switch last := text[n-1] | 0x20; text[n-2] | 0x20 {
	case 'r', 'w':
		return last == 'd'
	case 'i':
		return last == 'd' && text[n-3] == ' '
	case 'a':
		return last == 't'
	case 's':
		return last == 'e'
	case 'd':
		return last == 'e'
	case 'e':
		return last == 'y' || last == 't' || last == 'n'
	}
	return false
}

// wechatID is the id that stands at text[i:].
func wechatID(text []byte, i int) Span {
	end := i
	for end < len(text) && referential(text[end]) {
		end++
	}
	if size := end - i; size < 5 || size > 20 || numberCut(text, i, end) < end || standsIn(text, end) {
		return Span{}
	}
	return Span{Start: i, End: end, Type: WeChat}
}

// isHanAt reports a Chinese character at text[i:].
func isHanAt(text []byte, i int) bool {
	r, _ := utf8.DecodeRune(text[min(i, len(text)):])
	return isHan(r)
}

// longestPart is how many characters the parts of a name with a dot have: 买买提·艾力.
const longestPart = 6

// dottedEnd is the end of a name in Chinese whose two parts a dot stands between; i for
// any other.
func dottedEnd(text []byte, i int) int {
	end := i
	for part := range 2 {
		from := end
		for end < from+longestPart*3 && isHanAt(text, end) {
			end += 3
		}
		if end == from {
			return i
		}
		if part > 0 {
			break
		}
		r, size := utf8.DecodeRune(text[end:])
		if r != '·' && r != '•' && r != '‧' && r != '・' {
			return i
		}
		end += size
	}
	return end
}

// nameEnd is the end of a name at text[i:]: a few Chinese characters, or words
// in letters.
func nameEnd(text []byte, i int) int {
	if end := dottedEnd(text, i); end > i {
		return end
	}
	end := i
	for n := 0; n < longestName; n++ {
		r, size := utf8.DecodeRune(text[end:])
		if (r < 0x4E00 || r > 0x9FFF) && (r < 0x3400 || r > 0x4DBF) {
			break
		}
		end += size
	}
	if end == i+3 && end < len(text) && text[end] == ' ' { // 王 芳, as forms print it
		given := skipSpaces(text, end)
		if n := given + 3; n <= len(text) && isHanAt(text, given) && !isHanAt(text, n) {
			return n
		}
	}
	if end > i {
		return end
	}
	for end < len(text) && end < i+widest && (is(text[end], letter) || text[end] == ' ') {
		end++
	}
	for end > i && text[end-1] == ' ' {
		end--
	}
	return end
}
