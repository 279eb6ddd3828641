package accesslog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// quotaEvery is how often a Quota looks.
const quotaEvery = time.Second

// Quota bounds what Envoy's lines take on the disk while nothing reads them: a
// Tail gives room back, but it may be gone and Envoy goes on writing. It belongs
// to whoever runs Envoy. A file beyond its quota is emptied, since Envoy appends
// to it whatever its length is; the lines that are lost are counted and said.
type Quota struct {
	File     string
	MaxBytes int64 // on the disk: holes do not count
	Logger   *slog.Logger
	lost     atomic.Int64
}

// Lost is how many lines were emptied away unread.
func (q *Quota) Lost() int64 { return q.lost.Load() }

// Run looks until ctx ends, and then returns nil.
func (q *Quota) Run(ctx context.Context) error {
	tick := time.NewTicker(quotaEvery)
	defer tick.Stop()
	for {
		if err := q.look(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			q.Logger.Error("The access log's size cannot be held", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look empties a file that takes too much. What says how far it was read goes
// first: of an empty file nothing was read.
func (q *Quota) look() error {
	file, err := os.OpenFile(q.File, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if taken, ok := info.Sys().(*syscall.Stat_t); !ok || taken.Blocks*512 <= q.MaxBytes {
		return nil
	}
	lines, err := unread(file, q.File+markSuffix)
	if err != nil {
		return err
	}
	if err := os.Remove(q.File + markSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := file.Truncate(0); err != nil {
		return err
	}
	q.Logger.Error("The access log was emptied because nothing reads it: start extauthz", "lines", lines, "lost", q.lost.Add(lines), "max_bytes", q.MaxBytes)
	return nil
}

// unread counts the lines behind the mark.
func unread(file *os.File, mark string) (lines int64, err error) {
	data, err := os.ReadFile(mark)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	at, piece := number(strings.TrimSpace(string(data)), 62), make([]byte, pieceSize)
	for {
		n, err := file.ReadAt(piece, at)
		lines += int64(bytes.Count(piece[:n], []byte("\n")))
		at += int64(n)
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
	}
}
