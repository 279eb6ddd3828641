package mcpserver

// Resource is one entry of a list of resources, or of their templates.
type Resource struct {
	Name        string
	Description string
	URI         string // of a template with its arguments' names in braces
}

// ListedResources answers resources/list.
func ListedResources(f Frame, all []Resource) []byte {
	return listResources(f, `"resources":[`, `,"uri":`, all)
}

// ListedTemplates answers resources/templates/list.
func ListedTemplates(f Frame, all []Resource) []byte {
	return listResources(f, `"resourceTemplates":[`, `,"uriTemplate":`, all)
}

func listResources(f Frame, begin, address string, all []Resource) []byte {
	out := []byte(begin)
	for i, r := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"name":`...), r.Name)
		out = appendText(append(out, `,"description":`...), r.Description)
		out = append(appendText(append(out, address...), r.URI), '}')
	}
	return result(f.ID, append(append(out, ']'), uncached...))
}

// Prompt is one entry of a list of prompts.
type Prompt struct {
	Name        string
	Description string
	Arguments   []PromptArgument
}

// PromptArgument is a text that a prompt takes.
type PromptArgument struct {
	Name        string
	Description string
	Required    bool
}

// ListedPrompts answers prompts/list.
func ListedPrompts(f Frame, all []Prompt) []byte {
	out := []byte(`"prompts":[`)
	for i, p := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"name":`...), p.Name)
		out = append(appendText(append(out, `,"description":`...), p.Description), `,"arguments":[`...)
		for j, a := range p.Arguments {
			if j > 0 {
				out = append(out, ',')
			}
			out = appendText(append(out, `{"name":`...), a.Name)
			out = appendText(append(out, `,"description":`...), a.Description)
			if a.Required {
				out = append(out, `,"required":true`...)
			}
			out = append(out, '}')
		}
		out = append(out, "]}"...)
	}
	return result(f.ID, append(append(out, ']'), uncached...))
}

// maxCompleted is the most values that the protocol lets one answer have.
const maxCompleted = 100

// Completed answers completion/complete.
func Completed(f Frame, values []string) []byte {
	total := len(values)
	more := total > maxCompleted
	if more {
		values = values[:maxCompleted]
	}
	out := appendTexts([]byte(`"completion":{"values":`), values)
	out = appendInt(append(out, `,"total":`...), int64(total))
	if more {
		return result(f.ID, append(out, `,"hasMore":true}`...))
	}
	return result(f.ID, append(out, `,"hasMore":false}`...))
}

// Content is a text of a resource.
type Content struct {
	MediaType string // "" for none
	Text      string
}

// Contents answers resources/read.
func Contents(id ID, uri string, all []Content, meta []byte) []byte {
	out := []byte(`"contents":[`)
	for i, c := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"uri":`...), uri)
		if c.MediaType != "" {
			out = appendText(append(out, `,"mimeType":`...), c.MediaType)
		}
		out = append(appendText(append(out, `,"text":`...), c.Text), '}')
	}
	return result(id, append(append(append(append(out, ']'), uncached...), `,"_meta":`...), meta...))
}

// Said is one message of a prompt.
type Said struct {
	Role string // user or assistant
	Text string
}

// Prompted answers prompts/get.
func Prompted(id ID, description string, all []Said, meta []byte) []byte {
	out := append(appendText([]byte(`"description":`), description), `,"messages":[`...)
	for i, s := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"role":`...), s.Role)
		out = append(appendText(append(out, `,"content":{"type":"text","text":`...), s.Text), "}}"...)
	}
	return result(id, append(append(append(out, ']'), `,"_meta":`...), meta...))
}
