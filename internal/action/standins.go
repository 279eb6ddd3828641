package action

import "strings"

// Misplaced names an argument with a surrogate in a place where none is turned
// back and a surrogate means nothing: anywhere but in a text of an effect's body.
// It is "" for none. A text whose place is not marked as restorable keeps what it
// holds, and people read that.
func (a *Action) Misplaced(args Args) string {
	for name, v := range args {
		if !a.IsText(name) && v.holdsStandIn() {
			return name
		}
	}
	return ""
}

func (v Value) holdsStandIn() bool {
	if HasStandIn(v.Text) {
		return true
	}
	for _, item := range v.List {
		if item.holdsStandIn() {
			return true
		}
	}
	for name, field := range v.Fields {
		if HasStandIn(name) || field.holdsStandIn() {
			return true
		}
	}
	return false
}

// HasStandIn says that a text holds what looks like a surrogate, [type:…].
func HasStandIn(text string) bool { return strings.IndexByte(text, '[') >= 0 && standIns(text) > 0 }

// standIns is how many bytes of a text look like surrogates: those that are become
// something shorter, which the same catalog reads again before it leaves, and
// those that are not are refused then.
func standIns(text string) int {
	n := 0
	for {
		open := strings.IndexByte(text, '[')
		if open < 0 {
			return n
		}
		text = text[open+1:]
		end, colon := strings.IndexByte(text, ']'), strings.IndexByte(text, ':')
		if end < 0 {
			return n
		}
		if colon > 0 && colon < end && end < maxStandIn && isName(strings.ToLower(text[:colon])) && isSealed(text[colon+1:end]) {
			n += end + 2
			text = text[end+1:]
		}
	}
}

// Bounds of a surrogate, and of what is sealed in it.
const (
	maxStandIn = 640
	minSealed  = 33
)

// isSealed says that text begins with what could be sealed: base32.
func isSealed(text string) bool {
	for i := range minSealed {
		if i == len(text) || (text[i]|0x20)-'a' >= 26 && text[i]-'2' >= 6 {
			return false
		}
	}
	return true
}
