package answer

import (
	"encoding/json"

	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
)

// StatusTool is the tool that agents ask for the outcome of what is pending.
const StatusTool = "sallyport_status"

// mcpBody is a tool result. Everything else that clients understand as an error
// loses our words, ends their session or makes them try again.
func mcpBody(t Thing, sentence string) []byte {
	sentence = pendingMark(t) + sentence
	return mcpserver.Called(t.Call, mcpserver.Result{Text: sentence, Structured: mcpData(t, sentence), IsError: !pending(t.Code)})
}

// mcpData is a sentence with what belongs to it, for programs.
func mcpData(t Thing, sentence string) []byte {
	said, _ := json.Marshal(struct {
		Code       reason.Code `json:"code"`
		Message    string      `json:"message"`
		Pending    bool        `json:"pending"`
		Decision   string      `json:"decision"`
		Approval   string      `json:"approval,omitempty"`
		RetryAfter int64       `json:"retry_after_seconds,omitempty"`
	}{code(t), sentence, pending(t.Code), t.Decision, t.Intent, retryAfter(t)}) // strings and numbers: it cannot fail
	return said
}

// mcpError is what is answered before a message was read, or to a bad token: an
// error of HTTP that is one of JSON-RPC too. Clients of the newer era hand its
// text on; of others they keep the status alone.
func mcpError(sentence string) []byte {
	return mcpserver.RefusedFault(mcpserver.Frame{}, sentence).Body()
}

// pending says that the call goes on and its outcome will be known.
func pending(code reason.Code) bool {
	switch code {
	case reason.Held, reason.InProgress, reason.OutcomeUnknown:
		return true
	default:
		return false
	}
}

// pendingMark begins the text of what goes on, because a model that reads a
// result without an error takes it for done.
func pendingMark(t Thing) string {
	if !pending(t.Code) {
		return ""
	}
	what := ": not done yet, so do not report it as done; ask " + StatusTool + ` with {"approval":"` + t.Intent + `"} for the outcome. `
	if t.Code == reason.OutcomeUnknown {
		what = ": sent, and whether it was done is not known yet; ask " + StatusTool + ` with {"approval":"` + t.Intent + `"} for the outcome. `
	}
	return "PENDING " + t.Intent + what
}
