package accesslog

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/audit"
)

type counter int

func (c *counter) Record(audit.Record) error {
	*c++
	return nil
}

// A file that cannot be opened for a while is read once it can.
func TestFileComesBack(t *testing.T) {
	file, recorded := filepath.Join(t.TempDir(), "access.log"), counter(0)
	tail, err := New(Options{File: file, Recorder: &recorded, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := tail.look(); err == nil {
		t.Fatal("a folder was opened")
	}
	line := strings.Repeat("-\t", fields-1) + "/\n"
	if err := errors.Join(os.Remove(file), os.WriteFile(file, []byte(line), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tail.look(), tail.look()); err != nil || recorded != 1 {
		t.Errorf("%d lines were recorded (%v)", recorded, err)
	}
	if err := tail.Close(); err != nil {
		t.Error(err)
	}
}
