package accesslog

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// A file that nobody reads stays below its quota; what is lost is counted, what was
// read before is not, and a Tail that comes back reads what comes after.
func TestQuotaBoundsWhatNobodyReads(t *testing.T) {
	file, log := filepath.Join(t.TempDir(), "access.log"), bytes.Buffer{}
	q := &Quota{File: file, MaxBytes: 1 << 20, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	line := strings.Repeat("x", 1023) + "\n"
	size := func() int64 {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	appendTo(t, file, strings.Repeat(line, 1000))
	if err := q.look(); err != nil || size() != 1000<<10 || q.Lost() != 0 {
		t.Fatalf("below its quota: %v, %d bytes, %d lost", err, size(), q.Lost())
	}
	if err := os.WriteFile(file+markSuffix, []byte(strconv.Itoa(300<<10)), 0o600); err != nil {
		t.Fatal(err)
	}
	appendTo(t, file, strings.Repeat(line, 100))
	if err := q.look(); err != nil || size() != 0 || q.Lost() != 800 || !strings.Contains(log.String(), "lines=800") {
		t.Fatalf("beyond it: %v, %d bytes, %d lost: %s", err, size(), q.Lost(), log.String())
	}
	appendTo(t, file, strings.Repeat(line, 1100))
	if err := q.look(); err != nil || size() != 0 || q.Lost() != 1900 {
		t.Fatalf("beyond it again: %v, %d bytes, %d lost", err, size(), q.Lost())
	}
	tail, err := New(Options{File: file, Logger: q.Logger})
	if err != nil || tail.at != 0 {
		t.Errorf("a reader begins at %d, %v", tail.at, err)
	}
	if err := tail.Close(); err != nil {
		t.Error(err)
	}
}

// Holes are no room: what a Tail gave back does not count.
func TestQuotaCountsRoomNotLength(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	appendTo(t, file, "one\n")
	if err := os.Truncate(file, 1<<30); err != nil {
		t.Fatal(err)
	}
	q := &Quota{File: file, MaxBytes: 1 << 20, Logger: slog.New(slog.DiscardHandler)}
	if err := q.look(); err != nil || q.Lost() != 0 {
		t.Errorf("%v, %d lost", err, q.Lost())
	}
	if info, err := os.Stat(file); err != nil || info.Size() != 1<<30 {
		t.Error("it was emptied")
	}
}
