package postgres

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// find is one of Postgres' programs: in the folder POSTGRES_BIN, on PATH, or
// where Debian puts it.
func find(name string) (string, error) {
	if dir := os.Getenv("POSTGRES_BIN"); dir != "" {
		return filepath.Join(dir, name), nil
	}
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(all) > 0 {
		sort.Strings(all)
		return all[len(all)-1], nil
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return "", errors.New("there is no " + name + ": install Postgres 15 or newer (Debian: apt-get install postgresql), or name its folder of programs with POSTGRES_BIN")
}

// credential is whom servers run as: Postgres refuses root.
func credential() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

func own(path string) error {
	if c := credential(); c != nil {
		return os.Chown(path, int(c.Uid), int(c.Gid))
	}
	return nil
}

// prepared is a server with a port and a folder, and nothing in it.
func prepared(tb testing.TB) *Server {
	tb.Helper()
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := own(dir); err != nil {
		tb.Fatal(err)
	}
	address := testkit.FreeAddress(tb)
	return &Server{Address: address, dir: filepath.Join(dir, "data"), log: &testkit.Log{}}
}

// configure adds settings to a server's file; they hold from its next start or
// reload.
func (s *Server) configure(tb testing.TB, settings ...string) {
	tb.Helper()
	host, port, _ := net.SplitHostPort(s.Address)
	settings = append([]string{"listen_addresses = '" + host + "'", "port = " + port, "unix_socket_directories = ''"}, settings...)
	file, err := os.OpenFile(filepath.Join(s.dir, "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = file.WriteString(strings.Join(settings, "\n") + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		tb.Fatal(err)
	}
}

// tool runs one of Postgres' programs as the servers' user.
func (s *Server) tool(tb testing.TB, name string, args ...string) {
	tb.Helper()
	program, err := find(name)
	if err != nil {
		tb.Fatal(err)
	}
	command := exec.Command(program, args...)
	command.Dir = filepath.Dir(s.dir)
	command.SysProcAttr = &syscall.SysProcAttr{Credential: credential()}
	if out, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", name, err, out)
	}
}
