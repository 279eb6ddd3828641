package mcpserver

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
)

// headers are what is read of a request's headers. They are never decided on:
// what they repeat of the body must say the same.
type headers struct {
	session, version, method, name string
	media, encoding, origin        string
	streams                        bool            // the client reads event streams
	params                         []action.Header // mcp-param-*, by the argument's name in lower case
}

func readHeaders(in []action.Header) (headers, *Fault) {
	var h headers
	var seen []string
	for _, header := range in {
		at := h.place(header.Name)
		if name, about := strings.CutPrefix(header.Name, headerParam); about {
			h.params = append(h.params, action.Header{Name: name, Value: header.Value})
			continue
		}
		if at == nil {
			h.streams = h.streams || header.Name == headerAccept && strings.Contains(header.Value, "text/event-stream")
			continue
		}
		if slices.Contains(seen, header.Name) {
			return h, bad("", codeInvalid, "The header "+header.Name+" stands twice.")
		}
		seen = append(seen, header.Name)
		*at = header.Value
	}
	if h.origin != "" {
		return h, &Fault{Status: 403, Code: codeInvalid, Say: "Browsers are not served here."}
	}
	return h, nil
}

// place is where a header is kept, nil for one that is not read.
func (h *headers) place(name string) *string {
	switch name {
	case HeaderSession:
		return &h.session
	case headerVersion:
		return &h.version
	case headerMethod:
		return &h.method
	case headerName:
		return &h.name
	case headerType:
		return &h.media
	case headerEncoding:
		return &h.encoding
	case headerOrigin:
		return &h.origin
	default:
		return nil
	}
}

// json holds that the body is JSON in UTF-8 that is not compressed.
func (h *headers) json() *Fault {
	media, params, _ := strings.Cut(h.media, ";")
	params = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(params)), `"`, "")
	switch {
	case !strings.EqualFold(strings.TrimSpace(media), "application/json") || params != "" && params != "charset=utf-8":
		return &Fault{Status: 415, Code: codeInvalid, Say: "The content type must be application/json in UTF-8."}
	case h.encoding != "" && h.encoding != "identity":
		return &Fault{Status: 415, Code: codeInvalid, Say: "The body must be sent without a content-encoding."}
	}
	return nil
}

// agree compares headers with the body.
func (m *message) agree(f Frame) *Fault {
	said, stated := m.meta.Member(metaVersion).Text()
	switch {
	case f.Kind == Notification || f.Kind == Initialize:
	case !f.Modern && m.headers.version == Modern:
		return bad(f.ID, codeParams, "The _meta must have "+metaVersion+".")
	case !f.Modern && m.headers.version != "" && !slices.Contains(legacy, m.headers.version):
		return unsupported(f.ID, m.headers.version)
	case !f.Modern:
	case !stated:
		return bad(f.ID, codeParams, "The _meta must have "+metaVersion+".")
	case said != m.headers.version:
		return bad(f.ID, codeHeaderMismatch, "The header mcp-protocol-version and the body name different versions.")
	case said != Modern:
		return unsupported(f.ID, said)
	}
	return m.agreeNames(f)
}

// agreeNames: who routes or logs by a header must not be told another call than
// the one that is made.
func (m *message) agreeNames(f Frame) *Fault {
	needed := f.Modern && f.Kind != Notification
	if m.headers.method != m.method && (needed || m.headers.method != "") {
		return bad(f.ID, codeHeaderMismatch, "The header mcp-method and the body name different methods.")
	}
	if !f.IsCall() {
		return nil
	}
	about := "name"
	if f.Kind == ReadResource {
		about = "uri"
	}
	name, _ := m.params.Member(about).Text()
	header, ok := decodeHeader(m.headers.name)
	if !ok || header != name && (needed || header != "") {
		return bad(f.ID, codeHeaderMismatch, "The header mcp-name and the body name different things.")
	}
	return m.agreeParams(f)
}

// agreeParams: a header that names an argument says what the body says of it, and
// there is no such header without one.
func (m *message) agreeParams(f Frame) *Fault {
	arguments := m.params.Member("arguments")
	for i, h := range m.headers.params {
		said, ok := decodeHeader(h.Value)
		found := false
		for _, key := range arguments.Keys() {
			text, plain := arguments.Member(key).Plain()
			found = found || strings.EqualFold(key, h.Name) && plain && text == said
		}
		twice := slices.ContainsFunc(m.headers.params[:i], func(o action.Header) bool { return o.Name == h.Name })
		if !ok || !found || twice {
			return bad(f.ID, codeHeaderMismatch, "A header mcp-param-... does not say what the arguments of the body say.")
		}
	}
	return nil
}

// decodeHeader reads a header's value that may be wrapped in base64.
func decodeHeader(value string) (string, bool) {
	inner, wrapped := strings.CutPrefix(value, "=?base64?")
	if inner, closed := strings.CutSuffix(inner, "?="); wrapped && closed {
		data, err := base64.StdEncoding.Strict().DecodeString(inner)
		return string(data), err == nil
	}
	return value, true
}
