package corpus

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

const (
	mediaJSON   = "application/json"
	mediaText   = "text/plain"
	mediaCSV    = "text/csv"
	mediaHTML   = "text/html"
	mediaEvents = "text/event-stream"
)

// encodings write one value in another way.
var encodings = map[string]func(m *maker, s string) string{
	"escaped":    escaped,
	"ascii":      ascii,
	"percent":    percent,
	"entities":   entities,
	"full-width": fullWidth,
	"zero-width": zeroWidth,
	"no-break":   func(_ *maker, s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
}

// wraps put a whole document into another one.
var wraps = map[string]func(m *maker, media string, t text) (string, text){
	"in-string": inString,
	"twice":     twice,
	"events":    events,
	"base64":    base64Field,
	"comment":   comment,
	"html":      html,
}

func twice(m *maker, media string, t text) (string, text) {
	_, inner := inString(m, media, t)
	return inString(m, mediaJSON, inner)
}

// escaped writes some characters as \u escapes of JSON.
func escaped(m *maker, s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '@' || r == '+' || r < 0x80 && r > ' ' && m.r.IntN(4) == 0:
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == '/':
			b.WriteString(`\/`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ascii writes what is not ASCII as escapes, as many encoders of JSON do.
func ascii(_ *maker, s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		case r >= 0x80:
			fmt.Fprintf(&b, `\u%04X`, r)
		case r == '/':
			b.WriteString(`\/`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func percent(_ *maker, s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func entities(m *maker, s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '@' && m.r.IntN(2) == 0:
			b.WriteString("&commat;")
		case r == '@' || r == '+' || r < 0x80 && r > ' ' && m.r.IntN(5) == 0:
			b.WriteString([]string{fmt.Sprintf("&#%d;", r), fmt.Sprintf("&#x%X;", r)}[m.r.IntN(2)])
		case r == ' ':
			b.WriteString("&nbsp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func fullWidth(_ *maker, s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '@' || r == '+' {
			return r - '!' + 0xFF01
		}
		return r
	}, s)
}

func zeroWidth(m *maker, s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && m.r.IntN(4) == 0 {
			b.WriteRune([]rune{0x200b, 0x200c, 0x2060, 0xfeff, 0xad}[m.r.IntN(5)])
		}
		b.WriteRune(r)
	}
	return b.String()
}

// inside is s as it stands in a JSON string.
func inside(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can be
	return b.String()[1 : b.Len()-2]
}

// inString is the text of the result of an MCP tool.
func inString(m *maker, _ string, t text) (string, text) {
	return mediaJSON, t.all(inside).between(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"result":{"content":[{"type":"text","text":"`, m.r.IntN(99)), `"}],"isError":false}}`)
}

// events is the same in an event of its own, behind another.
func events(m *maker, _ string, t text) (string, text) {
	_, result := inString(m, "", t)
	return mediaEvents, result.between("event: message\nid: 7\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":\"p1\",\"progress\":1712345678}}\n\nevent: message\nid: 8\ndata: ", "\n\n")
}

// base64Field is a file in base64, as version control and mail services send it.
func base64Field(m *maker, _ string, t text) (string, text) {
	frames := [][2]string{
		{`{"name":"export.txt","path":"data/export.txt","sha":"` + hexDigits(m, 40) + `","size":812,"encoding":"base64","content":"`, `"}`},
		{`{"contents":[{"uri":"file:///export.txt","mimeType":"text/plain","blob":"`, `"}]}`},
		{`{"attachment_base64":"`, `","content_type":"text/plain"}`},
		{`{"url":"data:text/plain;base64,`, `"}`},
	}
	f := frames[m.r.IntN(len(frames))]
	return mediaJSON, t.base64().between(f[0], f[1])
}

// comment is a text as the comment of a ticket.
func comment(m *maker, _ string, t text) (string, text) {
	return mediaJSON, t.all(inside).between(fmt.Sprintf(`{"comments":[{"id":%s,"type":"Comment","author_id":%s,"body":"`, digits(m, 13), digits(m, 12)),
		fmt.Sprintf(`","public":true,"created_at":"%s","metadata":{"system":{"client":"Mozilla/5.0 (X11) Chrome/120.0.6099.129"}}}],"count":1}`, isoTime(m)))
}

func html(_ *maker, _ string, t text) (string, text) {
	return mediaHTML, t.between("<!DOCTYPE html><html><body><p class=\"c-1234567890\">", "</p></body></html>\n")
}
