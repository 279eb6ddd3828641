package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Bounds of the engine. A result is built in memory, so a larger one is refused.
// Statements beyond the number that run at the same time wait, readers apart from
// writers: whoever queries cannot keep records from being stored. A statement that
// nobody waits for any more cannot be stopped, only bounded.
const (
	maxResult  = 1 << 30
	maxReads   = 6
	maxWrites  = 2
	maxSeconds = 60
)

// engine owns one data folder.
type engine struct {
	lib      *library
	dir      string
	incoming string // data of inserts on its way in
	lock     *os.File
	anchor   *connection // keeps the database open between requests
	reads    chan struct{}
	writes   chan struct{}
}

// openEngine takes the folder and opens the database in it.
func openEngine(lib, dir string) (*engine, error) {
	l, err := loadLibrary(lib)
	if err != nil {
		return nil, err
	}
	e := &engine{lib: l, dir: filepath.Join(dir, "db"), incoming: filepath.Join(dir, "incoming"), reads: make(chan struct{}, maxReads), writes: make(chan struct{}, maxWrites)}
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	if e.lock, err = takeFolder(dir); err != nil {
		return nil, err
	}
	if err := e.start(); err != nil {
		_ = e.lock.Close()
		return nil, err
	}
	return e, nil
}

// start forgets inserts that a dead process never acknowledged and opens the
// database.
func (e *engine) start() error {
	if err := os.RemoveAll(e.incoming); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	if err := os.Mkdir(e.incoming, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	var err error
	e.anchor, err = e.lib.open(e.dir)
	return err
}

// takeFolder makes this process the folder's only owner until it ends.
func takeFolder(dir string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("another sallyport-chdb owns %s: use that one, stop it, or choose another folder with --data", dir)
	}
	return lock, nil
}

func (e *engine) close() {
	e.anchor.close()
	_ = e.lock.Close()
}

// run executes one statement in a session of its own.
func (e *engine) run(ctx context.Context, s statement) ([]byte, error) {
	slots := e.writes
	if s.readonly != "0" {
		slots = e.reads
	}
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-slots }()
	conn, err := e.lib.open(e.dir)
	if err != nil {
		return nil, err
	}
	defer conn.close()
	if err := s.prepare(conn); err != nil {
		return nil, err
	}
	sql, done, err := e.stage(s.sql)
	if err != nil {
		return nil, err
	}
	defer done()
	return conn.query(sql, s.format, s.parameters...)
}

// stage moves the data of an insert into a file. In the statement itself the
// engine would take a semicolon in binary rows for the statement's end.
func (e *engine) stage(sql string) (string, func(), error) {
	insert, ok := splitInsert(sql)
	if !ok {
		return sql, func() {}, checkFiles(sql)
	}
	if err := checkFiles(insert.into + insert.settings); err != nil {
		return "", nil, err
	}
	file, err := os.CreateTemp(e.incoming, "insert")
	if err != nil {
		return "", nil, fmt.Errorf("the data of an insert: %w", err)
	}
	done := func() { _ = os.Remove(file.Name()) }
	_, err = file.WriteString(insert.data)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		done()
		return "", nil, fmt.Errorf("the data of an insert: %w", err)
	}
	return insert.into + " FROM INFILE " + quote(file.Name()) + " " + insert.settings + " FORMAT " + insert.format, done, nil
}

// quote writes a ClickHouse string.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
