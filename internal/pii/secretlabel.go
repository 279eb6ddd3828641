package pii

import "bytes"

// secretLabels announce a password or a key in running text, as in password: hunter-two.
var secretLabels = [...]string{"password", "passwd", "pwd", "passphrase", "passcode",
	"api key", "api_key", "api-key", "apikey", "access key", "access_key", "secret key", "secret_key",
	"client secret", "client_secret", "app secret", "app_secret", "webhook secret", "webhook_secret", "signing secret", "signing_secret",
	"access token", "access_token", "auth token", "auth_token", "api token", "api_token", "refresh_token", "session_token"}

var hanSecretLabels = [...]string{"密码", "口令", "密碼"}

// askedFor stand before 密码 where it is spoken of, and what follows is something else.
var askedFor = [...]string{"忘记", "忘了", "忘記", "找回", "修改", "更改", "重置", "重设", "更换", "输错", "输入", "没有", "换"}

// endsHanSecret reports the last byte of a label in Chinese.
func endsHanSecret(c byte) bool { return c == "码"[2] || c == "碼"[2] || c == "令"[2] }

// hanPassword is the password with a digit at text[i:] just behind 密码, without a sign
// between them: 密码 abc123.
func hanPassword(text []byte, i, floor int) Span {
	before := bytes.TrimRight(text[floor:i], " ")
	if !anyBefore(before, hanSecretLabels[:]) || anyBefore(before[:len(before)-2*3], askedFor[:]) {
		return Span{}
	}
	return secretWord(text, i)
}

// fewestSecret is how many bytes a password has at least.
const fewestSecret = 6

// secretWord is the password or key that stands at text[i:] behind its label. A word of
// letters alone is what somebody says about it: password: changed.
func secretWord(text []byte, i int) Span {
	end := i
	for end < len(text) && inSecret(text[end]) {
		end++
	}
	if standsIn(text, end) {
		return Span{} // it went on as what is a mark by now
	}
	for end > i && (text[end-1] == '.' || text[end-1] == '!' || text[end-1] == '?' || text[end-1] == '*') {
		end--
	}
	last := endsClause(text[end:])
	if number := numberCut(text, i, end); number < end {
		end, last = number, false
	}
	if end-i < fewestSecret || !tellsSecret(text[i:end], last) {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Secret}
}

// mostSecretDigits is how many digits a password has that is nothing else.
const mostSecretDigits = 12

// secretDigits is the password of digits alone at text[i:] behind 密码 and a sign, if its
// clause ends with it.
func secretDigits(text []byte, i int) Span {
	end := digitsEnd(text, i)
	if end-i < fewestSecret || end-i > mostSecretDigits || !rightOpen(text, end) || goesOn(text, end) || !endsClause(text[end:]) || isHanAt(text, end) {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Secret}
}

// numberCut is where in text[i:end] the first digits of a number begin that goes on behind a
// space, as a card does, and is found for itself; end for none.
func numberCut(text []byte, i, end int) int {
	from := end
	for from > i && isDigit(text[from-1]) {
		from--
	}
	if (from == i || !wordy(text[from-1])) && from < end && end+1 < len(text) && text[end] == ' ' && (isDigit(text[end+1]) || standsIn(text, end+1)) {
		return from
	}
	return end
}

// endsSecretLabel reports text that ends with one of the labels, in any capitals.
func endsSecretLabel(text []byte) bool {
	for _, label := range secretLabels {
		at := len(text) - len(label)
		if at < 0 || at > 0 && is(text[at-1], letter) || !sameFolded(text[at:], label) {
			continue
		}
		return true
	}
	return false
}

// sameFolded reports text that is word but for the capitals of its letters.
func sameFolded(text []byte, word string) bool {
	for i, c := range text {
		if isUpper(c) {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// inSecret reports what passwords are written in: not what begins a stand-in, a
// placeholder or a tag.
func inSecret(c byte) bool {
	switch c {
	case '"', '\'', '`', ',', ';', '<', '>', '[', ']', '{', '}', '(', ')', '|', '\\':
		return false
	}
	return c > ' ' && c < 0x7F
}

// tellsSecret reports a word that is no word of a sentence: with letters and digits,
// with signs, or, where the clause ends with it, with a dash or capitals inside.
func tellsSecret(word []byte, last bool) bool {
	var letters, digits, signs, inner bool
	for i, c := range word {
		switch {
		case is(c, digit):
			digits = true
		case is(c, letter):
			letters = true
			inner = inner || i > 0 && c < 'a' && !isUpper(word[i-1])
		case c == '-' || c == '.' || c == '_' || c == '/' || c == '\'':
			inner = inner || i > 0 && i < len(word)-1
		case c == ':' || c == '*':
			return false // an address, or stars in its place
		default:
			signs = true
		}
	}
	return letters && digits || signs && (letters || digits) || inner && last
}

// endsClause reports that a word before text is the last of its clause.
func endsClause(text []byte) bool {
	for i, c := range text {
		switch {
		case c == ' ':
			continue
		case is(c, letter|digit):
			return false
		case c == '[': // what a mark stands for may have gone on so
			return !standsIn(text, i)
		}
		return true
	}
	return true
}
