package answer

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mcpserver"
)

// asks stands in place of a question.
const asks = "The tool asks for more input before it answers, and did not get it."

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
			Type       string          `json:"resultType"`
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
	if kind := answer.Result.Type; kind != "" && kind != "complete" {
		return mcpserver.Result{Text: asks, IsError: true}, true
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
	s := structured(answer.Result.Structured)
	if string(s) == `{"value":null}` {
		s = nil
	}
	if len(texts) == 0 && s != nil {
		texts = []string{string(s)} // many clients show texts alone
	}
	r := textsOf(texts, answer.Result.IsError)
	r.Structured = s
	return r, true
}

// textsOf gives each text as far as the mask can look into it.
func textsOf(texts []string, isError bool) mcpserver.Result {
	r := mcpserver.Result{Text: "The tool answered without a text.", IsError: isError}
	for i, text := range texts {
		text, _ = readable([]byte(text))
		if i == 0 {
			r.Text = text
		} else {
			r.Notes = append(r.Notes, text)
		}
	}
	return r
}
