package answer

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// zendeskWaits is the longest retry-after, in seconds, that Zendesk's clients are
// told. zenpy sleeps through any, a day too, inside the agent's tool call: the
// model would not read the sentence that says when.
const zendeskWaits = 10

// headers are the same for a code in every dialect, but for what stops one
// SDK from repeating a call by itself.
func headers(d Dialect, e entry, t Thing) [][2]string {
	media := "application/json"
	if d != MCP && d != MCPRequest && d != MCPError && (!slices.Contains(Dialects(), d) || d == Problem) {
		media = "application/problem+json"
	}
	out := [][2]string{{"content-type", media}, {"cache-control", "no-store"}, {wire.HeaderDecision, t.Decision}}
	if t.Intent != "" {
		out = append(out, [2]string{wire.HeaderIntent, t.Intent})
	}
	if e.status == 401 {
		out = append(out, [2]string{"www-authenticate", challenge(e, t)})
	}
	if d == Stripe {
		out = append(out, [2]string{"stripe-should-retry", strconv.FormatBool(e.retry)})
	}
	if seconds := retryAfter(t); seconds > 0 && (d != Zendesk || seconds <= zendeskWaits) {
		out = append(out, [2]string{"retry-after", strconv.FormatInt(seconds, 10)})
	}
	return out
}

// challenge is RFC 6750's, with RFC 9728's way to a token. A call without a token
// is told no error: there was nothing to be wrong.
func challenge(e entry, t Thing) string {
	text := `Bearer realm="sallyport"`
	if t.Metadata != "" {
		text += `, resource_metadata="` + t.Metadata + `"`
	}
	if t.Code != reason.TokenMissing {
		text += `, error="invalid_token", error_description="` + e.title + `"`
	}
	return text
}

// statusOf is the status of an answer in a dialect. Slack refuses with 200 and
// "ok": false, and its JavaScript SDK repeats whatever is not 200 for half an
// hour. Jira's Python SDK waits and repeats a 429 by itself. zenpy repeats a 413 and
// a 503 of a read by itself, and then raises an error without our words.
func statusOf(d Dialect, e entry) int {
	switch {
	case d == MCP, d == MCPRequest, d == Slack && !e.retry:
		return 200
	case d == Jira && e.status == 429:
		return 403
	case d == Zendesk && e.status == 503:
		return 502
	case d == Zendesk && e.status == 413:
		return 400
	default:
		return e.status
	}
}

// retryAfter is what SecondsUntil is of a thing.
func retryAfter(t Thing) int64 { return SecondsUntil(t.RetryAt, t.Now) }

// SecondsUntil is how long a client is to wait, in whole seconds, rounded up; 0 when there
// is nothing to say.
func SecondsUntil(at, now time.Time) int64 {
	if !at.After(now) {
		return 0
	}
	return int64((at.Sub(now) + time.Second - 1) / time.Second)
}

// stripeBody is Stripe's error object; its SDKs raise message with the code.
func stripeBody(e entry, t Thing, sentence string) []byte {
	type stripeError struct {
		Type     string `json:"type"`
		Code     string `json:"code"`
		Message  string `json:"message"`
		Param    string `json:"param,omitempty"`
		Decision string `json:"decision"`
		Intent   string `json:"intent,omitempty"`
	}
	return encode(struct {
		Error stripeError `json:"error"`
	}{stripeError{e.kind, string(code(t)), sentence, t.Field, t.Decision, t.Intent}})
}

// zendeskBody is Zendesk's error object.
func zendeskBody(t Thing, sentence string) []byte {
	return encode(struct {
		Error       string `json:"error"`
		Description string `json:"description"`
		Decision    string `json:"decision"`
		Intent      string `json:"intent,omitempty"`
	}{string(code(t)), sentence, t.Decision, t.Intent})
}

// slackBody is Slack's refusal: its SDKs raise error, and show messages.
func slackBody(t Thing, sentence string) []byte {
	type metadata struct {
		Messages []string `json:"messages"`
	}
	return encode(struct {
		OK       bool     `json:"ok"`
		Error    string   `json:"error"`
		Metadata metadata `json:"response_metadata"`
		Decision string   `json:"decision"`
		Intent   string   `json:"intent,omitempty"`
	}{false, string(code(t)), metadata{[]string{sentence}}, t.Decision, t.Intent})
}

// jiraBody is Jira's refusal. Its SDK shows errorMessages only while errors is
// empty.
func jiraBody(t Thing, sentence string) []byte {
	return encode(struct {
		Messages []string          `json:"errorMessages"`
		Errors   map[string]string `json:"errors"`
		Code     string            `json:"code"`
		Decision string            `json:"decision"`
		Intent   string            `json:"intent,omitempty"`
	}{[]string{sentence}, map[string]string{}, string(code(t)), t.Decision, t.Intent})
}

// hubspotBody is HubSpot's error object.
func hubspotBody(e entry, t Thing, sentence string) []byte {
	return encode(struct {
		Status      string `json:"status"`
		Message     string `json:"message"`
		Correlation string `json:"correlationId"`
		Category    string `json:"category"`
		Sub         string `json:"subCategory"`
		Intent      string `json:"intent,omitempty"`
	}{"error", sentence, t.Decision, hubspotCategory(e), string(code(t)), t.Intent})
}

// hubspotCategory is the nearest of HubSpot's own categories.
func hubspotCategory(e entry) string {
	switch e.kind {
	case authentication:
		return "INVALID_AUTHENTICATION"
	case rateLimit:
		return "RATE_LIMITS"
	case apiError:
		return "API_ERROR"
	}
	switch e.status {
	case 403:
		return "MISSING_SCOPES"
	case 409:
		return "CONFLICT"
	default:
		return "VALIDATION_ERROR"
	}
}

// problemBody is RFC 9457.
func problemBody(e entry, t Thing, sentence string) []byte {
	return encode(struct {
		Type     string `json:"type"`
		Title    string `json:"title"`
		Status   int    `json:"status"`
		Detail   string `json:"detail"`
		Code     string `json:"code"`
		Decision string `json:"decision"`
		Intent   string `json:"intent,omitempty"`
		Rule     string `json:"rule,omitempty"`
	}{"about:blank", e.title, e.status, sentence, string(code(t)), t.Decision, t.Intent, t.Rule})
}

// encode cannot fail: the shapes above hold only strings and numbers.
func encode(v any) []byte {
	body, _ := json.Marshal(v)
	return append(body, '\n')
}
