package daemon

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"

	"github.com/sallyport/sallyport/internal/wire"
)

// tokens finds gateway tokens wherever they stand in a text.
var tokens = regexp.MustCompile(wire.TokenPrefix + `[A-Za-z0-9._-]+`)

const redacted = wire.TokenPrefix + "[redacted]"

// Logger writes JSON lines from a level up (debug, info, warn, error; anything
// else is info). A gateway token in a message or a value is cut out.
func Logger(w io.Writer, level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least, ReplaceAttr: redact}))
}

func redact(_ []string, a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	switch value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(tokens.ReplaceAllString(value.String(), redacted))
	case slog.KindAny:
		text := fmt.Sprint(value.Any())
		if tokens.MatchString(text) {
			a.Value = slog.StringValue(tokens.ReplaceAllString(text, redacted))
		}
	default:
	}
	return a
}
