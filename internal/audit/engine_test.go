package audit

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// engineBinary builds sallyport-chdb once for all tests of this package.
var engineBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sallyport-chdb")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "sallyport-chdb")
	out, err := exec.Command("go", "build", "-trimpath", "-o", path, "github.com/sallyport/sallyport/cmd/sallyport-chdb").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		recordForEver(dir)
	}
	code := m.Run()
	if path, err := engineBinary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// testEngine is a real engine in a process of its own.
type testEngine struct {
	t       *testing.T
	binary  string
	data    string
	address string
	command *exec.Cmd
}

func startEngine(t *testing.T) *testEngine {
	t.Helper()
	if os.Getenv("CHDB_LIB_PATH") == "" {
		t.Fatal(`run "make deps" or set CHDB_LIB_PATH: this test needs the real engine`)
	}
	binary, err := engineBinary()
	if err != nil {
		t.Fatal(err)
	}
	e := &testEngine{t: t, binary: binary, data: t.TempDir(), address: testkit.FreeAddress(t)}
	e.start()
	t.Cleanup(e.kill)
	return e
}

func (e *testEngine) start() {
	e.t.Helper()
	e.command = exec.Command(e.binary, "--listen", e.address, "--data", e.data)
	e.command.Env = append(os.Environ(), "SALLYPORT_CHDB_PASSWORD=secret")
	e.command.Stderr = e.t.Output()
	if err := e.command.Start(); err != nil {
		e.t.Fatal(err)
	}
	testkit.Eventually(e.t, "the engine answers", func() bool {
		response, err := http.Get("http://" + e.address + "/ping")
		if err != nil {
			return false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusOK
	})
}

// kill ends the engine as a crash would.
func (e *testEngine) kill() {
	_ = e.command.Process.Kill()
	_ = e.command.Wait()
}

// pause makes the engine hang, resume ends that.
func (e *testEngine) pause()  { _ = e.command.Process.Signal(syscall.SIGSTOP) }
func (e *testEngine) resume() { _ = e.command.Process.Signal(syscall.SIGCONT) }

func (e *testEngine) options() ClickHouseOptions {
	return ClickHouseOptions{URL: "http://sallyport:secret@" + e.address + "/", Database: "audit"}
}

func (e *testEngine) open() *ClickHouse {
	e.t.Helper()
	db, err := Open(e.options())
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = db.Close() })
	return db
}

// ask returns the first value of a query; "" while the engine does not answer.
func ask(t *testing.T, db *ClickHouse, sql string, args ...any) string {
	t.Helper()
	result, err := db.Query(t.Context(), sql, args...)
	if err != nil || len(result.Rows) == 0 {
		t.Logf("%s: %v", sql, err)
		return ""
	}
	return result.Rows[0][0]
}
