package action

// JSON is one JSON value as the catalog reads it: strictly, with numbers as they
// were spelled. The zero JSON is no value.
type JSON struct{ node *node }

// ReadJSON reads one JSON value. A key twice, half a surrogate pair, NUL, what is
// not UTF-8, nesting below 32 levels and anything after the value are errors,
// whose texts hold nothing of the value but a repeated key.
func ReadJSON(text string) (JSON, error) {
	root, err := parseJSON(text)
	if err != nil {
		return JSON{}, err
	}
	return JSON{&root}, nil
}

// Is says whether there is a value at all.
func (j JSON) Is() bool { return j.node != nil }

// IsObject says whether it is an object.
func (j JSON) IsObject() bool { return j.node != nil && j.node.kind == objectNode }

// Keys are an object's keys in the order they stand.
func (j JSON) Keys() []string {
	if !j.IsObject() {
		return nil
	}
	return j.node.keys
}

// Member is a member of an object; no value when there is none.
func (j JSON) Member(key string) JSON {
	if !j.IsObject() {
		return JSON{}
	}
	return JSON{j.node.member(key)}
}

// Text is a JSON text, unescaped; false for everything else.
func (j JSON) Text() (string, bool) {
	if j.node == nil || j.node.kind != stringNode {
		return "", false
	}
	return j.node.text, true
}

// Plain is a text, or how a number or a truth value is spelt; false for all else.
func (j JSON) Plain() (string, bool) {
	if j.node == nil {
		return "", false
	}
	switch j.node.kind {
	case stringNode, numberNode, boolNode:
		return j.node.text, true
	default:
		return "", false
	}
}

// Integer is a number in an integer's one canonical spelling; false for
// everything else.
func (j JSON) Integer() (int64, bool) {
	if j.node == nil || j.node.kind != numberNode {
		return 0, false
	}
	return parseInt(j.node.text)
}
