package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/sallyport/sallyport/internal/audit"
)

type auditCommand struct {
	Query auditQuery `cmd:"" help:"Run one SQL query on the audit database."`
}

// recordsFlag says where the records are.
type recordsFlag struct {
	dataFlag
	URL string `help:"The engine, http://user:password@host:port/; the data folder's own engine when absent." env:"CLICKHOUSE_URL"`
}

type auditQuery struct {
	recordsFlag
	jsonFlag
	SQL string `arg:"" help:"The query." name:"sql"`
}

// Run prints what the engine answers.
func (c *auditQuery) Run(s *surroundings) error {
	if strings.TrimSpace(c.SQL) == "" {
		return errors.New("the query is empty: try `sallyport audit query \"SELECT * FROM audit.decisions LIMIT 10\"`")
	}
	result, err := c.ask(s, c.SQL)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, objects(result))
	}
	if len(result.Rows) == 0 {
		_, err := fmt.Fprintln(s.stdout, "No rows. What was just decided is here within a second or two.")
		return err
	}
	return printTable(s.stdout, append([][]string{result.Columns}, result.Rows...))
}

// ask asks the engine as a user who can only read.
func (c recordsFlag) ask(s *surroundings, sql string) (audit.Result, error) {
	target, err := c.target()
	if err != nil {
		return audit.Result{}, err
	}
	db, err := audit.Open(audit.ClickHouseOptions{URL: target, Database: "audit"})
	if err != nil {
		return audit.Result{}, err
	}
	defer func() { _ = db.Close() }()
	result, err := db.Query(s.ctx, sql)
	var unreachable *net.OpError
	switch {
	case errors.As(err, &unreachable):
		return result, fmt.Errorf("the analytics engine does not answer: is the gateway running (`make up`), and is --url right? (%w)", unreachable)
	case err != nil:
		return result, fmt.Errorf("the analytics engine refused the query: %w", err)
	}
	return result, nil
}

// target is the engine of a gateway on this machine, unless one is named.
func (c recordsFlag) target() (string, error) {
	if c.URL != "" {
		return c.URL, nil
	}
	data, err := os.ReadFile(filepath.Join(c.Data, "clickhouse.url"))
	if err != nil {
		return "", fmt.Errorf("there is no running gateway in %s: start one with `make up`, or name an engine with --url (%w)", c.Data, err)
	}
	return strings.TrimSpace(string(data)), nil
}

func objects(r audit.Result) []map[string]string {
	out := make([]map[string]string, 0, len(r.Rows))
	for _, row := range r.Rows {
		object := make(map[string]string, len(row))
		for i, column := range r.Columns {
			object[column] = row[i]
		}
		out = append(out, object)
	}
	return out
}
