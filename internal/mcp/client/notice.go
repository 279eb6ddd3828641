package client

import (
	"encoding/json"
	"slices"
)

// The notifications that a server sends while it works on a call.
const (
	noticeProgress = "notifications/progress"
	noticeLog      = "notifications/message"
)

// Notice is what a server tells while it works on a call: how far it is, or a
// line of its log, which has a Level.
type Notice struct {
	Progress float64 `json:"progress"`
	Total    float64 `json:"total"` // 0 when it is not known
	Message  string  `json:"message"`

	Level  string          `json:"level"`
	Logger string          `json:"logger"`
	Data   json.RawMessage `json:"data"` // any JSON
}

// Notice reads a notification about the call with an id; false for every other
// message.
func (m Message) Notice(id string) (Notice, bool) {
	var n struct {
		Notice
		Token json.RawMessage `json:"progressToken"`
	}
	if m.Asks() || json.Unmarshal(m.Params, &n) != nil {
		return Notice{}, false
	}
	token, _ := quoted(n.Token)
	switch m.Method {
	case noticeProgress:
		return Notice{Progress: n.Progress, Total: n.Total, Message: n.Message}, token == id
	case noticeLog:
		return Notice{Level: n.Level, Logger: n.Logger, Data: n.Data}, IsLevel(n.Level) && len(n.Data) > 0
	}
	return Notice{}, false
}

// levels of a log, the least first.
var levels = []string{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"}

// IsLevel says whether a text is a level of a log.
func IsLevel(text string) bool { return slices.Contains(levels, text) }

// Reaches says whether a level is at least another one.
func Reaches(level, least string) bool {
	return slices.Index(levels, level) >= slices.Index(levels, least)
}
