package audit

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// callTimeout bounds one statement: a hanging engine must not hold a segment
// for ever.
const (
	callTimeout = 30 * time.Second
	dialTimeout = 5 * time.Second
)

// ClickHouseOptions say where the engine is.
type ClickHouseOptions struct {
	URL      string // http://user:password@host:port/
	Database string
}

// ClickHouse is a connection to the analytics engine, over HTTP.
type ClickHouse struct {
	conn     driver.Conn
	database string
}

// Result is what a query returned, as text.
type Result struct {
	Columns []string
	Rows    [][]string
}

// Open returns a connection; nothing is sent yet.
func Open(o ClickHouseOptions) (*ClickHouse, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User == nil || o.Database == "" {
		return nil, errors.New("the analytics engine's URL must be http://user:password@host:port/")
	}
	password, _ := u.User.Password()
	options := &clickhouse.Options{
		Protocol: clickhouse.HTTP, Addr: []string{u.Host},
		Auth:        clickhouse.Auth{Database: "default", Username: u.User.Username(), Password: password},
		DialTimeout: dialTimeout, ReadTimeout: callTimeout, MaxOpenConns: 4,
	}
	if u.Scheme == "https" {
		options.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return &ClickHouse{conn: conn, database: o.Database}, nil
}

// Close ends the connection.
func (c *ClickHouse) Close() error { return c.conn.Close() }

// Query runs one query. Values are bound to the question marks in it.
func (c *ClickHouse) Query(ctx context.Context, sql string, args ...any) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	rows, err := c.conn.Query(ctx, sql, args...)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = rows.Close() }()
	out := Result{Columns: rows.Columns(), Rows: [][]string{}}
	types := rows.ColumnTypes()
	for rows.Next() {
		targets := make([]any, len(types))
		for i, t := range types {
			targets[i] = reflect.New(t.ScanType()).Interface()
		}
		if err := rows.Scan(targets...); err != nil {
			return Result{}, err
		}
		row := make([]string, len(targets))
		for i, target := range targets {
			row[i] = spell(reflect.ValueOf(target).Elem())
		}
		out.Rows = append(out.Rows, row)
	}
	return out, rows.Err()
}

// spell prints one value; times in UTC, NULL as nothing.
func spell(v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if t, ok := v.Interface().(time.Time); ok {
		return t.UTC().Format("2006-01-02 15:04:05.000000")
	}
	return fmt.Sprint(v.Interface())
}
