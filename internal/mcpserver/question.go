package mcpserver

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcp/client"
)

// AnswerAction is the gateway's action that a client's answer to a question is.
const AnswerAction = "sallyport.answer"

// questionPrefix begins the id of every question.
const questionPrefix = "ask_"

// QuestionID makes the id of a question of random bits in hexadecimal.
func QuestionID(random string) string { return questionPrefix + random }

// IsQuestion says whether a text is the id of a question of the gateway.
func IsQuestion(id string) bool { return strings.HasPrefix(id, questionPrefix) }

// metaCapabilities is the member of _meta that says what a client can be asked.
const metaCapabilities = "io.modelcontextprotocol/clientCapabilities"

// asks are what the client of a call can be asked: it says so with the call, or
// has said so when its session began. One that reads no streams can be asked
// nothing in the older era.
func (m *message) asks(f Frame) client.Asks {
	if f.Modern {
		return readAsks(m.meta.Member(metaCapabilities))
	}
	if !m.headers.streams {
		return 0
	}
	return sessionAsks(f.Session)
}

// readAsks reads capabilities that are objects.
func readAsks(capabilities action.JSON) (out client.Asks) {
	for _, word := range capabilities.Keys() {
		if capabilities.Member(word).IsObject() {
			out |= client.AskNamed(word)
		}
	}
	return out
}

// reply is an answer to a question: a call of the gateway's own, so that it is
// looked at, recorded and counted as one.
func (m *message) reply(f Frame, question string) (Frame, *Fault) {
	var said struct {
		Result json.RawMessage `json:"result,omitempty"`
		Error  json.RawMessage `json:"error,omitempty"`
	}
	if err := json.Unmarshal(m.body, &said); err != nil {
		return Frame{}, bad("", codeParse, "The answer cannot be read.")
	}
	answer, _ := json.Marshal(said) // of JSON that was read
	return replied(f, question, string(answer)), nil
}

func replied(f Frame, question, answer string) Frame {
	arguments := appendText(append(appendText([]byte(`{"question":`), question), `,"answer":`...), answer)
	f.Kind = Reply
	f.Call = ToolCall{Name: strings.ReplaceAll(AnswerAction, ".", "_"), Question: question, Answers: answer}
	f.Call.Arguments, _ = action.ReadJSON(string(append(arguments, '}'))) // of texts: it cannot fail
	return f
}

// AsReply is the answer that a call brings, as a message of its own.
func (f Frame) AsReply() Frame { return replied(f, f.Call.Question, f.Call.Answers) }

// answers reads what a call brings that was answered with a question.
func (m *message) answers(f *Frame) *Fault {
	state, answers := m.params.Member("requestState"), m.params.Member("inputResponses")
	if !state.Is() && !answers.Is() {
		return nil
	}
	question, _ := state.Text()
	if !f.Modern || !IsQuestion(question) || !answers.IsObject() {
		return bad(f.ID, codeParams, "The requestState and the inputResponses must be those of the gateway's question.")
	}
	var body struct {
		Params struct {
			Answers json.RawMessage `json:"inputResponses"`
		} `json:"params"`
	}
	var out bytes.Buffer
	if json.Unmarshal(m.body, &body) != nil || json.Compact(&out, body.Params.Answers) != nil {
		return bad(f.ID, codeParams, "The inputResponses cannot be read.")
	}
	f.Call.Question, f.Call.Answers = question, out.String()
	return nil
}

// Asked is one question on its way to a client; its params are JSON on one line.
type Asked struct {
	Key    string // of the newer era
	Method string
	Params []byte
}

// Ask is the request to a client of the older era.
func Ask(question string, a Asked) []byte {
	out := appendText([]byte(`{"jsonrpc":"2.0","id":`), question)
	return append(append(a.append(append(out, ',')), '}'), '\n')
}

func (a Asked) append(out []byte) []byte {
	out = appendText(append(out, `"method":`...), a.Method)
	return append(append(out, `,"params":`...), a.Params...)
}

// InputRequired answers a call of the newer era with questions: its client sends
// it again with their answers.
func InputRequired(id ID, question string, asked []Asked) []byte {
	out := append([]byte(`{"jsonrpc":"2.0","id":`), id.orNull()...)
	out = append(out, `,"result":{"resultType":"input_required","inputRequests":{`...)
	for i, a := range asked {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(a.append(append(appendText(out, a.Key), `:{`...)), '}')
	}
	out = appendText(append(out, `},"requestState":`...), question)
	return append(out, "}}\n"...)
}
