package maskfile

import (
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/mask"
)

// media are the media types of the settings.
func (s settings) media(at string, problems *config.Problems) []string {
	if len(s.MediaTypes) == 0 {
		problems.Add(at+"media_types", "must name a media type; leave it out for the usual ones", nil)
	}
	for _, m := range s.MediaTypes {
		if !isMedia(m) {
			problems.Add(at+"media_types", "must be a lower case media type of text, such as application/json, text/* or application/*+json", m)
		}
	}
	return s.MediaTypes
}

// isMedia reports a type and a subtype in lower case, with at most one * and
// that in the subtype. The kinds that hold no text are refused: masking them
// would find nothing.
func isMedia(m string) bool {
	kind, subtype, ok := strings.Cut(m, "/")
	if !ok || kind == "" || subtype == "" || m != strings.ToLower(m) || strings.ContainsAny(m, " \t;,\"") {
		return false
	}
	if strings.Contains(kind, "*") || strings.Count(subtype, "*") > 1 || strings.Contains(subtype, "/") {
		return false
	}
	switch kind {
	case "image", "audio", "video", "font", "multipart":
		return false
	}
	return kind == "text" || subtype != "*" && subtype != "octet-stream"
}

// size reads bytes with a unit: 1MiB, 256KiB, 4096B.
func size(value, at string, problems *config.Problems) int {
	for _, unit := range []struct {
		suffix string
		bytes  int
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"B", 1}} {
		digits, ok := strings.CutSuffix(value, unit.suffix)
		if !ok {
			continue
		}
		if n, err := strconv.Atoi(digits); err == nil && n > 0 && n <= mask.MaxBody/unit.bytes {
			return n * unit.bytes
		}
		break
	}
	problems.Add(at, "must be a size from 1B to 2MiB with its unit, such as 256KiB", value)
	return 0
}
