package action

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/reason"
)

// MatchArguments names a call whose arguments stand under their own names in one
// JSON object, as a tool call over MCP has them. They are read as strictly as a
// JSON body, and the call is the one that Match reads from the request which
// Build writes: however an agent asks, the arguments are the same bytes.
func (c *Catalog) MatchArguments(a *Action, arguments JSON) (Call, *Mismatch) {
	call := Call{Tool: c.name, Action: a.Name}
	m := matcher{op: a.op, args: make(Args, len(a.op.params))}
	if mismatch := m.named(arguments); mismatch != nil {
		return call, mismatch
	}
	if mismatch := m.finish(); mismatch != nil {
		return call, mismatch
	}
	request, err := c.Build(a.Name, m.args)
	if err != nil {
		return call, &Mismatch{Reason: reason.BodyTooLarge, Hint: "at most " + itoa(c.maxBody) + " bytes"}
	}
	// What one way of asking can say and the other cannot is no call.
	again, _, mismatch := c.Match(request)
	if mismatch != nil || !bytes.Equal(MarshalArgs(again.Args), MarshalArgs(m.args)) {
		return call, &Mismatch{Reason: reason.InputInvalid, Hint: "values that the tool's own API can spell"}
	}
	call.Args = m.args
	return call, nil
}

// named reads an object whose keys are the arguments' names.
func (m *matcher) named(arguments JSON) *Mismatch {
	if !arguments.Is() {
		return nil // no arguments at all: finish says what is missing
	}
	if !arguments.IsObject() {
		return &Mismatch{Reason: reason.InputInvalid, Field: "arguments", Hint: "an object"}
	}
	for i, key := range arguments.node.keys {
		at := m.indexOf(key)
		if at < 0 {
			return unlisted(key)
		}
		v, ok := m.op.params[at].fromNode(&arguments.node.items[i])
		if mismatch := m.set(at, v, ok); mismatch != nil {
			return mismatch
		}
	}
	return nil
}

func (m *matcher) indexOf(name string) int {
	for i := range m.op.params {
		if m.op.params[i].Name == name {
			return i
		}
	}
	return -1
}
