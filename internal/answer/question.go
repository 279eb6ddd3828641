package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Bounds of a question, in bytes.
const (
	maxQuestion = 32 << 10
	maxSchema   = 16 << 10
)

// Questions that are not passed on.
var (
	errTooLong = errors.New("the question is too long")
	errParts   = errors.New("the question has parts that are no text, or that the gateway does not know")
)

// Question is one question of a server on its way to a client: what belongs to it
// and no more, as far as the mask can look into it.
type Question struct {
	Params []byte            // JSON on one line
	fields map[string]string // of a form: its own name by the one that the client reads
}

// Ask reads a question of a server.
func Ask(kind client.Asks, params json.RawMessage) (Question, error) {
	if len(params) > maxQuestion {
		return Question{}, errTooLong
	}
	switch kind {
	case client.Elicitation:
		return form(params)
	case client.Sampling:
		return sampling(params)
	default:
		return Question{Params: []byte("{}")}, nil
	}
}

// form is an elicitation with a form; a link is not passed on.
func form(params json.RawMessage) (q Question, err error) {
	var asked struct {
		Mode    string `json:"mode"`
		Message string `json:"message"`
		Schema  struct {
			Properties map[string]json.RawMessage `json:"properties"`
			Required   []string                   `json:"required"`
		} `json:"requestedSchema"`
	}
	if json.Unmarshal(params, &asked) != nil || asked.Mode != "" && asked.Mode != "form" || len(params) > maxSchema {
		return q, errParts
	}
	type schema struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required,omitempty"`
	}
	out := schema{Type: "object", Properties: map[string]json.RawMessage{}}
	q.fields = map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(asked.Schema.Properties)) {
		told := name
		if hides(name) {
			told = fmt.Sprintf("field_%d", i+1)
		}
		if _, twice := q.fields[told]; twice {
			return q, errParts
		}
		q.fields[told], out.Properties[told] = name, asked.Schema.Properties[name]
		if slices.Contains(asked.Schema.Required, name) {
			out.Required = append(out.Required, told)
		}
	}
	message, _ := readable([]byte(asked.Message))
	q.Params, err = oneLine(struct {
		Mode    string `json:"mode"`
		Message string `json:"message"`
		Schema  schema `json:"requestedSchema"`
	}{"form", message, out})
	return q, err
}

// hides says that the mask takes what stands under a name for personal data, as
// it does with an answer's "name": of a form it would mask the type of a field.
func hides(name string) bool {
	text, _ := json.Marshal(map[string]any{name: map[string]string{"type": "string", "title": "text"}}) //nolint:errchkjson // texts have no error
	found, err := mask.Scan(text, "application/json", mask.Default(), surrogate.Mark{})
	return err != nil || len(found) > 0
}

// sampling is a request for a text of the client's model: texts alone.
func sampling(params json.RawMessage) (q Question, err error) {
	type content struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type message struct {
		Role    string  `json:"role"`
		Content content `json:"content"`
	}
	var asked struct {
		Messages []struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
		System      string          `json:"systemPrompt"`
		MaxTokens   int64           `json:"maxTokens"`
		Temperature *float64        `json:"temperature"`
		Stop        []string        `json:"stopSequences"`
		Tools       json.RawMessage `json:"tools"`
	}
	if json.Unmarshal(params, &asked) != nil || len(asked.Messages) == 0 || asked.Tools != nil {
		return q, errParts
	}
	var out struct {
		Messages    []message `json:"messages"`
		System      string    `json:"systemPrompt,omitempty"`
		MaxTokens   int64     `json:"maxTokens"`
		Temperature *float64  `json:"temperature,omitempty"`
		Stop        []string  `json:"stopSequences,omitempty"`
	}
	out.MaxTokens, out.Temperature, out.Stop = asked.MaxTokens, asked.Temperature, asked.Stop
	out.System, _ = readable([]byte(asked.System))
	for _, m := range asked.Messages {
		var one content
		var many []content
		if json.Unmarshal(m.Content, &many) == nil && len(many) == 1 {
			one = many[0]
		} else if json.Unmarshal(m.Content, &one) != nil {
			return q, errParts
		}
		if one.Type != "text" || m.Role != "user" && m.Role != "assistant" {
			return q, errParts
		}
		one.Text, _ = readable([]byte(one.Text))
		out.Messages = append(out.Messages, message{m.Role, one})
	}
	q.Params, err = oneLine(out)
	return q, err
}

func oneLine(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), err
}

// Reply reads what a client answered, in the words of the server that asked; nil
// for what is no answer to the question.
func (q Question) Reply(kind client.Asks, raw json.RawMessage) json.RawMessage {
	if kind != client.Elicitation {
		return client.ReadReply(kind, raw)
	}
	var said struct {
		Action  string                     `json:"action"`
		Content map[string]json.RawMessage `json:"content,omitempty"`
	}
	if json.Unmarshal(raw, &said) != nil || !slices.Contains([]string{"accept", "decline", "cancel"}, said.Action) {
		return nil
	}
	content := map[string]json.RawMessage{}
	for told, value := range said.Content {
		name, asked := q.fields[told]
		if !asked {
			return nil
		}
		content[name] = value
	}
	said.Content = content
	out, err := json.Marshal(said)
	if err != nil {
		return nil
	}
	return client.ReadReply(kind, out)
}
