package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// errLost makes a pool forget a connection.
var errLost = driver.ErrBadConn

// connector makes connections that understand this package's one spelling of
// statements. Each of them looks for a standby first: what was there at the start
// may be gone after a failover.
type connector struct {
	config  *pgx.ConnConfig
	standby bool
}

func (c connector) pool(size int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := stdlib.GetConnector(*c.config, stdlib.OptionAfterConnect(c.check), stdlib.OptionShouldPing(bare)).Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver gave a %T", inner), inner.Close())
	}
	return &connection{Conn: conn}, nil
}

// bare asks a connection whether it is alive when no transaction is to begin on it,
// which would find out by itself: after a failover all idle ones are dead at once.
func bare(ctx context.Context, _ stdlib.ShouldPingParams) bool { return ctx.Value(bareKey{}) != nil }

type bareKey struct{}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return stdlib.GetDefaultDriver() }

// check refuses a server that could forget a commit.
func (c connector) check(ctx context.Context, conn *pgx.Conn) error {
	if !c.standby {
		return nil
	}
	var names, commit, fsync string
	var standbys int
	err := conn.QueryRow(ctx, `SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), current_setting('fsync'),
		(SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))`).Scan(&names, &commit, &fsync, &standbys)
	switch {
	case err != nil:
		return fmt.Errorf("ask the database about its standby: %w", err)
	case names == "":
		return errors.New("the database has no synchronous standby: what it forgets when it is lost was paid all the same; set synchronous_standby_names, or accept that with --database-without-standby")
	case commit != "on" && commit != "remote_apply":
		return fmt.Errorf("the database's synchronous_commit is %s, so a commit is told before the standby has it: set it to on, or accept that with --database-without-standby", commit)
	case fsync != "on":
		return errors.New("the database's fsync is off: set it to on, or accept that with --database-without-standby")
	case standbys == 0:
		return errors.New("no synchronous standby of the database is connected, or its user may not see it: start one, GRANT pg_read_all_stats to the user, or accept that with --database-without-standby")
	}
	return nil
}

// spelled are statements with numbered placeholders, by the same with question
// marks. There are as many as the program has, times the lengths of its lists.
var spelled sync.Map

// numbered replaces each ? that is not inside quotes by $1, $2 and so on.
func numbered(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	if done, ok := spelled.Load(query); ok {
		return done.(string) //nolint:forcetypeassert // nothing else is stored
	}
	var out strings.Builder
	quoted, n := false, 0
	for _, c := range []byte(query) {
		if c == '\'' {
			quoted = !quoted
		}
		if c != '?' || quoted {
			out.WriteByte(c)
			continue
		}
		n++
		out.WriteString("$" + strconv.Itoa(n))
	}
	spelled.Store(query, out.String())
	return out.String()
}
