package answer

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mcpserver"
)

// withheld stands in place of what the mask could not look into.
const withheld = "The tool answered with something that cannot be checked for personal data as text, so it was withheld."

// serverResult is the result that an MCP server gave, as far as the mask can look
// into it: its texts, its structured content, and whether it is an error. Images,
// sounds, links and everything else are left out, and the client is told.
func serverResult(body []byte) (mcpserver.Result, bool) {
	var answer struct {
		Result *struct {
			Content []struct {
				Type string `json:"type"`
				Text string `json:"text"`
			} `json:"content"`
			Structured json.RawMessage `json:"structuredContent"`
			IsError    bool            `json:"isError"`
		} `json:"result"`
		Error *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if !utf8.Valid(body) || json.Unmarshal(body, &answer) != nil || (answer.Result == nil) == (answer.Error == nil) {
		return mcpserver.Result{}, false
	}
	if e := answer.Error; e != nil {
		return textsOf([]string{"The tool's server answered with error " + strconv.Itoa(e.Code) + ".", e.Message}, true), true
	}
	var texts []string
	left := 0
	for _, c := range answer.Result.Content {
		if c.Type == "text" {
			texts = append(texts, c.Text)
		} else {
			left++
		}
	}
	if left > 0 {
		texts = append(texts, strconv.Itoa(left)+" parts of the answer that are no text were left out.")
	}
	r := textsOf(texts, answer.Result.IsError)
	if s := structured(answer.Result.Structured); s != nil && string(s) != `{"value":null}` {
		r.Structured = s
	}
	return r, true
}

// textsOf gives each text as it is, but for one that only in part is JSON: the
// mask would not see what its keys say.
func textsOf(texts []string, isError bool) mcpserver.Result {
	r := mcpserver.Result{Text: "The tool answered without a text.", IsError: isError}
	for i, text := range texts {
		if !json.Valid([]byte(text)) && hidesJSON([]byte(text)) {
			text = withheld
		}
		if i == 0 {
			r.Text = text
		} else {
			r.Notes = append(r.Notes, text)
		}
	}
	return r
}
