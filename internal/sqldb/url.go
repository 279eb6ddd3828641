package sqldb

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// URL names a Postgres database: postgres://user:password@host:port/name?option=….
// It may name several servers, host:port,host:port, of which the one that takes
// writes is used. It prints without its password.
type URL string

// Format implements fmt.Formatter for every verb.
func (u URL) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, u.String()) }

// LogValue implements slog.LogValuer.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText keeps the password out of JSON.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// String is the URL's servers and database, without user, password and options;
// of a text in which they cannot be told apart, nothing.
func (u URL) String() string {
	_, rest, ok := strings.Cut(string(u), "://")
	if !ok || !IsPostgres(string(u)) {
		return unreadable
	}
	who, where, known := strings.Cut(rest, "@")
	switch {
	case !known:
		where = rest
	case strings.ContainsAny(who, "?/") || strings.Contains(where, "@"):
		return unreadable
	}
	where, _, _ = strings.Cut(where, "?")
	return "postgres://" + where
}

const unreadable = "a database"

// IsPostgres says whether text is meant as a URL of Postgres.
func IsPostgres(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// errURL says nothing of the text it is about: it may have the password in any
// place.
var errURL = errors.New("the database's URL cannot be read: it must be like postgres://user@host:5432/name?sslmode=verify-full, with every special character of the password as %XX")

// config reads the URL and what belongs to it (PGPASSFILE, PGSSLROOTCERT and so
// on), and refuses a way to the server that somebody else could read.
func (u URL) config() (*pgx.ConnConfig, error) {
	if !IsPostgres(string(u)) {
		return nil, errURL
	}
	config, err := pgx.ParseConfig(string(u))
	if err != nil {
		return nil, errURL
	}
	ways := []*pgconn.FallbackConfig{{Host: config.Host, TLSConfig: config.TLSConfig}}
	for _, way := range append(ways, config.Fallbacks...) {
		if inside(way.Host) {
			continue
		}
		if tls := way.TLSConfig; tls == nil || tls.InsecureSkipVerify && tls.VerifyPeerCertificate == nil && tls.VerifyConnection == nil {
			return nil, fmt.Errorf("the database on %s is beyond this machine and its certificate would not be checked: set sslmode=verify-full, and sslrootcert for an authority of your own", way.Host)
		}
	}
	return config, nil
}

// inside says whether a host is this machine: loopback or a unix socket.
func inside(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	if unescaped, err := url.PathUnescape(host); err == nil {
		host = unescaped
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
