package action

import "strconv"

// Reading is an answer of a read that was made for something else than a fact.
type Reading struct{ answer node }

// Read parses an answer; false when it is not a JSON object of status 200.
func Read(status int, mediaType string, body []byte) (Reading, bool) {
	if status != 200 {
		return Reading{}, false
	}
	answer, what := parseAnswer(mediaType, body)
	return Reading{answer}, what == ""
}

// Text is the text or the whole number at a dotted path, as it is spelled; false
// when there is none or it is empty.
func (r Reading) Text(path string) (string, bool) {
	n := r.answer.at(path)
	if n == nil || n.text == "" {
		return "", false
	}
	if n.kind == numberNode {
		i, err := strconv.ParseInt(n.text, 10, 64)
		return n.text, err == nil && strconv.FormatInt(i, 10) == n.text
	}
	return n.text, n.kind == stringNode
}

// Spelled is an argument from its text, in the kind that the action declares;
// false for one that no text gives. Build checks it.
func (a *Action) Spelled(name, text string) (Value, bool) {
	p, ok := a.Param(name)
	if !ok {
		return Value{}, false
	}
	switch p.Kind {
	case ID, String, Enum:
		return Value{Kind: p.Kind, Text: text}, true
	case Integer:
		i, err := strconv.ParseInt(text, 10, 64)
		return Value{Kind: Integer, Int: i}, err == nil && strconv.FormatInt(i, 10) == text
	case Bool:
		return Value{Kind: Bool, Bool: text == "true"}, text == "true" || text == "false"
	default:
		return Value{}, false
	}
}

// Spells says that a text can be a value of this kind, as Spelled takes it.
func Spells(k Kind) bool {
	return k == ID || k == String || k == Enum || k == Integer || k == Bool
}
