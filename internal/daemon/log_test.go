package daemon

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const leaked = "spgw_eyJhbGciOi.J9-_.abc"

func TestLoggerCutsTokensOut(t *testing.T) {
	text := leaked
	type nested struct{ Text *string }
	for name, log := range map[string]func(*slog.Logger){
		"message":        func(l *slog.Logger) { l.Info("got " + leaked) },
		"string":         func(l *slog.Logger) { l.Info("x", "header", "Bearer "+leaked) },
		"key":            func(l *slog.Logger) { l.Info("x", leaked, 1) },
		"error":          func(l *slog.Logger) { l.Info("x", "error", errors.New("bad "+leaked)) },
		"list":           func(l *slog.Logger) { l.Info("x", "list", []string{leaked}) },
		"pointer":        func(l *slog.Logger) { l.Info("x", "v", nested{&text}) },
		"raw JSON":       func(l *slog.Logger) { l.Info("x", "v", json.RawMessage(`{"t":"`+leaked+`"}`)) },
		"bytes":          func(l *slog.Logger) { l.Info("x", "v", []byte("a"+leaked)) },
		"group":          func(l *slog.Logger) { l.WithGroup("g").Info("x", slog.Group("h", "v", leaked)) },
		"bound":          func(l *slog.Logger) { l.With("bound", leaked).Debug("x") },
		"basic":          func(l *slog.Logger) { l.Info("Basic " + base64.StdEncoding.EncodeToString([]byte(leaked+":"))) },
		"basic password": func(l *slog.Logger) { l.Info("Basic " + base64.StdEncoding.EncodeToString([]byte("u:"+leaked))) },
		"url base64":     func(l *slog.Logger) { l.Info(base64.RawURLEncoding.EncodeToString([]byte("us:" + leaked))) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log(Logger(&out, "debug"))
			if !strings.Contains(out.String(), "spgw_[redacted]") || !json.Valid(out.Bytes()) {
				t.Error(out.String())
			}
			for _, part := range []string{"eyJhbGciOi", "J9-_", base64.StdEncoding.EncodeToString([]byte("eyJhbGciO"))} {
				if strings.Contains(out.String(), part) {
					t.Errorf("%s is in %s", part, out.String())
				}
			}
		})
	}
}

func TestLoggerLeavesTheRest(t *testing.T) {
	var out bytes.Buffer
	log := Logger(&out, "warn")
	log.Info("Not written")
	log.Warn("Written", "path", "/v1/charges/ch_1", "digest", "c3Bnd2E=")
	if got := out.String(); strings.Contains(got, "redacted") || strings.Count(got, "\n") != 1 || !strings.Contains(got, "/v1/charges/ch_1") {
		t.Error(got)
	}
	for _, level := range []string{"", "loud"} {
		out.Reset()
		log := Logger(&out, level)
		log.Debug("No")
		log.Info("Yes")
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("level %q: %s", level, out.String())
		}
	}
}

// A writer that fails says so, whatever was cut out.
func TestRedactorReportsErrors(t *testing.T) {
	want := errors.New("disk full")
	r := redactor{failing{want}}
	if n, err := r.Write([]byte(leaked)); n > len(leaked) || !errors.Is(err, want) {
		t.Error(n, err)
	}
}

type failing struct{ err error }

func (f failing) Write(p []byte) (int, error) { return len(p) + 9, fmt.Errorf("write: %w", f.err) }
