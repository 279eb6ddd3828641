package client

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Asks is a set of what a server may ask of its client.
type Asks uint8

// What a server may ask: a text of the client's model, an answer of whoever sits
// at the client, the folders it works in.
const (
	Sampling Asks = 1 << iota
	Elicitation
	Roots
)

// asks are the words of catalogs and capabilities, in their order there.
var asks = []struct {
	kind         Asks
	word, method string
}{
	{Elicitation, "elicitation", "elicitation/create"},
	{Roots, "roots", "roots/list"},
	{Sampling, "sampling", "sampling/createMessage"},
}

// AskNamed is what a catalog calls "sampling", "elicitation" or "roots"; 0 for
// every other word.
func AskNamed(word string) Asks {
	for _, a := range asks {
		if a.word == word {
			return a.kind
		}
	}
	return 0
}

// AskOf is what a request of a server asks; 0 for none of them.
func AskOf(method string) Asks {
	for _, a := range asks {
		if a.method == method {
			return a.kind
		}
	}
	return 0
}

// Method is the request's, of one of them.
func (a Asks) Method() string {
	for _, one := range asks {
		if one.kind == a {
			return one.method
		}
	}
	return ""
}

// Each are the single ones among them.
func (a Asks) Each() (out []Asks) {
	for _, one := range asks {
		if a.Has(one.kind) {
			out = append(out, one.kind)
		}
	}
	return out
}

// Has says whether all of some are among them.
func (a Asks) Has(some Asks) bool { return a&some == some }

// capabilities are what a client declares that can be asked for them.
func (a Asks) capabilities() string {
	var out []string
	for _, one := range asks {
		if a.Has(one.kind) {
			out = append(out, `"`+one.word+`":{}`)
		}
	}
	return "{" + strings.Join(out, ",") + "}"
}

// declared reads capabilities.
func declared(of map[string]json.RawMessage) (out Asks) {
	for word := range of {
		out |= AskNamed(word)
	}
	return out
}

// Question is one thing that a server asks. Its params are the server's.
type Question struct {
	Key    string // that names it among those of one result; "" for a request of its own
	Kind   Asks
	Params json.RawMessage
}

// MaxReply bounds what a client answers a server, in bytes.
const MaxReply = 64 << 10

// replyKeys are the members of each kind of answer; the first one tells them apart.
var replyKeys = map[Asks][]string{
	Elicitation: {"action", "content"},
	Roots:       {"roots"},
	Sampling:    {"role", "content", "model", "stopReason"},
}

// ReadReply reads a client's answer to a question and writes it in its one
// spelling, without the members that belong to the protocol; nil for what is no
// answer to it.
func ReadReply(kind Asks, raw []byte) json.RawMessage {
	var members map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if len(raw) > MaxReply || dec.Decode(&members) != nil || dec.More() {
		return nil
	}
	delete(members, "_meta")
	delete(members, "resultType")
	keys := replyKeys[kind]
	if len(keys) == 0 || members[keys[0]] == nil {
		return nil
	}
	for key := range members {
		if !slices.Contains(keys, key) {
			return nil
		}
	}
	out, err := marshal(members)
	if err != nil {
		return nil
	}
	return out
}

// replyKind is what an answer in its one spelling answers; 0 for anything else.
func replyKind(raw []byte) Asks {
	for kind := range replyKeys {
		if bytes.Equal(ReadReply(kind, raw), raw) {
			return kind
		}
	}
	return 0
}

// Answer answers a question of a server; id is as the server wrote it, and the
// answer is ReadReply's.
func (s Session) Answer(id, answer json.RawMessage) Frame {
	f := s.post(Answer, "", "", "", `{"jsonrpc":"2.0","id":`+string(id)+`,"result":`+string(answer)+`}`)
	f.Asks = replyKind(answer)
	return f
}

// Decline answers a question that nobody answered.
func (s Session) Decline(id json.RawMessage) Frame {
	return s.post(Refusal, "", "", "", `{"jsonrpc":"2.0","id":`+string(id)+`,"error":{"code":-1,"message":"The client did not answer"}}`)
}

// maxQuestions bounds what one result may ask.
const maxQuestions = 8

// Input is what a result that is no end of its call wants first. ok is false for
// one that asks nothing, or what no client is asked.
func (m Message) Input() (questions []Question, state string, ok bool) {
	var result struct {
		Requests map[string]struct {
			Method string          `json:"method"`
			Params json.RawMessage `json:"params"`
		} `json:"inputRequests"`
		State string `json:"requestState"`
	}
	if json.Unmarshal(m.Result, &result) != nil || len(result.Requests) == 0 || len(result.Requests) > maxQuestions || len(result.State) > MaxReply {
		return nil, "", false
	}
	for key, r := range result.Requests {
		kind := AskOf(r.Method)
		if kind == 0 || len(key) > maxRequestID {
			return nil, "", false
		}
		questions = append(questions, Question{Key: key, Kind: kind, Params: r.Params})
	}
	slices.SortFunc(questions, func(a, b Question) int { return strings.Compare(a.Key, b.Key) })
	return questions, result.State, true
}
