package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// kept is how many statements a connection to SQLite keeps compiled. Compiling
// one takes as long as running it; a program has fewer than these, times the
// lengths of its lists.
const kept = 256

// compiled makes connections that keep their statements.
type compiled struct{ driver.Connector }

func openCompiled(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(compiled{c}), nil
}

// Connect implements driver.Connector.
func (c compiled) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := inner.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver gave a %T", inner), inner.Close())
	}
	return &keeper{conn, map[string]sqliteStmt{}}, nil
}

// sqliteConn and sqliteStmt are what the driver has of the optional interfaces
// that database/sql looks for.
type (
	sqliteConn interface {
		driver.Conn
		driver.ConnBeginTx
		driver.ConnPrepareContext
		driver.ExecerContext
		driver.QueryerContext
		driver.Pinger
		driver.SessionResetter
		driver.Validator
	}
	sqliteStmt interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
)

// keeper is a connection with the statements that nobody uses now; one that is in
// use is not among them, so a second use of it compiles another.
type keeper struct {
	sqliteConn
	idle map[string]sqliteStmt
}

func (k *keeper) take(ctx context.Context, query string) (sqliteStmt, error) {
	if s, ok := k.idle[query]; ok {
		delete(k.idle, query)
		return s, nil
	}
	prepared, err := k.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(sqliteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver gave a %T", prepared), prepared.Close())
	}
	return s, nil
}

func (k *keeper) give(query string, s sqliteStmt) error {
	if _, there := k.idle[query]; there || len(k.idle) == kept {
		return s.Close()
	}
	k.idle[query] = s
	return nil
}

// ExecContext implements driver.ExecerContext.
func (k *keeper) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return result, k.give(query, s)
}

// QueryContext implements driver.QueryerContext.
func (k *keeper) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &keptRows{Rows: rows, end: func(err error) error {
		if err != nil {
			return errors.Join(err, s.Close())
		}
		return k.give(query, s)
	}}, nil
}

// Close implements driver.Conn.
func (k *keeper) Close() error {
	var failed error
	for _, s := range k.idle {
		failed = errors.Join(failed, s.Close())
	}
	clear(k.idle)
	return errors.Join(failed, k.sqliteConn.Close())
}

// keptRows give their statement back when they are closed, once.
type keptRows struct {
	driver.Rows
	end func(closed error) error
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	if r.end == nil {
		return nil
	}
	end := r.end
	r.end = nil
	return end(r.Rows.Close())
}
