package answer

import (
	"encoding/json"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mcpserver"
)

// Contents makes the answer to a resources/read from that of the tool's MCP
// server: its texts, as far as the mask can look into them.
func Contents(f mcpserver.Frame, o Outcome) []byte {
	var result struct {
		Contents []struct {
			MediaType string  `json:"mimeType"`
			Text      *string `json:"text"`
		} `json:"contents"`
	}
	if fault := o.result(f, &result); fault != nil {
		return fault.Body()
	}
	var out []mcpserver.Content
	for _, c := range result.Contents {
		one := mcpserver.Content{Text: leftOut}
		if c.Text != nil {
			one.Text, _ = readable([]byte(*c.Text))
			if plainMedia.MatchString(c.MediaType) {
				one.MediaType = c.MediaType
			}
		}
		out = append(out, one)
	}
	return mcpserver.Contents(f.ID, f.Call.Name, out, o.meta())
}

// Prompted makes the answer to a prompts/get; the description is the catalog's.
func Prompted(f mcpserver.Frame, description string, o Outcome) []byte {
	var result struct {
		Messages []struct {
			Role    string `json:"role"`
			Content struct {
				Type string `json:"type"`
				Text string `json:"text"`
			} `json:"content"`
		} `json:"messages"`
	}
	if fault := o.result(f, &result); fault != nil {
		return fault.Body()
	}
	var out []mcpserver.Said
	for _, m := range result.Messages {
		one := mcpserver.Said{Role: "user", Text: leftOut}
		if m.Role == "assistant" {
			one.Role = m.Role
		}
		if m.Content.Type == "text" {
			one.Text, _ = readable([]byte(m.Content.Text))
		}
		out = append(out, one)
	}
	return mcpserver.Prompted(f.ID, description, out, o.meta())
}

// leftOut stands in place of what is no text.
const leftOut = "A part of the answer that is no text was left out."

// plainMedia is a media type that says nothing but that.
var plainMedia = regexp.MustCompile(`^[a-z]{1,32}/[a-z0-9.+-]{1,64}$`)

// result reads the result of a server's answer; what else it is, the client is
// told as an error, because nothing here has a result that fails.
func (o Outcome) result(f mcpserver.Frame, into any) *mcpserver.Fault {
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	var kind struct {
		Type string `json:"resultType"`
	}
	fail := func(say string) *mcpserver.Fault { return mcpserver.DeniedFault(f.ID, say, o.meta()) }
	switch {
	case o.Status != 200 || !utf8.Valid(o.Body) || json.Unmarshal(o.Body, &answer) != nil:
		return fail("The tool's server answered with status " + strconv.Itoa(o.Status) + " and no result.")
	case answer.Error != nil:
		text, _ := readable([]byte(answer.Error.Message))
		return fail("The tool's server answered with error " + strconv.Itoa(answer.Error.Code) + ": " + text)
	case json.Unmarshal(answer.Result, &kind) != nil || json.Unmarshal(answer.Result, into) != nil:
		return fail("The tool's server answered with a result that cannot be read.")
	case kind.Type != "" && kind.Type != "complete":
		return fail(asks)
	default:
		return nil
	}
}
