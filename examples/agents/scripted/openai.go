package scripted

import (
	"encoding/json"
	"fmt"
	"strings"
)

const name = "scripted"

// chat is a request to /v1/chat/completions.
type chat struct {
	Stream   bool `json:"stream"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	} `json:"tools"`
}

func (c *chat) streams() bool { return c.Stream }

func (c *chat) offered() []string {
	var out []string
	for _, t := range c.Tools {
		out = append(out, t.Function.Name)
	}
	return out
}

func (c *chat) results() []string {
	var out []string
	for _, m := range c.Messages {
		if m.Role == "tool" {
			out = append(out, text(m.Content))
		}
	}
	return out
}

func (c *chat) answer(number int, step Step) any {
	message, finish := map[string]any{"role": "assistant", "content": step.Say}, "stop"
	if step.Call != "" {
		finish = "tool_calls"
		message = map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{map[string]any{
			"id": callID(number), "type": "function", "function": map[string]any{"name": step.Call, "arguments": step.arguments()},
		}}}
	}
	return map[string]any{
		"id": fmt.Sprintf("chatcmpl-%d", number), "object": "chat.completion", "created": 0, "model": name,
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": finish}},
		"usage":   map[string]any{"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
	}
}

// responses is a request to /v1/responses. Its input is a text, or items.
type responses struct {
	Stream bool            `json:"stream"`
	Input  json.RawMessage `json:"input"`
	Tools  []struct {
		Name string `json:"name"`
	} `json:"tools"`
}

func (r *responses) streams() bool { return r.Stream }

func (r *responses) offered() []string {
	var out []string
	for _, t := range r.Tools {
		out = append(out, t.Name)
	}
	return out
}

func (r *responses) results() []string {
	var items []struct {
		Type   string          `json:"type"`
		Output json.RawMessage `json:"output"`
	}
	if json.Unmarshal(r.Input, &items) != nil {
		return nil // a text: the conversation begins
	}
	var out []string
	for _, item := range items {
		if item.Type == "function_call_output" {
			out = append(out, text(item.Output))
		}
	}
	return out
}

func (r *responses) answer(number int, step Step) any {
	item := map[string]any{
		"type": "message", "id": fmt.Sprintf("msg_%d", number), "role": "assistant", "status": "completed",
		"content": []any{map[string]any{"type": "output_text", "text": step.Say, "annotations": []any{}}},
	}
	if step.Call != "" {
		item = map[string]any{
			"type": "function_call", "id": fmt.Sprintf("fc_%d", number), "call_id": callID(number),
			"name": step.Call, "arguments": step.arguments(), "status": "completed",
		}
	}
	return map[string]any{
		"id": fmt.Sprintf("resp_%d", number), "object": "response", "created_at": 0, "status": "completed", "model": name,
		"output": []any{item}, "parallel_tool_calls": false, "tool_choice": "auto", "tools": []any{},
		"usage": map[string]any{
			"input_tokens": 0, "input_tokens_details": map[string]any{"cached_tokens": 0},
			"output_tokens": 0, "output_tokens_details": map[string]any{"reasoning_tokens": 0}, "total_tokens": 0,
		},
	}
}

func callID(number int) string { return fmt.Sprintf("call_%d", number) }

// text is what the model reads of a content: a text, or the texts of its parts.
// A part that is none is shown as it is.
func text(content json.RawMessage) string {
	var whole string
	if json.Unmarshal(content, &whole) == nil {
		return whole
	}
	var parts []json.RawMessage
	if json.Unmarshal(content, &parts) != nil {
		parts = []json.RawMessage{content}
	}
	var out []string
	for _, part := range parts {
		var typed struct {
			Text *string `json:"text"`
		}
		if json.Unmarshal(part, &typed) == nil && typed.Text != nil {
			out = append(out, *typed.Text)
			continue
		}
		out = append(out, string(part))
	}
	return strings.Join(out, "\n")
}
