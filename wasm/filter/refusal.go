package filter

import (
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// The answer in place of one that cannot be masked, and its words. Envoy puts the
// words of the tool's dialect in their place, or of an MCP call's result.
const (
	refusedStatus = 502
	problemType   = "application/problem+json"
	problem       = `{"type":"about:blank","title":"Answer withheld","status":502,"code":"` + withheldCode + `",` +
		`"detail":"The answer of the tool could not be checked for personal data, so it was withheld. Repeating the call gives the same result; ask for a smaller or a plain JSON answer."}`
	withheldCode = string(reason.AnswerWithheld)
	// withheldCall is said to an MCP client, whose model reads results alone.
	withheldCall = "The answer of the tool could not be checked for personal data, so it was withheld. If this call changes something, it was done. Repeating it gives the same result; ask for a smaller answer."
)

// marked adds to a report, {} at least, why its answer does not go on.
func marked(report []byte, why string) []byte {
	report = report[:len(report)-len("}")]
	if report[len(report)-1] != '{' {
		report = append(report, ',')
	}
	return append(append(append(report, '"'), why...), `":1}`...)
}

// lastEvent ends a stream, of a request or of a call over MCP with this id, which
// the check left as JSON, and which is no tool's in that dialect. Nobody but the
// filter can say it: the answer has begun.
func lastEvent(call, dialect string) string {
	const said = `{"code":"` + withheldCode + `","message":"` + withheldCall + `","pending":false}`
	switch {
	case call == "":
		return "event: error\ndata: " + problem + "\n\n"
	case dialect == wire.DialectRequest:
		return "event: message\ndata: " + `{"jsonrpc":"2.0","id":` + call + `,"error":{"code":-32000,"message":"` + withheldCall + `","data":` + said + "}}\n\n"
	default:
		return "event: message\ndata: " + `{"jsonrpc":"2.0","id":` + call + `,"result":{"resultType":"complete","content":[{"type":"text","text":"` + withheldCall +
			`"}],"structuredContent":` + said + `,"isError":true}}` + "\n\n"
	}
}
