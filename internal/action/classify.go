package action

import (
	"slices"
	"strconv"
	"strings"
)

// maxAnswer bounds an answer of a tool that is read for a fact or an outcome.
const maxAnswer = 4 << 20

// proof says which answers prove something. Every one of them is a JSON object,
// but for those of a status that has no body, or that proves it by itself.
type proof struct {
	statuses []statusRange
	without  []statusRange // answers without a body
	anyBody  []statusRange // answers with whatever body, or none
	has      string        // a position that must be there, "" for none
	when     []test        // all of which must be so
	unless   []test        // none of which may be so
	errors   []string      // of an MCP server: JSON-RPC error codes
	isError  bool          // of an MCP server: a result with isError
}

type statusRange struct{ from, to int }

// test compares what stands at a position.
type test struct {
	at string
	is []string
}

func (t test) holds(answer *node) bool {
	n := answer.at(t.at)
	return n != nil && n.kind != arrayNode && n.kind != objectNode && slices.Contains(t.is, n.text)
}

// parseStatus reads "404" or "2xx".
func parseStatus(text string) (statusRange, bool) {
	if class, ok := strings.CutSuffix(text, "xx"); ok && len(class) == 1 && class >= "2" && class <= "5" {
		from := int(class[0]-'0') * 100
		return statusRange{from, from + 99}, true
	}
	n, err := strconv.Atoi(text)
	return statusRange{n, n}, err == nil && n >= 200 && n <= 599 && len(text) == 3
}

func covers(ranges []statusRange, status int) bool {
	for _, r := range ranges {
		if status >= r.from && status <= r.to {
			return true
		}
	}
	return false
}

func (p *proof) holds(answer *node) bool {
	if p.has != "" && answer.at(p.has) == nil {
		return false
	}
	for _, t := range p.when {
		if !t.holds(answer) {
			return false
		}
	}
	return !slices.ContainsFunc(p.unless, func(t test) bool { return t.holds(answer) })
}

// Classify says what a tool's answer proves about an effect. What the catalog
// does not list, and an answer that is no JSON object, proves nothing: it may
// come from something between the gateway and the tool.
func (a *Action) Classify(status int, mediaType string, body []byte) Outcome {
	if a.op.mcp != nil {
		return a.classifyMCP(status, mediaType, body)
	}
	done, refused := &a.op.applied, &a.op.notApplied
	if covers(refused.anyBody, status) {
		return OutcomeNotApplied
	}
	if len(body) == 0 {
		switch {
		case covers(done.without, status):
			return OutcomeApplied
		case covers(refused.without, status):
			return OutcomeNotApplied
		}
		return OutcomeUnknown
	}
	applied, notApplied := covers(done.statuses, status), covers(refused.statuses, status)
	if !applied && !notApplied {
		return OutcomeUnknown
	}
	answer, err := parseAnswer(mediaType, body)
	switch {
	case err != "":
		return OutcomeUnknown
	case applied && done.holds(&answer):
		return OutcomeApplied
	case notApplied && refused.holds(&answer):
		return OutcomeNotApplied
	default:
		return OutcomeUnknown
	}
}

// parseAnswer reads a tool's answer; what is wrong with it, or "".
func parseAnswer(mediaType string, body []byte) (node, string) {
	if !isMediaType(mediaType, jsonBody.mediaType()) {
		return node{}, "is not application/json in UTF-8"
	}
	if len(body) > maxAnswer {
		return node{}, "is larger than " + strconv.Itoa(maxAnswer) + " bytes"
	}
	answer, err := parseJSON(string(body))
	switch {
	case err != nil:
		return node{}, "is not to be read: " + err.Error()
	case answer.kind != objectNode:
		return node{}, "is not a JSON object"
	default:
		return answer, ""
	}
}
