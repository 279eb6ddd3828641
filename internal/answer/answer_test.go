package answer

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

func TestRender(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 500, time.UTC)
	tests := []struct {
		name    string
		dialect Dialect
		thing   Thing
		want    Answer
	}{
		{
			name:    "a policy's refusal is raised by Stripe's SDKs with our words",
			dialect: Stripe,
			thing:   Thing{Code: reason.PolicyDenied, Decision: "dec-1", Say: "Refunds above 500 USD are refused.", Rule: "policy.csv:4"},
			want: Answer{
				Status: 403,
				Headers: [][2]string{
					{"content-type", "application/json"}, {"cache-control", "no-store"},
					{"x-sallyport-decision", "dec-1"}, {"stripe-should-retry", "false"},
				},
				Body: []byte(`{"error":{"type":"invalid_request_error","code":"policy_denied","message":"Refunds above 500 USD are refused. The policy refuses this call. (policy_denied, dec-1)","decision":"dec-1"}}` + "\n"),
			},
		},
		{
			name:    "a limit says when to come back",
			dialect: Zendesk,
			thing:   Thing{Code: reason.LimitExceeded, Decision: "dec-2", Limit: "calls_per_minute", Now: now, RetryAt: now.Add(1500 * time.Millisecond)},
			want: Answer{
				Status: 429,
				Headers: [][2]string{
					{"content-type", "application/json"}, {"cache-control", "no-store"},
					{"x-sallyport-decision", "dec-2"}, {"retry-after", "2"},
				},
				Body: []byte(`{"error":"limit_exceeded","description":"A limit of the policy is used up, so this call did nothing. What an earlier one did stays done. The limit is calls_per_minute. Try again after 2026-01-02 03:04:06 UTC. (limit_exceeded, dec-2)","decision":"dec-2"}` + "\n"),
			},
		},
		{
			name:    "a limit that lasts is said to the model, not slept through by Zendesk's SDK",
			dialect: Zendesk,
			thing:   Thing{Code: reason.LimitExceeded, Decision: "dec-2", Limit: "calls_per_day", Now: now, RetryAt: now.Add(11 * time.Second)},
			want: Answer{
				Status:  429,
				Headers: [][2]string{{"content-type", "application/json"}, {"cache-control", "no-store"}, {"x-sallyport-decision", "dec-2"}},
				Body:    []byte(`{"error":"limit_exceeded","description":"A limit of the policy is used up, so this call did nothing. What an earlier one did stays done. The limit is calls_per_day. Try again after 2026-01-02 03:04:16 UTC. (limit_exceeded, dec-2)","decision":"dec-2"}` + "\n"),
			},
		},
		{
			name:    "Slack refuses with 200, which stops its SDKs",
			dialect: Slack,
			thing:   Thing{Code: reason.LimitExceeded, Decision: "dec-4", Limit: "posts", Now: now, RetryAt: now.Add(time.Second)},
			want: Answer{
				Status: 200,
				Headers: [][2]string{
					{"content-type", "application/json"}, {"cache-control", "no-store"}, {"x-sallyport-decision", "dec-4"}, {"retry-after", "1"},
				},
				Body: []byte(`{"ok":false,"error":"limit_exceeded","response_metadata":{"messages":["A limit of the policy is used up, so this call did nothing. What an earlier one did stays done. The limit is posts. Try again after 2026-01-02 03:04:06 UTC. (limit_exceeded, dec-4)"]},"decision":"dec-4"}` + "\n"),
			},
		},
		{
			name:    "Jira's SDK reads errorMessages, and repeats a 429",
			dialect: Jira,
			thing:   Thing{Code: reason.LimitExceeded, Decision: "dec-5", Limit: "issues"},
			want: Answer{
				Status: 403,
				Headers: [][2]string{
					{"content-type", "application/json"}, {"cache-control", "no-store"}, {"x-sallyport-decision", "dec-5"},
				},
				Body: []byte(`{"errorMessages":["A limit of the policy is used up, so this call did nothing. What an earlier one did stays done. The limit is issues. (limit_exceeded, dec-5)"],"errors":{},"code":"limit_exceeded","decision":"dec-5"}` + "\n"),
			},
		},
		{
			name:    "HubSpot's error object",
			dialect: HubSpot,
			thing:   Thing{Code: reason.PersonDenied, Decision: "dec-6", Intent: "int_1"},
			want: Answer{
				Status: 403,
				Headers: [][2]string{
					{"content-type", "application/json"}, {"cache-control", "no-store"}, {"x-sallyport-decision", "dec-6"}, {"x-sallyport-intent", "int_1"},
				},
				Body: []byte(`{"status":"error","message":"A person denied this call. It was not done. Approval: int_1. (person_denied, dec-6)","correlationId":"dec-6","category":"MISSING_SCOPES","subCategory":"person_denied","intent":"int_1"}` + "\n"),
			},
		},
		{
			name:    "an unknown dialect gets problem+json",
			dialect: "soap",
			thing:   Thing{Code: reason.InputMissing, Decision: "dec-3", Field: "charge", Hint: "give the charge's id"},
			want: Answer{
				Status: 400,
				Headers: [][2]string{
					{"content-type", "application/problem+json"}, {"cache-control", "no-store"}, {"x-sallyport-decision", "dec-3"},
				},
				Body: []byte(`{"type":"about:blank","title":"Input missing","status":400,"detail":"An input that this action needs is missing. It is about: charge. Give the charge's id. (input_missing, dec-3)","code":"input_missing","decision":"dec-3"}` + "\n"),
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Render(tt.dialect, tt.thing)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// Every code that can reach a client must be a refusal, in every dialect, and
// none may look like a success to an SDK.
func TestEveryCodeRefuses(t *testing.T) {
	for _, code := range append(reason.All(), "") {
		for _, d := range Dialects() {
			a := Render(d, Thing{Code: code, Decision: "dec-9"})
			refused := a.Status >= 400 && a.Status <= 599
			if d == Slack && !lookup(code).retry {
				refused = a.Status == 200 && strings.HasPrefix(string(a.Body), `{"ok":false,`)
			}
			if !refused {
				t.Errorf("%q in %s: status %d would look like a success", code, d, a.Status)
			}
			if !json.Valid(a.Body) || !strings.Contains(string(a.Body), "dec-9") {
				t.Errorf("%q in %s: body %s", code, d, a.Body)
			}
			if code == reason.Allowed && strings.Contains(string(a.Body), `"allowed"`) {
				t.Errorf("%s: an answer must never say it was allowed", d)
			}
		}
	}
}

// A fault that is the gateway's own is the only one that clients may repeat by
// themselves, and only because nothing was done, or because the call was a read.
func TestOnlyFaultsWithoutAnEffectAreRetried(t *testing.T) {
	for _, code := range reason.All() {
		e := lookup(code)
		if e.retry && e.status != 503 {
			t.Errorf("%s: retried with status %d", code, e.status)
		}
		if e.retry && !strings.Contains(e.text, "Nothing was done") && !strings.Contains(e.text, "it changes nothing") {
			t.Errorf("%s: must say that nothing was done, or changed", code)
		}
	}
}

// A catalog can name every dialect, and no other.
func TestCatalogsKnowTheDialects(t *testing.T) {
	var names []string
	for _, d := range Dialects() {
		names = append(names, string(d))
	}
	if diff := cmp.Diff(names, action.Dialects()); diff != "" {
		t.Error(diff)
	}
}

// What comes before a call was read, and a bad token, are errors of HTTP that
// clients of the newer era read as errors of JSON-RPC, and hand on.
func TestMCPErrors(t *testing.T) {
	thing := Thing{Code: reason.TokenExpired, Decision: "dec-4"}
	for _, d := range []Dialect{MCP, MCPError} {
		got := Render(d, thing)
		want := `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":` + quoted(Sentence(thing)) + "}}\n"
		if got.Status != 401 || string(got.Body) != want || got.Headers[0] != [2]string{"content-type", "application/json"} {
			t.Errorf("%s: %d %v %s", d, got.Status, got.Headers, got.Body)
		}
	}
}

func quoted(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// A stored outcome says so in both of its parts, and in the one that is left.
func TestStoredOutcomeIsNoted(t *testing.T) {
	const note = "This is the stored outcome of int_1: nothing was done again."
	for body, want := range map[string]string{
		`{"id": 7}`:              `{"id":7,"sallyport_note":` + quoted(note) + `}`,
		`{}`:                     `{"sallyport_note":` + quoted(note) + `}`,
		`[1]`:                    `{"items":[1],"sallyport_note":` + quoted(note) + `}`,
		`{"sallyport_note":"x"}`: "",
		`text`:                   "",
	} {
		var got struct {
			Result struct {
				Content           []struct{ Text string }
				StructuredContent json.RawMessage
			}
		}
		out := Result("1", Outcome{Status: 200, Body: []byte(body), Intent: "int_1", Replayed: true})
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if string(got.Result.StructuredContent) != want || len(got.Result.Content) != 2 || got.Result.Content[1].Text != note {
			t.Errorf("%s became %s, want %s", body, out, want)
		}
	}
}
