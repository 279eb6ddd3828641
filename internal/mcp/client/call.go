package client

import (
	"bytes"
	"encoding/json"
)

// BuildID is the id of a call that nobody has numbered yet.
const BuildID = "call"

// Extra is what one sending of a call has besides what the catalog writes. None
// of it changes what the call does.
type Extra struct {
	Progress bool   // the server may tell of progress, under the call's id
	Log      string // the least level of its log to tell, "" for none; Stateless alone
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
	out := metaBegin
	if x.Log != "" {
		out += `"` + metaLog + `":` + string(quote(x.Log)) + `,`
	}
	out += metaVersion
	if x.Progress {
		out += `,"progressToken":` + string(quote(id))
	}
	return out + "}"
}

func numbered(id string) []byte {
	return append(append([]byte(`{"jsonrpc":"2.0","id":`), quote(id)...), `,"method":"`...)
}

// SameCall says whether sent is built, a call with BuildID, under any id and with
// any extra, in exactly the bytes that Number writes.
func SameCall(built, sent []byte) bool {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Params struct {
			Meta struct {
				Progress json.RawMessage `json:"progressToken"`
				Log      string          `json:"io.modelcontextprotocol/logLevel"`
			} `json:"_meta"`
		} `json:"params"`
	}
	if json.Unmarshal(sent, &m) != nil {
		return false
	}
	id, ok := quoted(m.ID)
	if !ok || m.Params.Meta.Log != "" && !IsLevel(m.Params.Meta.Log) {
		return false
	}
	want, ok := Number(built, id, Extra{Progress: m.Params.Meta.Progress != nil, Log: m.Params.Meta.Log})
	return ok && bytes.Equal(want, sent)
}
