package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// Somebody connects a tool of their own as examples/own-tool says. Only ports
// and the data folder differ from what is shown.
func TestNewcomerOwnTool(t *testing.T) {
	const page, origin = "examples/own-tool/README.md", "http://127.0.0.1:9400"
	n := newNewcomer(t)
	n.own, n.tenants = true, filepath.Join(filepath.Dir(n.data), "own")
	if err := os.CopyFS(n.tenants, os.DirFS(filepath.Join(n.root, "examples", "own-tool", "tenants"))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(n.tenants, "shop", "tools.yaml")
	tools, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(tools), origin) {
		t.Fatalf("%s has no %s: %v", file, origin, err)
	}
	write(t, file, strings.ReplaceAll(string(tools), origin, "http://"+n.provider))
	text, err := os.ReadFile(filepath.Join(n.root, page))
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{"\npython3 examples/own-tool/api.py\n", "\nbin/sallyport up --tenants examples/own-tool/tenants\n"} {
		if !strings.Contains(string(text), shown) {
			t.Errorf("%s does not show %q, which this test runs", page, shown)
		}
	}
	_, port, _ := net.SplitHostPort(n.provider)
	api := exec.Command("python3", "examples/own-tool/api.py", port)
	api.Dir, api.SysProcAttr = n.root, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := api.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Process.Kill(); _ = api.Wait() })
	testkit.Eventually(t, "the API listens", func() bool {
		connection, err := net.Dial("tcp", n.provider)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	})
	n.up()
	for _, shown := range []string{"token --tenant shop --agent AGENT", "desk --tenant shop PERSON", "/TOOL/"} {
		if !strings.Contains(n.out.String(), shown) {
			t.Errorf("the greeting does not say %q", shown)
		}
	}
	n.follow(t, page, 4)
	n.interrupt()
}
