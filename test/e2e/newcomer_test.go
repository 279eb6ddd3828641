package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/test/house"
)

// newcomer is a person with a terminal: the real command, on ports of its own.
type newcomer struct {
	t                                                             *testing.T
	data, tenants                                                 string
	agent, desk, pages, admin, clickhouse, provider, issuer, root string
	token                                                         string
	own                                                           bool     // tenants of their own, without the examples
	flags                                                         []string // more of the command's
	command                                                       *exec.Cmd
	out                                                           *testkit.Log // what the terminal shows
}

func newNewcomer(t *testing.T) *newcomer {
	t.Helper()
	dir := rig.ShortDir(t)
	n := &newcomer{
		t: t, root: rig.Root(t), data: filepath.Join(dir, "data"), tenants: filepath.Join(dir, "tenants"),
		agent: testkit.FreeAddress(t), desk: testkit.FreeAddress(t), pages: testkit.FreeAddress(t), admin: testkit.FreeAddress(t), clickhouse: testkit.FreeAddress(t), provider: testkit.FreeAddress(t), issuer: testkit.FreeAddress(t),
	}
	rig.ExampleTenants(t, n.tenants, n.provider)
	return n
}

// up is `make up` without the make: what it builds is built.
func (n *newcomer) up() {
	n.t.Helper()
	n.out = &testkit.Log{}
	n.command = exec.Command(rig.Built(n.t, "sallyport"), "up", "--data", n.data, "--tenants", n.tenants,
		"--agent-address", n.agent, "--desk-address", n.desk, "--desk-pages", n.pages, "--admin-address", n.admin,
		"--clickhouse-address", n.clickhouse, "--issuer-address", n.issuer)
	last := "desk --tenant"
	if !n.own {
		n.command.Args, last = append(n.command.Args, "--examples", "--provider-address", n.provider), "approvals list"
	}
	n.command.Args = append(n.command.Args, n.flags...)
	n.command.Dir = n.root
	n.command.Stdout, n.command.Stderr = n.out, n.out
	n.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := n.command.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		if n.command.ProcessState == nil {
			_ = n.command.Process.Signal(syscall.SIGTERM)
			_ = n.command.Wait()
		}
		if n.t.Failed() {
			n.t.Logf("the terminal shows:\n%s", n.out)
		}
	})
	testkit.Eventually(n.t, "the gateway greets", func() bool { return strings.Contains(n.out.String(), last) })
	if !n.own {
		n.token = n.shown(`export TOKEN=(\S+)`)
	}
}

// shown is the first group of a pattern on the screen.
func (n *newcomer) shown(pattern string) string {
	n.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(n.out.String())
	if m == nil {
		n.t.Fatalf("nothing like %s is shown", pattern)
	}
	return m[1]
}

// interrupt is Ctrl-C.
func (n *newcomer) interrupt() {
	n.t.Helper()
	if err := n.command.Process.Signal(os.Interrupt); err != nil {
		n.t.Fatal(err)
	}
	if err := n.command.Wait(); err != nil {
		n.t.Errorf("Ctrl-C: %v", err)
	}
	testkit.Eventually(n.t, "nothing that was started runs any more", func() bool { return len(n.processes()) == 0 })
}

// processes are those that were started on this data folder.
func (n *newcomer) processes() []string {
	var out []string
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		n.t.Fatal(err)
	}
	for _, path := range lines {
		line, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(line), n.data) {
			out = append(out, string(line))
		}
	}
	return out
}

// run runs a script in the repository, as in a second terminal that keeps its
// TOKEN.
func (n *newcomer) run(script string) string {
	n.t.Helper()
	script = strings.NewReplacer("127.0.0.1:10000", n.agent, "127.0.0.1:10080", n.desk, "127.0.0.1:10083", n.issuer, ".cache/venv/bin/python", os.Getenv("PYTHON")).Replace(script)
	keep := filepath.Join(n.t.TempDir(), "token")
	ctx, cancel := context.WithTimeout(n.t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-uc", script+fmt.Sprintf("\ncode=$?; printf %%s \"$TOKEN\" >%s; exit $code", keep))
	command.Dir = n.root
	command.Env = append(os.Environ(), "TOKEN="+n.token, "SALLYPORT_DATA="+n.data, "SALLYPORT_TENANTS="+n.tenants,
		"SALLYPORT_DESK=http://"+n.desk, "SALLYPORT_ADMIN=http://"+n.admin)
	out, err := command.CombinedOutput()
	if err != nil {
		n.t.Errorf("%s\n%v: %s", script, err, out)
	}
	token, err := os.ReadFile(keep)
	if err != nil {
		n.t.Fatal(err)
	}
	n.token = string(token)
	return string(out)
}

// Somebody starts the gateway for the first time and does what the README and
// the greeting say; what they promise is what happens.
func TestNewcomer(t *testing.T) {
	n := newNewcomer(t)
	n.up()
	for _, address := range []string{n.agent, n.desk, n.pages, n.admin} {
		if !strings.Contains(n.out.String(), "http://"+address) {
			t.Errorf("the greeting does not name %s", address)
		}
	}
	least := map[string]int{"README.md": 6, "docs/reference/tenant.md": 1, "docs/reference/identity.md": 5, "docs/reference/audit.md": 2, "docs/reference/policy.md": 5, "docs/reference/mask.md": 2, "docs/reference/channels.md": 1}
	for _, file := range slices.Sorted(maps.Keys(least)) { // the README comes first: others explain what it did
		t.Run(file, func(t *testing.T) { n.follow(t, file, least[file]) })
	}
	// It refunds too, so it comes after the README, which shows the first refund's id.
	t.Run("examples/agents/README.md", func(t *testing.T) { n.follow(t, "examples/agents/README.md", 2) })
	t.Run("what the greeting says to try", func(t *testing.T) { tryGreeting(t, n) })
	t.Run("a second gateway on the same ports", func(t *testing.T) { secondGateway(t, n) })
	t.Run("after Ctrl-C everything is found again", func(t *testing.T) {
		once := `curl -si http://` + n.agent + `/stripe/v1/refunds -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: again" -d charge=ch_ada_450 -d amount=100`
		before := n.run(once)
		n.interrupt()
		token := n.token
		n.up()
		n.token = token
		after := n.run(once)
		if !strings.Contains(before, `"object": "refund"`) || !strings.Contains(after, "x-sallyport-replayed: true") {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	})
	n.interrupt()
}

// follow runs what a document shows, in its order, and holds the outputs against
// what it promises. There must be at least least blocks.
func (n *newcomer) follow(t *testing.T, file string, least int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(n.root, file))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, block := range house.Blocks(string(text)) {
		if strings.HasPrefix(block.Script, "make ") {
			continue // this test is part of one, and the other was the start
		}
		tried++
		promises(t, file, block, n.run(block.Script))
	}
	if tried < least {
		t.Errorf("only %d blocks were tried", tried)
	}
}

// promises holds an output against a document's: pieces between "..." or "…"
// come in their order.
func promises(t *testing.T, file string, block house.Block, got string) {
	t.Helper()
	rest := got
	for _, piece := range regexp.MustCompile(`\.\.\.|…|\n`).Split(block.Output, -1) {
		piece = strings.TrimSpace(piece)
		i := strings.Index(rest, piece)
		if i < 0 {
			t.Errorf("%s:%d promises %q, and the output is\n%s", file, block.Line, piece, got)
			return
		}
		rest = rest[i+len(piece):]
	}
}

func tryGreeting(t *testing.T, n *newcomer) {
	_, commands, _ := strings.Cut(n.out.String(), "in another terminal:\n")
	lines := strings.Split(strings.TrimSpace(commands), "\n")
	if len(lines) != 3 {
		t.Fatalf("it shows %d commands: %q", len(lines), lines)
	}
	if out := n.run(lines[0]); !strings.Contains(out, `"ch_ada_1000"`) {
		t.Errorf("%s\n%s", lines[0], out)
	}
	// The second waits for Ann, who is not there: the newcomer ends it.
	n.run(strings.Replace(lines[1], "curl -s", "curl -s -m 2", 1) + "\n[ $? = 28 ]")
	if out := n.run(lines[2]); !strings.Contains(out, "ch_ada_1000") {
		t.Errorf("%s\n%s", lines[2], out)
	}
	if link := n.run("bin/sallyport desk --tenant acme ann"); !strings.HasPrefix(link, "http://"+n.pages+"/enter/") {
		t.Errorf("the link is %q", link)
	}
	for _, person := range []string{"Ann Lee, billing lead", "Ole Berg, auditor"} {
		link := n.shown(regexp.QuoteMeta(person) + `\s+(\S+)`)
		if out := n.run("curl -s '" + link + "'"); !strings.Contains(out, `id="enter"`) {
			t.Errorf("%s: %s", link, out)
		}
	}
}

// A port that is taken is one line that says what to do, and nothing is left.
func secondGateway(t *testing.T, n *newcomer) {
	dir := filepath.Join(rig.ShortDir(t), "data")
	command := exec.Command(rig.Built(t, "sallyport"), "up", "--data", dir, "--tenants", n.tenants, "--agent-address", n.agent)
	command.Dir = n.root
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	last := strings.Split(strings.TrimSpace(string(out)), "\n")
	if line := last[len(last)-1]; !strings.Contains(line, n.agent) || !strings.Contains(line, "--agent-address") {
		t.Errorf("it says %q", line)
	}
}
