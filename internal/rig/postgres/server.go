package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/testkit"
)

// patience ends a wait that would never end; it is no measurement.
const patience = 60 * time.Second

// role is the database's superuser in tests, and its password.
const role, password = "sallyport", "for-tests"

// Server is a Postgres server.
type Server struct {
	Address string // host:port
	dir     string // its data
	log     *testkit.Log
	command *exec.Cmd
	ended   chan struct{}
}

// Fast is for servers that nobody cuts the power of: what they lose then is not
// what the test is about.
const Fast = "fsync = off"

// Start makes a server and runs it until the test ends.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s := prepared(tb)
	secret := filepath.Join(s.dir, "..", "password")
	if err := errors.Join(os.WriteFile(secret, []byte(password), 0o600), own(secret)); err != nil {
		tb.Fatal(err)
	}
	s.tool(tb, "initdb", "-D", s.dir, "-U", role, "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N")
	// Shared memory in the folder of the data goes with it: a server that is killed would
	// leave its own in the machine's.
	s.configure(tb, append(settings, "dynamic_shared_memory_type = mmap", "max_connections = 200", "shared_buffers = 32MB", "wal_level = replica", "max_wal_senders = 8", "wal_keep_size = 64MB", "hot_standby = on")...)
	s.Run(tb)
	tb.Cleanup(s.Kill)
	return s
}

// Standby makes a server that follows s, and which s waits for at each commit.
func (s *Server) Standby(tb testing.TB) *Server {
	tb.Helper()
	standby := prepared(tb)
	standby.tool(tb, "pg_basebackup", "-D", standby.dir, "-R", "-X", "stream", "-c", "fast", "-d",
		s.URL("postgres")+"&application_name=standby")
	_, port, _ := net.SplitHostPort(standby.Address)
	standby.configure(tb, "port = "+port, "cluster_name = 'standby'", "synchronous_standby_names = ''")
	standby.Run(tb)
	tb.Cleanup(standby.Kill)
	s.Configure(tb, "synchronous_standby_names = '*'")
	testkit.Eventually(tb, "the standby confirms commits", func() bool {
		out, err := s.query("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
		return err == nil && out == "1"
	})
	return standby
}

// Configure changes settings of a running server.
func (s *Server) Configure(tb testing.TB, settings ...string) {
	tb.Helper()
	s.configure(tb, settings...)
	s.tool(tb, "pg_ctl", "reload", "-D", s.dir)
}

// Promote makes a standby a server that takes writes.
func (s *Server) Promote(tb testing.TB) {
	tb.Helper()
	s.tool(tb, "pg_ctl", "promote", "-w", "-D", s.dir)
}

// URL names a database on the server.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", role, password, s.Address, database)
}

// Exec runs one statement in the first database.
func (s *Server) Exec(tb testing.TB, statement string) string {
	tb.Helper()
	out, err := s.query(statement)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func (s *Server) query(statement string) (string, error) {
	program, err := find("psql")
	if err != nil {
		return "", err
	}
	command := exec.Command(program, "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", s.URL("postgres"), "-c", statement)
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", statement, err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Run starts the server; it may have been killed before.
func (s *Server) Run(tb testing.TB) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !s.start(tb); {
		if time.Now().After(deadline) {
			tb.Fatalf("the server does not start:\n%s", s.log)
		}
	}
}

// start says whether the server serves. Right after a kill an orphan may hold
// its memory for a moment.
func (s *Server) start(tb testing.TB) bool {
	tb.Helper()
	program, err := find("postgres")
	if err != nil {
		tb.Fatal(err)
	}
	s.command = exec.Command(program, "-D", s.dir)
	s.command.Dir = filepath.Dir(s.dir)
	s.command.Stdout, s.command.Stderr = s.log, s.log
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Credential: credential()}
	if err := s.command.Start(); err != nil {
		tb.Fatal(err)
	}
	ended := make(chan struct{})
	s.ended = ended
	go func(c *exec.Cmd) { _ = c.Wait(); close(ended) }(s.command)
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		select {
		case <-ended:
			return false
		case <-time.After(20 * time.Millisecond):
			if _, err := s.query("SELECT 1"); err == nil {
				return true
			}
		}
	}
	tb.Fatalf("the server does not answer:\n%s", s.log)
	return false
}

// Kill is kill -9 of the server and all its processes.
func (s *Server) Kill() {
	s.signal(syscall.SIGKILL)
	if s.ended != nil {
		<-s.ended
	}
}

// Pause stops all its processes where they are.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume lets them go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

// Drop ends all connections of clients, as a network that breaks does.
func (s *Server) Drop() error {
	_, err := s.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
	return err
}

// signal reaches the children too: each has a session of its own. The parent is
// first, so that it starts no other.
func (s *Server) signal(sig syscall.Signal) {
	if s.command == nil || s.command.Process == nil {
		return
	}
	parent := s.command.Process.Pid
	children := childrenOf(parent)
	_ = s.command.Process.Signal(sig)
	for _, pid := range append(children, childrenOf(parent)...) {
		_ = syscall.Kill(pid, sig)
	}
}

func childrenOf(parent int) []int {
	var out []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, after, _ := bytes.Cut(data, []byte(") ")) // the name may have spaces
		fields := strings.Fields(string(after))
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				out = append(out, pid)
			}
		}
	}
	sort.Ints(out)
	return out
}
