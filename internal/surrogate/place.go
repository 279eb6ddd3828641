package surrogate

import "strings"

// IsPlain says that a token stands in plain text: not inside a tag, a link or
// another address, and not in code. What reads the text later would take the value
// for a part of those, and send it on.
func IsPlain(text string, t Token) bool {
	before, after := text[:t.Start], text[t.End:]
	if open := strings.LastIndexByte(before, '<'); open >= 0 && strings.IndexByte(before[open:], '>') < 0 && strings.IndexByte(after, '>') >= 0 {
		return false // inside a tag
	}
	if insideElement(before, "script") || insideElement(before, "style") || insideElement(before, "code") || insideElement(before, "pre") {
		return false
	}
	for _, fence := range [...]string{"`", "~~~", "{code", "{noformat"} { // Markdown's and Jira's
		if strings.Count(strings.ToLower(before), fence)%2 == 1 {
			return false
		}
	}
	word := before[strings.LastIndexAny(before, " \t\r\n")+1:]
	if end := strings.IndexAny(after, " \t\r\n"); end >= 0 {
		after = after[:end]
	}
	return !isAddress(word) && !continues(after)
}

// continues says that what stands behind a token makes it the beginning of an
// address, or the text of a link in Markdown.
func continues(after string) bool {
	switch {
	case after == "":
		return false
	case after[0] == '@' || after[0] == '/' || strings.HasPrefix(after, "]("):
		return true
	}
	return len(after) > 1 && after[0] == '.' && (lower(after[1])-'a' < 26 || after[1]-'0' < 10)
}

// insideElement says that an element was opened in text and not closed.
func insideElement(text, name string) bool {
	text = strings.ToLower(text)
	return strings.LastIndex(text, "<"+name) > strings.LastIndex(text, "</"+name)
}

// isAddress says that what stands before a token in the same word makes the token
// a part of an address, or of a link's target in Markdown.
func isAddress(word string) bool {
	word = strings.ToLower(word)
	for _, sign := range [...]string{"www.", "](", "mailto:", "tel:", "sms:", "data:", "javascript:", "href=", "src=", "?", "&", "%", "/"} {
		if strings.Contains(word, sign) {
			return true
		}
	}
	return false
}
