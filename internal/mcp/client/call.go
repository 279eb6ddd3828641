package client

import (
	"bytes"
	"encoding/json"
)

// BuildID is the id of a call that nobody has numbered yet.
const BuildID = "call"

// Extra is what one sending of a call has besides what the catalog writes: who
// listens to it, and what the server has asked for.
type Extra struct {
	Progress bool   // the server may tell of progress, under the call's id
	Log      string // the least level of its log to tell, "" for none; Stateless alone
	Asks     Asks   // what the client can be asked; Stateless alone, where no session says it

	// Of a call that is sent again because its server wanted input; Stateless alone.
	Answers map[string]json.RawMessage // ReadReply's, by the keys of its questions
	State   string
}

// Number gives a call written with BuildID an id of its own and what else this
// sending has; false when it is not one.
func Number(body []byte, id string, with Extra) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(body, numbered(BuildID))
	if !ok {
		return nil, false
	}
	rest, stateless := bytes.CutSuffix(rest, []byte(meta+"}}"))
	switch {
	case stateless:
		rest = append(append(bytes.Clone(rest), with.meta(id)...), "}}"...)
	case with.Progress:
		rest = append(append(bytes.Clone(rest[:len(rest)-2]), `,"_meta":{"progressToken":`...), quote(id)...)
		rest = append(rest, "}}}"...)
	}
	return append(numbered(id), rest...), true
}

// meta is what a request of the newer era says with every sending.
func (x Extra) meta(id string) string {
	out := metaBegin + x.Asks.capabilities() + metaInfo
	if x.Log != "" {
		out += `"` + metaLog + `":` + string(quote(x.Log)) + `,`
	}
	out += metaVersion
	if x.Progress {
		out += `,"progressToken":` + string(quote(id))
	}
	out += "}"
	if len(x.Answers) > 0 {
		answers, _ := marshal(x.Answers) // of JSON that was read: it cannot fail
		out += `,"inputResponses":` + string(answers)
	}
	if x.State != "" {
		out += `,"requestState":` + string(quote(x.State))
	}
	return out
}

func numbered(id string) []byte {
	return append(append([]byte(`{"jsonrpc":"2.0","id":`), quote(id)...), `,"method":"`...)
}

// Answered are the kinds of questions that a call answers.
func Answered(sent []byte) (out Asks) {
	var m struct {
		Params struct {
			Answers map[string]json.RawMessage `json:"inputResponses"`
		} `json:"params"`
	}
	if !bytes.Contains(sent, []byte(`"inputResponses"`)) || json.Unmarshal(sent, &m) != nil {
		return 0
	}
	for _, answer := range m.Params.Answers {
		out |= replyKind(answer)
	}
	return out
}

// ReadCall reads sent as built, a call with BuildID, under any id and with any
// extra, in exactly the bytes that Number writes. Asks has what it answers too.
func ReadCall(built, sent []byte) (Extra, bool) {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Params struct {
			Meta struct {
				Progress     json.RawMessage            `json:"progressToken"`
				Log          string                     `json:"io.modelcontextprotocol/logLevel"`
				Capabilities map[string]json.RawMessage `json:"io.modelcontextprotocol/clientCapabilities"`
			} `json:"_meta"`
			Answers map[string]json.RawMessage `json:"inputResponses"`
			State   string                     `json:"requestState"`
		} `json:"params"`
	}
	if json.Unmarshal(sent, &m) != nil {
		return Extra{}, false
	}
	id, ok := quoted(m.ID)
	if !ok || m.Params.Meta.Log != "" && !IsLevel(m.Params.Meta.Log) {
		return Extra{}, false
	}
	x := Extra{
		Progress: m.Params.Meta.Progress != nil, Log: m.Params.Meta.Log, Asks: declared(m.Params.Meta.Capabilities),
		Answers: m.Params.Answers, State: m.Params.State,
	}
	want, ok := Number(built, id, x)
	if !ok || !bytes.Equal(want, sent) {
		return Extra{}, false
	}
	for _, answer := range x.Answers {
		kind := replyKind(answer)
		if kind == 0 {
			return Extra{}, false
		}
		x.Asks |= kind
	}
	return x, true
}
