package action

import "slices"

// What an MCP server's answer is made of. The HTTP status says nothing more
// than that there is one: whoever fetched it has found the answer to its own
// request, and gives it as JSON with status 200.

// classifyMCP says what an answer proves about an effect: without a word in the
// catalog, a result without isError that it was applied, a JSON-RPC error about
// the method or the arguments that it was not, and all else nothing.
func (a *Action) classifyMCP(status int, mediaType string, body []byte) Outcome {
	answer, what := parseAnswer(mediaType, body)
	if status != 200 || what != "" {
		return OutcomeUnknown
	}
	failure, result := answer.member("error"), answer.member("result")
	if failure != nil {
		code := failure.member("code")
		if result == nil && code != nil && slices.Contains(a.op.notApplied.errors, code.text) {
			return OutcomeNotApplied
		}
		return OutcomeUnknown
	}
	if !complete(result) {
		return OutcomeUnknown
	}
	switch isError := result.member("isError"); {
	case isError == nil || isError.is("false"):
		if a.op.applied.holds(result) {
			return OutcomeApplied
		}
	case isError.is("true") && a.op.notApplied.isError && a.op.notApplied.holds(result):
		return OutcomeNotApplied
	}
	return OutcomeUnknown
}

// is compares a node with true or false.
func (n *node) is(word string) bool { return n.kind == boolNode && n.text == word }

// AsAnswer is an answer that says this JSON object: itself, or around it what an
// MCP server's answer has.
func (a *Action) AsAnswer(object []byte) []byte {
	if a.op.mcp == nil {
		return object
	}
	return append(append([]byte(`{"result":{"structuredContent":`), object...), "}}"...)
}

// complete says that a result is the end of its call: a server may also ask for
// more input first.
func complete(result *node) bool {
	if result == nil || result.kind != objectNode {
		return false
	}
	kind := result.member("resultType")
	return kind == nil || kind.text == "complete"
}

// structured is what a tool's answer says to programs: its structuredContent,
// or else the JSON object that its one text is. failed means that the tool
// answered with an error; what is wrong, or "".
func structured(answer *node) (_ node, failed bool, what string) {
	result := answer.member("result")
	if answer.member("error") != nil {
		return node{}, true, "is a JSON-RPC error"
	}
	if !complete(result) {
		return node{}, false, "has no result"
	}
	if isError := result.member("isError"); isError != nil && !isError.is("false") {
		return node{}, true, "is an error of the tool"
	}
	if content := result.member("structuredContent"); content != nil && content.kind == objectNode {
		return *content, false, ""
	}
	for _, place := range []string{"content", "contents"} { // of a tool, of a resource
		content := result.member(place)
		if content == nil || len(content.items) != 1 {
			continue
		}
		if text := content.items[0].member("text"); text != nil && text.kind == stringNode {
			if n, err := parseJSON(text.text); err == nil && n.kind == objectNode {
				return n, false, ""
			}
		}
	}
	return node{}, false, "has neither structuredContent nor a text that is a JSON object"
}
