package answer

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/mcpserver"
)

// Bounds of what a tool's server tells while it works, in bytes: the rest of a
// text is cut, and more data is left out.
const (
	maxNotice = 1000
	maxLogger = 100
	maxData   = 8 << 10
)

// Progress tells a client how far the server of a tool is, from base on.
func Progress(token string, base float64, n client.Notice) []byte {
	total := n.Total
	if total != 0 {
		total += base
	}
	text, _ := readable([]byte(n.Message))
	return mcpserver.Progress(token, base+n.Progress, total, cut(text, maxNotice))
}

// Logged tells a client a line of a server's log, as far as the mask can look
// into it.
func Logged(n client.Notice) []byte {
	var text string
	data := n.Data
	if json.Unmarshal(data, &text) == nil {
		text, _ = readable([]byte(text))
		data, _ = json.Marshal(cut(text, maxNotice)) // of a text: it cannot fail
	}
	var line bytes.Buffer
	if len(data) > maxData || !utf8.Valid(data) || json.Compact(&line, data) != nil {
		line.Reset()
		line.WriteString(`"A line of the log that cannot be shown was left out."`)
	}
	return mcpserver.Logged(n.Level, cut(n.Logger, maxLogger), line.Bytes())
}

// cut shortens a text to at most n bytes, between characters.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
