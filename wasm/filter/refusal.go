package filter

// The answer in place of one that cannot be masked.
const (
	problemType = "application/problem+json"
	problem     = `{"type":"about:blank","title":"Bad Gateway","status":502,` +
		`"detail":"The answer of the tool could not be checked for personal data, so it was withheld. Repeating the call gives the same result; ask for a smaller or a plain JSON answer."}`
	// withheldCall is said to an MCP client, whose model reads results alone.
	withheldCall = "The answer of the tool could not be checked for personal data, so it was withheld. If this call changes something, it was done. Repeating it gives the same result; ask for a smaller answer."
)

// refusal is an answer in place of the tool's.
type refusal struct {
	status      uint32
	media, body string
	event       string // that ends a stream
}

// refuseWith is the refusal of a request, or of an MCP tool call with this id,
// which the check left as JSON.
func refuseWith(call string) refusal {
	if call == "" {
		return refusal{status: 502, media: problemType, body: problem, event: "event: error\ndata: " + problem + "\n\n"}
	}
	message := `{"jsonrpc":"2.0","id":` + call + `,"result":{"resultType":"complete","content":[{"type":"text","text":"` + withheldCall +
		`"}],"structuredContent":{"code":"gateway_unavailable","message":"` + withheldCall + `","pending":false},"isError":true}}`
	return refusal{status: 200, media: "application/json", body: message, event: "event: message\ndata: " + message + "\n\n"}
}
