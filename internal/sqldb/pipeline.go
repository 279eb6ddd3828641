package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// connection takes ? for a placeholder, and puts a truth into a number as SQLite
// does. What nobody waits for it keeps, and sends with what is waited for next: that
// is one round trip however many statements it has.
type connection struct {
	*stdlib.Conn
	kept []statement
}

type statement struct {
	query string
	args  []driver.NamedValue
}

// The optional interfaces that database/sql looks for.
var (
	_ driver.ExecerContext      = (*connection)(nil)
	_ driver.QueryerContext     = (*connection)(nil)
	_ driver.ConnPrepareContext = (*connection)(nil)
	_ driver.ConnBeginTx        = (*connection)(nil)
	_ driver.NamedValueChecker  = (*connection)(nil)
	_ driver.SessionResetter    = (*connection)(nil)
	_ driver.Pinger             = (*connection)(nil)
)

// errPrepare: what is prepared would not be in order with what is kept.
var errPrepare = errors.New("statements are not prepared by hand")

type laterKey struct{}

// Later marks a statement of a transaction whose result nobody looks at: an engine
// that is far away may run it together with the next one, or with the commit. When it
// fails, that one does.
func Later(ctx context.Context) context.Context { return context.WithValue(ctx, laterKey{}, true) }

// ExecContext implements driver.ExecerContext. Statements without arguments go by
// themselves: several may be in one text.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if ctx.Value(laterKey{}) != nil {
		c.kept = append(c.kept, statement{query, args})
		return driver.ResultNoRows, nil
	}
	if len(args) == 0 {
		if len(c.kept) > 0 {
			if err := c.send(ctx, c.batch()); err != nil {
				return nil, err
			}
		}
		return c.Conn.ExecContext(ctx, query, nil)
	}
	batch := c.batch()
	var done pgconn.CommandTag
	queue(batch, statement{query, args}).Exec(func(tag pgconn.CommandTag) error { done = tag; return nil })
	if err := c.send(ctx, batch); err != nil {
		return nil, err
	}
	return driver.RowsAffected(done.RowsAffected()), nil
}

// QueryContext implements driver.QueryerContext. The rows are all read before it
// returns.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	batch := c.batch()
	found := &fetched{}
	queue(batch, statement{query, args}).Query(found.fetch)
	if err := c.send(ctx, batch); err != nil {
		return nil, err
	}
	return found, nil
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *connection) PrepareContext(context.Context, string) (driver.Stmt, error) {
	return nil, errPrepare
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *connection) CheckNamedValue(v *driver.NamedValue) error {
	if truth, ok := v.Value.(bool); ok {
		v.Value = int64(0)
		if truth {
			v.Value = int64(1)
		}
		return nil
	}
	return c.Conn.CheckNamedValue(v)
}

// opening is what begins a transaction, in its first round trip.
type opening struct {
	statements []statement
	found      fetched // by the last of them
}

type openingKey struct{}

// BeginTx implements driver.ConnBeginTx. A connection that is dead is a bad one,
// which database/sql passes over: nothing was done on it.
func (c *connection) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.kept = nil
	begin := "BEGIN"
	if o.ReadOnly {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	batch := &pgx.Batch{}
	batch.Queue(begin)
	if first, ok := ctx.Value(openingKey{}).(*opening); ok {
		first.found = fetched{}
		for n, s := range first.statements {
			if queued := queue(batch, s); n == len(first.statements)-1 {
				queued.Query(first.found.fetch)
			}
		}
	}
	tx := &transaction{ctx, c}
	err := c.send(ctx, batch)
	switch {
	case err == nil:
		return tx, nil
	case c.Conn.Conn().IsClosed() && ctx.Err() == nil:
		return nil, driver.ErrBadConn
	default:
		return nil, errors.Join(err, tx.Rollback())
	}
}

// transaction ends what BeginTx began.
type transaction struct {
	ctx  context.Context //nolint:containedctx // that of BeginTx: the driver's Commit has none
	conn *connection
}

// undoneError is about a transaction of which surely nothing was committed.
type undoneError struct{ error }

func (e undoneError) Unwrap() error { return e.error }

// Commit implements driver.Tx. What is kept is sent before it and with it: if any of
// that fails, the server passes over the rest.
func (t *transaction) Commit() error {
	c := t.conn
	batch := c.batch()
	reached, tag := false, ""
	for _, q := range batch.QueuedQueries {
		q.Exec(func(pgconn.CommandTag) error { return nil })
	}
	if last := len(batch.QueuedQueries); last > 0 {
		batch.QueuedQueries[last-1].Exec(func(pgconn.CommandTag) error { reached = true; return nil })
	} else {
		reached = true
	}
	batch.Queue("COMMIT").Exec(func(done pgconn.CommandTag) error { tag = done.String(); return nil })
	err := c.send(t.ctx, batch)
	var refused *pgconn.PgError
	switch {
	case err == nil && tag == "COMMIT":
		return nil
	case err == nil:
		return undoneError{fmt.Errorf("the server answered %s", tag)}
	case !reached && errors.As(err, &refused) && !c.Conn.Conn().IsClosed():
		return errors.Join(undoneError{err}, t.Rollback())
	default:
		return err
	}
}

// Rollback implements driver.Tx.
func (t *transaction) Rollback() error {
	t.conn.kept = nil
	if t.conn.Conn.Conn().IsClosed() {
		return nil
	}
	if _, err := t.conn.Conn.Conn().Exec(t.ctx, "ROLLBACK"); err != nil {
		return errors.Join(err, t.conn.Close()) // the server ends what has no connection
	}
	return nil
}

// batch begins with what is kept.
func (c *connection) batch() *pgx.Batch {
	batch := &pgx.Batch{}
	for _, s := range c.kept {
		queue(batch, s)
	}
	c.kept = nil
	return batch
}

func queue(batch *pgx.Batch, s statement) *pgx.QueuedQuery {
	values := make([]any, len(s.args))
	for n, a := range s.args {
		values[n] = a.Value
	}
	return batch.Queue(numbered(s.query), values...)
}

func (c *connection) send(ctx context.Context, batch *pgx.Batch) error {
	return c.Conn.Conn().SendBatch(ctx, batch).Close()
}

// fetched are all rows of a result.
type fetched struct {
	columns []string
	rows    [][]any
}

func (f *fetched) fetch(rows pgx.Rows) error {
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		f.rows = append(f.rows, values)
	}
	if err := rows.Err(); err != nil {
		return err // rows that never came have no columns to ask for
	}
	for _, d := range rows.FieldDescriptions() {
		f.columns = append(f.columns, d.Name)
	}
	return nil
}

// Columns implements driver.Rows.
func (f *fetched) Columns() []string { return f.columns }

// Close implements driver.Rows.
func (f *fetched) Close() error { return nil }

// Next implements driver.Rows.
func (f *fetched) Next(into []driver.Value) (err error) {
	if len(f.rows) == 0 {
		return io.EOF
	}
	for n, v := range f.rows[0] {
		if into[n], err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
			return err
		}
	}
	f.rows = f.rows[1:]
	return nil
}

// said is what a transaction was told when its turn had come: the time, and which
// schema there is.
func (o *opening) said() (now time.Time, version int, err error) {
	row := make([]driver.Value, len(o.found.columns))
	if err := o.found.Next(row); err != nil || len(row) != 2 {
		return now, 0, fmt.Errorf("a turn of %d values: %w", len(row), err)
	}
	now, isTime := row[0].(time.Time)
	number, isNumber := row[1].(int64)
	if !isTime || !isNumber {
		return now, 0, fmt.Errorf("a turn of %T and %T", row[0], row[1])
	}
	return now, int(number), nil
}

func named(values ...any) []driver.NamedValue {
	out := make([]driver.NamedValue, len(values))
	for n, v := range values {
		out[n] = driver.NamedValue{Ordinal: n + 1, Value: v}
	}
	return out
}
