package action

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Export says that an effect hands out a list, and what bounds it.
type Export struct {
	Rows string // the member of the answer that is the list, of objects
	Most string // the argument that says how many rows at most
}

// exportSource is an action's export as it is written.
type exportSource struct {
	Rows string `yaml:"rows"`
	Most string `yaml:"most"`
}

// Watermark says under whose word a list was handed out.
type Watermark struct {
	Approval   string    `json:"approval"`    // the intent, int_…
	ApprovedBy []string  `json:"approved_by"` // people; empty where the policy asked nobody
	AskedBy    string    `json:"asked_by"`    // the agent
	At         time.Time `json:"at"`
}

// errUnmarked says that an answer has no list which could be marked.
var errUnmarked = errors.New("the answer is no JSON object with the list of rows that the catalog names")

// watermark is the member of an answer, and of each of its rows, that is the mark.
const watermark = "watermark"

// export reads what an action hands out.
func (b *actionCompiler) export() {
	src := b.src.Export
	if src == nil {
		return
	}
	if !b.action.Effect || b.action.Upload {
		b.add(".export", "is of an effect: a read is not approved", nil)
	}
	if src.Rows == "" || src.Rows == watermark {
		b.add(".export.rows", "must name the member of the answer that is the list", quoted(src.Rows))
	}
	if p, ok := b.action.Param(src.Most); !ok || p.Kind != Integer || !p.Required {
		b.add(".export.most", "must name a required argument that is an integer: how many rows at most", quoted(src.Most))
	}
	b.action.Export = &Export{Rows: src.Rows, Most: src.Most}
}

// Mark is the answer to an export with no more rows than were asked for, and with
// the mark on it and on each row. Lists and objects beside the rows are left out.
// Where there is nothing to mark, nothing of the answer is left, and the error says
// so: what comes back may go out in any case.
func (a *Action) Mark(body []byte, args Args, mark Watermark) ([]byte, error) {
	if mark.ApprovedBy == nil {
		mark.ApprovedBy = []string{}
	}
	object, err := a.said(body)
	if err == nil {
		object, err = a.Export.mark(object, int(args[a.Export.Most].Int), mark)
	}
	if err != nil {
		object, _ = json.Marshal(map[string]any{watermark: mark, "withheld": err.Error()})
	}
	return a.AsAnswer(object), err
}

// said is the JSON object of an answer.
func (a *Action) said(body []byte) ([]byte, error) {
	answer, what := parseAnswer(jsonBody.mediaType(), body)
	if what != "" {
		return nil, errUnmarked
	}
	if a.op.mcp == nil {
		return body, nil
	}
	if _, failed, what := structured(&answer); failed || what != "" {
		return nil, errUnmarked
	}
	var message struct {
		Result struct {
			Structured json.RawMessage `json:"structuredContent"`
			Content    []struct {
				Text string `json:"text"`
			} `json:"content"`
		} `json:"result"`
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return nil, errUnmarked
	}
	if len(message.Result.Structured) == 0 {
		return []byte(message.Result.Content[0].Text), nil
	}
	return message.Result.Structured, nil
}

func (e *Export) mark(object []byte, most int, mark Watermark) ([]byte, error) {
	var all map[string]json.RawMessage
	rows := []map[string]json.RawMessage{}
	if json.Unmarshal(object, &all) != nil || json.Unmarshal(all[e.Rows], &rows) != nil {
		return nil, errUnmarked
	}
	line, _ := json.Marshal(strings.Join(append([]string{mark.Approval}, mark.ApprovedBy...), " "))
	rows = rows[:min(len(rows), max(most, 0))]
	for i := range rows {
		if rows[i] == nil {
			rows[i] = map[string]json.RawMessage{}
		}
		rows[i][watermark] = line
	}
	out := map[string]any{e.Rows: rows, watermark: mark}
	for name, value := range all {
		if _, taken := out[name]; !taken && value[0] != '[' && value[0] != '{' {
			out[name] = value
		}
	}
	return json.Marshal(out)
}
