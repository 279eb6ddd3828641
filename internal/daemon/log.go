package daemon

import (
	"bytes"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/wire"
)

// tokens finds gateway tokens wherever they stand in a text, in clear or inside
// base64.
var tokens = regexp.MustCompile(wire.TokenPrefix + `[A-Za-z0-9._-]+|[A-Za-z0-9+/_-]*(?:` + strings.Join(wire.TokenBase64[:], "|") + `)[A-Za-z0-9+/_=-]*`)

var redacted = []byte(wire.TokenPrefix + "[redacted]")

// Logger writes JSON lines from a level up (debug, info, warn, error; anything
// else is info). A gateway token is cut out wherever it stands in a line.
func Logger(w io.Writer, level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(redactor{w}, &slog.HandlerOptions{Level: least}))
}

// redactor cuts tokens out of whole lines, which is how a slog handler writes.
// It sees what is really written: to look at attributes instead would miss keys
// and what a value only shows once it is encoded.
type redactor struct{ w io.Writer }

// Write writes a line without tokens and reports it as wholly written.
func (r redactor) Write(line []byte) (int, error) {
	clean := line
	if suspicious(line) {
		clean = tokens.ReplaceAll(line, redacted)
	}
	if n, err := r.w.Write(clean); err != nil {
		return min(n, len(line)), err
	}
	return len(line), nil
}

// suspicious is quick, for nearly no line has a token.
func suspicious(line []byte) bool {
	if bytes.Contains(line, []byte(wire.TokenPrefix)) {
		return true
	}
	for _, form := range wire.TokenBase64 {
		if bytes.Contains(line, []byte(form)) {
			return true
		}
	}
	return false
}
