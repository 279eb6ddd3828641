package pii

// What stands in the place of a finding is in brackets: a mark, [email], or a surrogate
// that begins as one does, [email:b…]. It says nothing about what stands beside it.

// Mark is how many bytes of text, from its beginning, are a mark: 0 for none.
func Mark(text []byte) int {
	if end := markName(text); end > 0 && end < len(text) && text[end] == ']' {
		return end + 1
	}
	return 0
}

// markName is the end of the type with which a mark or a surrogate at the beginning of
// text begins, 0 for none.
func markName(text []byte) int {
	if len(text) == 0 || text[0] != '[' {
		return 0
	}
	end := 1
	for end < len(text) && (is(text[end], letter) || text[end] == '_') {
		end++
	}
	if _, ok := ParseType(string(text[1:end])); !ok {
		return 0
	}
	return end
}

// standsIn reports a mark or a surrogate at text[i:], or of one the bracket with which the
// text before it ends.
func standsIn(text []byte, i int) bool {
	return i < len(text) && text[i] == '[' && (i+1 == len(text) || markName(text[i:]) > 0)
}
