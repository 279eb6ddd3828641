package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/token"
)

// A subject is one ext_authz server in a process of its own, so that its CPU
// can be told from the client's.
type subject struct {
	name     string
	spelling spelling
	share    int // of a round's checks: what is slow is asked less
	command  *exec.Cmd
	output   *bytes.Buffer
	client   authv3.AuthorizationClient
}

// Environment of this binary when it is started again as a subject.
const (
	envSubject  = "SALLYPORT_BENCH_SUBJECT"
	envWorkload = "SALLYPORT_BENCH_WORKLOAD"
	envSocket   = "SALLYPORT_BENCH_SOCKET"
)

// startWithin ends a hang: a thousand tenants are written and compiled.
const startWithin = 5 * time.Minute

// serveSubject is the process of a small subject; it returns when it failed.
func serveSubject(name string) error {
	var w workload
	if _, err := fmt.Sscanf(os.Getenv(envWorkload), "rules=%d,tenants=%d", &w.rules, &w.tenants); err != nil {
		return err
	}
	var service authv3.AuthorizationServer = allowAll{}
	if name == "casbin" {
		stock, err := newStockCasbin(w)
		if err != nil {
			return err
		}
		service = stock
	}
	listener, err := daemon.ListenUnix(os.Getenv(envSocket))
	if err != nil {
		return err
	}
	server := grpc.NewServer(daemon.GRPCServerOptions()...)
	authv3.RegisterAuthorizationServer(server, service)
	return server.Serve(listener)
}

// again starts this binary as a subject.
func again(tb testing.TB, name string, w workload, share int) *subject {
	tb.Helper()
	socket := filepath.Join(rig.ShortDir(tb), "s")
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), envSubject+"="+name, envWorkload+"="+w.String(), envSocket+"="+socket)
	return launch(tb, &subject{name: name, share: share, command: command}, socket)
}

// startOPA starts opa-envoy-plugin, nil when it was not built.
func startOPA(tb testing.TB, w workload) *subject {
	tb.Helper()
	binary := os.Getenv("OPA_ENVOY")
	if binary == "" {
		binary = filepath.Join(rig.Root(tb), ".cache", "bin", "opa-envoy")
	}
	if _, err := os.Stat(binary); err != nil {
		tb.Log("opa-envoy is left out: build it with scripts/deps/opa-envoy.sh")
		return nil
	}
	dir := rig.ShortDir(tb)
	files, err := w.writeOPA(dir)
	if err != nil {
		tb.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	command := exec.Command(binary, append([]string{
		"run", "--server", "--log-level", "error", "--disable-telemetry", "--addr", "unix://" + filepath.Join(dir, "h"),
		"--set", "plugins.envoy_ext_authz_grpc.addr=unix://" + socket,
		"--set", "plugins.envoy_ext_authz_grpc.path=envoy/authz/allow",
	}, files...)...)
	return launch(tb, &subject{name: "opa-envoy", spelling: headerMap, share: 4, command: command}, socket)
}

// startSallyport starts the real service as it runs beside an Envoy, and
// returns what signs tokens for it.
func startSallyport(tb testing.TB, w workload) (*subject, func(tenant, agent string) string) {
	tb.Helper()
	data := rig.ShortDir(tb)
	ring := prepare(tb, w, data, filepath.Join(data, "tenants"), "127.0.0.1:1")
	command := exec.Command(rig.Built(tb, "sallyport"), "extauthz", "--data", data, "--tenants", filepath.Join(data, "tenants"))
	s := launch(tb, &subject{name: "sallyport", share: 1, command: command}, filepath.Join(data, "run", "agent-check.sock"))
	signed := map[string]string{}
	return s, func(tenant, agent string) string {
		if raw, ok := signed[tenant+agent]; ok {
			return raw
		}
		raw, _, err := up.Issue(ring, token.Identity{
			Tenant: tenant, Agent: agent, Session: token.Session{Ticket: "1001", Customer: "cus_ada"},
		}, time.Now(), time.Hour)
		if err != nil {
			tb.Fatal(err)
		}
		signed[tenant+agent] = raw
		return raw
	}
}

// prepare writes a workload's tenants and their secrets.
func prepare(tb testing.TB, w workload, data, tenants, origin string) *keyring.Ring {
	tb.Helper()
	if err := w.writeTenants(tenants, origin); err != nil {
		tb.Fatal(err)
	}
	ring, err := keyring.Open(filepath.Join(data, "keys"))
	if err != nil {
		tb.Fatal(err)
	}
	secrets, err := secret.OpenFile(filepath.Join(data, "secrets.age"), filepath.Join(data, "keys", "secrets.identity"))
	if err != nil {
		tb.Fatal(err)
	}
	for tenant := range w.tenants {
		if err := secrets.Put(tenantName(tenant), "desk_key", "sk_bench_"+strconv.Itoa(tenant)); err != nil {
			tb.Fatal(err)
		}
	}
	return ring
}

// launch starts a subject, connects, and ends it with the test.
func launch(tb testing.TB, s *subject, socket string) *subject {
	tb.Helper()
	s.output = &bytes.Buffer{}
	s.command.Stdout, s.command.Stderr = s.output, s.output
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.command.Start(); err != nil {
		tb.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- s.command.Wait() }()
	tb.Cleanup(func() {
		_ = s.command.Process.Signal(syscall.SIGKILL)
		<-exited
	})
	deadline := time.Now().Add(startWithin)
	for !exists(socket) {
		select {
		case err := <-exited:
			exited <- err
			tb.Fatalf("%s ended: %v\n%s", s.name, err, s.output)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			_ = s.command.Process.Signal(syscall.SIGQUIT) // Go's: print every goroutine and end
			exited <- <-exited
			tb.Fatalf("%s did not start within %v\n%s", s.name, startWithin, s.output)
		}
	}
	connection, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.WaitForReady(true)))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = connection.Close() })
	s.client = authv3.NewAuthorizationClient(connection)
	return s
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// cpu is what the process has used so far, in seconds.
func (s *subject) cpu() (float64, error) {
	used, err := processCPU(s.command.Process.Pid)
	return used.Seconds(), err
}

// resident is the memory the process has, in MiB.
func (s *subject) resident() (float64, error) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(s.command.Process.Pid) + "/statm")
	if err != nil {
		return 0, err
	}
	var size, pages int
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		return 0, err
	}
	return float64(pages*os.Getpagesize()) / (1 << 20), nil
}

// memory is about what all subjects of a workload take at once, in MiB.
func (w workload) memory() int { return 1000 + w.rules*w.tenants*2/1000 }

// available is the memory that can be had, in MiB.
func available(tb testing.TB) int {
	tb.Helper()
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "MemAvailable:")
	var kib int
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		tb.Fatal(err)
	}
	return kib / 1024
}
