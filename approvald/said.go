package approvald

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/wire"
)

// maxSaid bounds an agent's own reason, in bytes.
const maxSaid = 500

// said is why an agent asks, in its own words: what the call itself says, in the
// argument that the catalog names or beside its arguments over MCP, or else a
// header. It is one line. Nothing follows from it.
func (c call) said(h http.Header) string {
	text := h.Get(wire.HeaderReason)
	if c.mcp != nil && c.mcp.Call.Reason != "" {
		text = c.mcp.Call.Reason
	}
	if own, given := c.asked.Args.Text(c.action.ReasonArg); given {
		text = own
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, string(utf8.RuneError))), " ")
	for len(text) > maxSaid {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	return text
}
