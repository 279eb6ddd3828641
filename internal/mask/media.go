package mask

import (
	"errors"
	"slices"
	"strings"
)

// Why a media type refuses.
var (
	ErrMedia   = errors.New("media type is not allowed")
	ErrCharset = errors.New("charset is not UTF-8")
)

// Kind is how a body is read.
type Kind uint8

// The kinds.
const (
	JSON   Kind = iota + 1
	Lines       // text, each line of which may be JSON
	Events      // server-sent events
	Table       // comma-separated values under names of columns
)

// Kind is how a body with this Content-Type header is read; an error if it may
// not pass: ErrMedia or ErrCharset. Of two, which Envoy joins by a comma, a client may
// take the other one.
func (p Policy) Kind(contentType string) (Kind, error) {
	if strings.Contains(contentType, ",") {
		return 0, ErrMedia
	}
	media, params, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if media == "" || !p.allows(media) {
		return 0, ErrMedia
	}
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") && !isUTF8(strings.Trim(strings.TrimSpace(value), `"`)) {
			return 0, ErrCharset
		}
	}
	switch {
	case media == "text/event-stream":
		return Events, nil
	case media == "text/csv", media == "text/tab-separated-values":
		return Table, nil
	case media == "application/json", media == "text/json", strings.HasSuffix(media, "+json"):
		return JSON, nil
	}
	return Lines, nil
}

// Streams reports that server-sent events may pass one by one, of whichever tool: they
// are named themselves and not by a pattern. A value can be cut into two of them.
func (p Policy) Streams() bool { return slices.Contains(p.Media, "text/event-stream") }

func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") || strings.EqualFold(charset, "us-ascii")
}
