package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

const result = `{"jsonrpc":"2.0","id":"1","result":{"content":[]}}`

// The answer to a request is found wherever a server may put it, and nothing
// else is taken for it.
func TestReadAnswer(t *testing.T) {
	event := func(lines ...string) string { return strings.Join(lines, "\n") + "\n\n" }
	for name, c := range map[string]struct {
		mediaType, body string
		want            string
		others          []string
		err             error
	}{
		"JSON":                  {"application/json", result, result, nil, nil},
		"JSON with a charset":   {"Application/JSON; charset=utf-8", " " + result + "\n", result, nil, nil},
		"an error":              {"application/json", `{"id":"1","error":{"code":-32602,"message":"x"}}`, `{"id":"1","error":{"code":-32602,"message":"x"}}`, nil, nil},
		"another id":            {"application/json", `{"id":"2","result":{}}`, "", nil, ErrOtherID},
		"a number for a text":   {"application/json", `{"id":1,"result":{}}`, "", nil, ErrOtherID},
		"result and error":      {"application/json", `{"id":"1","result":{},"error":{"code":1}}`, "", nil, ErrOtherID},
		"neither":               {"application/json", `{"id":"1"}`, "", nil, ErrOtherID},
		"a batch":               {"application/json", `[` + result + `]`, "", nil, ErrMalformed},
		"cut":                   {"application/json", result[:20], "", nil, ErrMalformed},
		"nothing":               {"application/json", "", "", nil, ErrMalformed},
		"HTML":                  {"text/html", result, "", nil, ErrMediaType},
		"too large":             {"application/json", strings.Repeat(" ", MaxAnswer) + result, "", nil, ErrTooLarge},
		"an event":              {"text/event-stream", event("event: message", "id: 7", "data: "+result), result, nil, nil},
		"CR LF and no space":    {"text/event-stream;charset=utf-8", "data:" + result + "\r\n\r\n", result, nil, nil},
		"data in two lines":     {"text/event-stream", event(`data: {"id":"1",`, `data: "result":{}}`), "{\"id\":\"1\",\n\"result\":{}}", nil, nil},
		"comments, empty event": {"text/event-stream", event(": hello") + event("id: 1", "retry: 10", "data:") + event("data: "+result), result, nil, nil},
		"others before": {
			"text/event-stream",
			event(`data: {"method":"notifications/progress"}`) + event(`data: {"id":1,"method":"sampling/createMessage"}`) + event("data: "+result),
			result, []string{"notifications/progress", "sampling/createMessage"}, nil,
		},
		"a request of our id":     {"text/event-stream", event(`data: {"id":"1","method":"ping"}`) + event("data: "+result), result, []string{"ping"}, nil},
		"an answer to another":    {"text/event-stream", event(`data: {"id":"2","result":{}}`) + event("data: "+result), "", nil, ErrOtherID},
		"a stream without answer": {"text/event-stream", event(`data: {"method":"x"}`), "", []string{"x"}, ErrEnded},
		"a stream that breaks":    {"text/event-stream", "data: " + result + "\n", "", nil, ErrEnded},
		"a stream of nonsense":    {"text/event-stream", event("data: hello"), "", nil, ErrMalformed},
		"an endless event":        {"text/event-stream", "data: " + strings.Repeat("x", MaxAnswer), "", nil, ErrTooLarge},
		"an endless stream":       {"text/event-stream", strings.Repeat(": x\n\n", MaxAnswer/5+1), "", nil, ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			var others []string
			m, err := ReadAnswer(c.mediaType, iotest.HalfReader(strings.NewReader(c.body)), "1", func(m Message) { others = append(others, m.Method) })
			if !errors.Is(err, c.err) || string(m.Raw) != c.want {
				t.Errorf("%q, %v", m.Raw, err)
			}
			if diff := cmp.Diff(c.others, others); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Identify knows what is sent, and nothing that differs from it.
func TestIdentify(t *testing.T) {
	old, now := Session{Protocol: Sessions}, Session{Protocol: Stateless}
	for want, f := range map[Kind]Frame{
		Initialize: old.initialize(`a"b`, Roots|Sampling), Initialized: old.initialized(), List: old.list("1", ""), Refusal: old.Refuse(json.RawMessage(`17`)), Answer: old.Answer(json.RawMessage(`"a"`), json.RawMessage(`{"action":"decline"}`)), End: old.End(),
	} {
		if got := Sessions.Identify(f.Method, f.Body).Kind; got != want || f.Kind != want {
			t.Errorf("%s is %d, want %d", f.Body, got, want)
		}
		if got := Stateless.Identify(f.Method, f.Body).Kind; got != 0 {
			t.Errorf("%s is %d in the other era", f.Body, got)
		}
		if len(f.Body) == 0 {
			continue
		}
		for _, changed := range [][]byte{append([]byte(" "), f.Body...), f.Body[1:], bytes.Replace(f.Body, []byte(`"2.0"`), []byte(`"2.1"`), 1), bytes.Replace(f.Body, []byte("{"), []byte(`{"x":1,`), 1)} {
			if got := Sessions.Identify(f.Method, changed).Kind; got != 0 {
				t.Errorf("%s is %d", changed, got)
			}
		}
		if Sessions.Identify("PUT", f.Body).Kind != 0 || Sessions.Identify("DELETE", f.Body).Kind != 0 {
			t.Errorf("%s is taken with another method", f.Body)
		}
	}
	for _, f := range []Frame{old.list("1", "p<2>"), now.list("2", "")} {
		if p := protocolOf(f); p.Identify(f.Method, f.Body).Kind != List {
			t.Errorf("%s is no list", f.Body)
		}
	}
	for _, body := range []string{
		`{"jsonrpc":"2.0","id":"1","method":"sampling/createMessage","params":{}}`,
		`{"jsonrpc":"2.0","id":"1","method":"resources/list","params":{}}`,
		string(old.Refuse(json.RawMessage(`{"a":1}`)).Body), string(old.Refuse(json.RawMessage(`null`)).Body),
		string(old.Call("1", "x", []byte("{}")).Body),
		`{"jsonrpc":"2.0","id":"1","result":{}}`,
		strings.Replace(string(old.initialize("1", 0).Body), `"capabilities":{}`, `"capabilities":{"sampling":{"x":1}}`, 1),
	} {
		if k := Sessions.Identify("POST", []byte(body)).Kind; k != 0 {
			t.Errorf("%s is %d", body, k)
		}
	}
}

func protocolOf(f Frame) Protocol {
	if bytes.Contains(f.Body, []byte(`"_meta"`)) {
		return Stateless
	}
	return Sessions
}

func digest(t *testing.T, raw string) string {
	t.Helper()
	tool, err := ReadTool(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	return tool.Digest
}

// A digest does not depend on how a tool is spelled, and on all that is
// reviewed of it.
func TestDigest(t *testing.T) {
	const tool = `{"name":"t","description":"d","inputSchema":{"type":"object","maximum":10},"annotations":{"readOnlyHint":true},"outputSchema":{"a":1}}`
	want := digest(t, tool)
	for _, same := range []string{
		`{"outputSchema":{"a":1},"annotations":{"readOnlyHint":true},"inputSchema":{"maximum":10,"type":"object"},"description":"\u0064","name":"t"}`,
		strings.Replace(tool, `{"name"`, `{"title":"T","_meta":{},"icons":null,"name"`, 1),
	} {
		if digest(t, same) != want {
			t.Errorf("%s has another digest", same)
		}
	}
	for _, change := range [][2]string{{`"t"`, `"u"`}, {`"d"`, `"D"`}, {`10`, `11`}, {`10`, `10.0`}, {`true`, `false`}, {`"a":1`, `"a":2`}, {`,"outputSchema":{"a":1}`, ``}} {
		if digest(t, strings.Replace(tool, change[0], change[1], 1)) == want {
			t.Errorf("%v does not change the digest", change)
		}
	}
	if digest(t, `{"name":"t","description":null}`) != digest(t, `{"name":"t"}`) {
		t.Error("null is not absent")
	}
	for _, bad := range []string{`{}`, `{"name":1}`, `[]`, `{"name":""}`} {
		if _, err := ReadTool(json.RawMessage(bad)); err == nil {
			t.Errorf("%s is a tool", bad)
		}
	}
}

// script answers frames one after the other.
type script struct {
	t       *testing.T
	answers []Reply
	sent    []Frame
	others  []string
}

func (s *script) Send(_ context.Context, f Frame) (Reply, error) {
	s.sent = append(s.sent, f)
	if len(s.answers) == 0 {
		return Reply{}, io.ErrUnexpectedEOF
	}
	r := s.answers[0]
	s.answers = s.answers[1:]
	return r, nil
}

func (s *script) NewID() string { return "1" }
func (s *script) Other(_ context.Context, _ Session, m Message) {
	s.others = append(s.others, m.Method)
}

func reply(status int, session, body string) Reply {
	return Reply{Status: status, MediaType: "application/json", SessionID: session, Body: io.NopCloser(strings.NewReader(body))}
}

func agreed(version string) string {
	return `{"id":"1","result":{"protocolVersion":"` + version + `","capabilities":{}}}`
}

func TestOpenRefuses(t *testing.T) {
	for name, answers := range map[string][]Reply{
		"no answer":             nil,
		"a status":              {reply(401, "", "{}")},
		"an error":              {reply(200, "", `{"id":"1","error":{"code":-32600,"message":"x"}}`)},
		"another version":       {reply(200, "", agreed("2024-11-05"))},
		"a malformed session":   {reply(200, "a b", agreed("2025-11-25"))},
		"no ear for the notice": {reply(200, "s", agreed("2025-11-25")), reply(500, "", "")},
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := Open(t.Context(), &script{t: t, answers: answers}, Sessions, 0); err == nil || s.ID != "" {
				t.Errorf("%+v %v", s, err)
			}
		})
	}
}

func TestToolsReadsAllPages(t *testing.T) {
	to := &script{t: t, answers: []Reply{
		reply(200, "s-1", agreed("2025-06-18")), reply(202, "", ""),
		reply(200, "", `{"id":"1","result":{"tools":[{"name":"a"}],"nextCursor":"p2"}}`),
		reply(200, "", `{"id":"1","result":{"tools":[{"name":"b"}]}}`),
	}}
	s, err := Open(t.Context(), to, Sessions, 0)
	if err != nil {
		t.Fatal(err)
	}
	tools, err := s.Tools(t.Context(), to)
	if err != nil || len(tools) != 2 || tools[1].Name != "b" {
		t.Fatalf("%v %v", tools, err)
	}
	last := to.sent[3]
	if !bytes.Contains(last.Body, []byte(`"cursor":"p2"`)) {
		t.Errorf("%s", last.Body)
	}
	want := [][2]string{{HeaderVersion, "2025-06-18"}, {HeaderSession, "s-1"}}
	if diff := cmp.Diff(want, last.Header[2:]); diff != "" {
		t.Error(diff)
	}
}

func TestToolsRefuses(t *testing.T) {
	endless := make([]Reply, maxPages+1)
	for i := range endless {
		endless[i] = reply(200, "", `{"id":"1","result":{"tools":[],"nextCursor":"p"}}`)
	}
	for name, answers := range map[string][]Reply{
		"endless pages":     endless,
		"one name twice":    {reply(200, "", `{"id":"1","result":{"tools":[{"name":"a"},{"name":"a"}]}}`)},
		"a tool of no name": {reply(200, "", `{"id":"1","result":{"tools":[{}]}}`)},
		"no list":           {reply(200, "", `{"id":"1","result":{"tools":7}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			s := Session{Protocol: Sessions}
			if tools, err := s.Tools(t.Context(), &script{t: t, answers: answers}); err == nil {
				t.Errorf("%v", tools)
			}
		})
	}
}

func FuzzIdentify(f *testing.F) {
	s := Session{Protocol: Sessions}
	for _, frame := range []Frame{s.initialize("1", 0), s.initialized(), s.list("1", "x"), s.Refuse(json.RawMessage(`"a"`)), s.Call("1", "t", []byte("{}"))} {
		f.Add(frame.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, p := range []Protocol{Sessions, Stateless} {
			if p.Identify("POST", body).Kind == 0 {
				continue
			}
			var m struct{ Method string }
			if err := json.Unmarshal(body, &m); err != nil || strings.HasPrefix(m.Method, "tools/call") {
				t.Errorf("%s is let pass", body)
			}
		}
	})
}
