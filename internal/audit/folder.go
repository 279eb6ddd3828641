package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// folder ships one spool, in order.
type folder struct {
	shipper   *Shipper
	dir       string
	migrated  bool
	uncertain bool // the next segment may have been sent before
	backoff   time.Duration
}

func (f *folder) run(ctx context.Context) {
	clock := f.shipper.o.Clock
	for {
		err := f.pass(ctx)
		wait := f.pause(ctx, err)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
			defer cancel()
			if err := f.pass(last); err != nil {
				f.shipper.log.WarnContext(ctx, "Records stay in the spool until the next start", "folder", f.dir, "error", err)
			}
			return
		case <-clock.After(wait):
		}
	}
}

// pause says how long to wait after a pass, and reports the first failure and
// the return from it.
func (f *folder) pause(ctx context.Context, err error) time.Duration {
	log := f.shipper.log
	switch {
	case err == nil && f.backoff > 0:
		log.InfoContext(ctx, "ClickHouse takes records again", "folder", f.dir)
		f.backoff = 0
	case err == nil || ctx.Err() != nil:
	case f.backoff == 0:
		log.ErrorContext(ctx, "Records wait in the spool", "folder", f.dir, "error", err)
		f.backoff = firstBackoff
	default:
		log.DebugContext(ctx, "Records still wait in the spool", "folder", f.dir, "error", err)
		f.backoff = min(2*f.backoff, lastBackoff)
	}
	return max(lookEvery, f.backoff)
}

// pass makes the tables, so that they can be queried before the first record,
// and ships every segment that is sealed, the oldest first.
func (f *folder) pass(ctx context.Context) error {
	l, err := list(f.dir)
	if err != nil {
		return err
	}
	if err := f.migrate(ctx); err != nil && len(l.sealed) > 0 {
		return err
	}
	for _, name := range l.sealed {
		if err := f.ship(ctx, name); err != nil {
			f.migrated, f.uncertain = false, true
			return fmt.Errorf("segment %s: %w", name, err)
		}
		f.uncertain = false
	}
	return nil
}

// ship sends one segment and deletes it when all of it is in the tables.
func (f *folder) ship(ctx context.Context, name string) error {
	path := filepath.Join(f.dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content, err := parseSegment(data)
	if err != nil {
		return f.putAside(ctx, name, err)
	}
	for _, b := range batchesOf(content) {
		if err := f.send(ctx, b); err != nil {
			return fmt.Errorf("table %s: %w", b.table, err)
		}
	}
	return os.Remove(path)
}

func (f *folder) migrate(ctx context.Context) error {
	if f.migrated {
		return nil
	}
	if err := f.shipper.db.Migrate(ctx); err != nil {
		return err
	}
	f.migrated = true
	return nil
}

// send inserts one batch. When it may have been sent before, the token keeps it
// from being doubled, even by an insert that is still on its way. The opposite
// can happen too: ClickHouse writes down a token before the rows, and one that
// is killed in between takes the rows for there. So they are counted, and those
// that are missing go under a token of their own.
func (f *folder) send(ctx context.Context, b batch) error {
	db, token := f.shipper.db, b.segment+"/"+string(b.table)
	if err := db.insert(ctx, b, token); err != nil || !f.uncertain {
		return err
	}
	left, err := db.missing(ctx, b)
	if err != nil || len(left.rows) == 0 {
		return err
	}
	f.shipper.log.WarnContext(ctx, "ClickHouse knew a batch but not its rows; they are sent again",
		"segment", b.segment, "table", string(b.table), "rows", len(left.rows))
	return db.insert(ctx, left, fmt.Sprintf("%s/%d", token, f.shipper.o.Clock.Now().UnixNano()))
}

// putAside keeps a segment that cannot be read for people, out of the way.
func (f *folder) putAside(ctx context.Context, name string, why error) error {
	bad := filepath.Join(f.dir, badDir)
	if err := os.MkdirAll(bad, 0o700); err != nil {
		return errors.Join(why, err)
	}
	if err := os.Rename(filepath.Join(f.dir, name), filepath.Join(bad, name)); err != nil {
		return errors.Join(why, err)
	}
	f.shipper.setAside.Add(1)
	f.shipper.log.ErrorContext(ctx, "A segment of records is damaged and was set aside", "file", filepath.Join(bad, name), "error", why)
	return nil
}
