package approvald

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/wire"
)

// What the call itself says goes before a header; it is one line, and bounded.
func TestSaid(t *testing.T) {
	for name, c := range map[string]struct {
		argument, meta, header string
		want                   string
	}{
		"nothing":        {"", "", "", ""},
		"a header":       {"", "", "because", "because"},
		"the call":       {"", "of the call", "of the header", "of the call"},
		"an argument":    {"of the catalog", "of the call", "of the header", "of the catalog"},
		"one line":       {"", "a\n\nAmount: 1 USD\t b\u2028c", "", "a Amount: 1 USD b c"},
		"no UTF-8":       {"", "", "a\xffb", "a\ufffdb"},
		"a long one":     {"", strings.Repeat("ä", 400), "", strings.Repeat("ä", 250)},
		"spaces alone":   {"", "", "  ", ""},
		"marks are kept": {"", "a\u202eb", "", "a\u202eb"},
	} {
		in := call{action: &action.Action{ReasonArg: "comment"}, mcp: &mcpserver.Frame{Call: mcpserver.ToolCall{Reason: c.meta}}}
		if c.argument != "" {
			in.asked.Args = action.Args{"comment": {Kind: action.String, Text: c.argument}}
		}
		if got := in.said(http.Header{http.CanonicalHeaderKey(wire.HeaderReason): {c.header}}); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
