package filter

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/wire"
)

// step is what becomes of an answer once its headers are known.
type step uint8

const (
	refuse step = iota // the zero step: 502, nothing of the answer goes out
	pass               // there is no body
	hold               // wait for the whole body, then mask it
	flow               // mask event by event
)

// headers are what decides about an answer.
type headers struct {
	status, media, encoding string
	subject                 string // as approvald says it, "" when it does not
	rules                   string // the digest of the route's, "" when it does not say
	trailers                bool   // announced
	mcp                     bool   // it answers a call over MCP
	sized                   bool   // there is a content-length
	chunked                 bool   // its last chunk says where it ends
}

func readHeaders(pairs [][2]string) headers {
	var h headers
	for _, p := range pairs {
		switch p[0] {
		case ":status":
			h.status = p[1]
		case "content-type":
			h.media = join(h.media, p[1])
		case "content-encoding":
			h.encoding = join(h.encoding, p[1])
		case "content-length":
			h.sized = true
		case "transfer-encoding":
			h.chunked = true
		case wire.HeaderSubject:
			h.subject = p[1]
		case wire.RulesHeader:
			h.rules = p[1]
		case "trailer":
			h.trailers = true
		}
	}
	return h
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "," + b
}

// next decides about an answer; end says that no body follows, as with every
// answer to a HEAD.
func (h headers) next(end bool, p mask.Policy) step {
	if end || h.status == "204" || h.status == "304" {
		return pass
	}
	if h.status == "206" || len(h.status) != 3 || h.status[0] == '1' {
		return refuse
	}
	if h.encoding != "" && !strings.EqualFold(strings.TrimSpace(h.encoding), "identity") {
		return refuse
	}
	// A body that turns out empty needs no media type, and mask knows that.
	if h.media == "" {
		return hold
	}
	switch kind, err := p.Kind(h.media); {
	case err != nil:
		return refuse
	case kind == mask.Events && !h.mcp && !p.Streams():
		return refuse
	case kind == mask.Events && !h.trailers:
		return flow
	}
	return hold
}

// value is room for the value of one header, as it came and masked.
type value struct{ came, masked []byte }

// mask masks one value.
func (v *value) mask(m *mask.Masker, text string, p mask.Policy) mask.Report {
	var report mask.Report
	v.came = append(v.came[:0], text...)
	v.masked, report = m.Value(v.masked[:0], v.came, p)
	return report
}

// maskHeaders returns the headers of names whose values hold personal data, all
// values of such a name together, masked.
func (v *value) maskHeaders(m *mask.Masker, pairs [][2]string, p mask.Policy) (changed [][2]string, report mask.Report) {
	var names []string
	for _, pair := range pairs {
		if unread(pair[0], pair[1]) || !shown(pair[0]) {
			continue
		}
		if counts := v.mask(m, pair[1], p); counts != (mask.Report{}) {
			report.Add(counts)
			names = append(names, pair[0])
		}
	}
	for _, pair := range pairs {
		if slices.Contains(names, pair[0]) {
			v.mask(m, pair[1], p)
			changed = append(changed, [2]string{pair[0], string(v.masked)})
		}
	}
	return changed, report
}

// unread reports headers that hold what the gateway or HTTP itself defines, and nothing
// else.
func unread(name, value string) bool {
	switch name {
	case "date":
		return len(value) == len(http1Date) && strings.HasSuffix(value, " GMT")
	case "content-type":
		return plainMedia(value)
	case "content-length", "content-encoding", "x-request-id", wire.RulesHeader:
		return true
	}
	return name == "" || name[0] == ':' || strings.HasPrefix(name, wire.Prefix)
}

// http1Date is as long as every date in HTTP.
const http1Date = "Sun, 06 Nov 1994 08:49:37 GMT"

// plainMedia reports a media type without parameters, or with a charset alone.
func plainMedia(value string) bool {
	_, params, more := strings.Cut(value, ";")
	if !more {
		return !strings.Contains(value, "@")
	}
	const charset = "charset="
	params = strings.TrimLeft(params, " ")
	return len(params) >= len(charset) && strings.EqualFold(params[:len(charset)], charset) && !strings.ContainsAny(params, ";@")
}
