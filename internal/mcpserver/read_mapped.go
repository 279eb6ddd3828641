package mcpserver

// readResource reads resources/read.
func (m *message) readResource(f Frame) (Frame, *Fault) {
	uri, _ := m.params.Member("uri").Text()
	if uri == "" || len(uri) > maxURI || !only(m.params, "_meta", "uri") {
		return Frame{}, bad(f.ID, codeParams, "The params must have the uri of a resource, and nothing else.")
	}
	f.Call.Name = uri
	return f, nil
}

// getPrompt reads prompts/get.
func (m *message) getPrompt(f Frame) (Frame, *Fault) {
	name, _ := m.params.Member("name").Text()
	if name == "" || len(name) > maxName || !only(m.params, "_meta", "name", "arguments") {
		return Frame{}, bad(f.ID, codeParams, "The params must have the name of a prompt and its arguments, and nothing else.")
	}
	f.Call = ToolCall{Name: name, Arguments: m.params.Member("arguments")}
	return f, nil
}

// complete reads completion/complete. What other arguments are (context) does
// not matter: an argument has the same values whatever they are.
func (m *message) complete(f Frame) (Frame, *Fault) {
	ref, argument := m.params.Member("ref"), m.params.Member("argument")
	kind, _ := ref.Member("type").Text()
	f.Partial.Argument, _ = argument.Member("name").Text()
	value, isText := argument.Member("value").Text()
	f.Partial.Value = value
	switch kind {
	case "ref/prompt":
		f.Partial.Prompt, _ = ref.Member("name").Text()
	case "ref/resource":
		f.Partial.URI, _ = ref.Member("uri").Text()
	}
	whole := f.Partial.Prompt+f.Partial.URI != "" && f.Partial.Argument != "" && isText &&
		only(m.params, "_meta", "ref", "argument", "context") && only(ref, "type", "name", "uri", "title") && only(argument, "name", "value")
	if !whole || len(value) > maxURI {
		return Frame{}, bad(f.ID, codeParams, "The params must have a ref to a prompt or a resource, and the name and value of one argument.")
	}
	return f, nil
}
