package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// lastMigration ends the list of the ledger's.
var lastMigration = regexp.MustCompile(`\{Number: (\d+), .*\},\n\t\}\n\}\n$`)

// newerVersion builds this program with one migration more, as the next version
// could have it.
func newerVersion(t *testing.T) string {
	t.Helper()
	root, dir := rig.Root(t), t.TempDir()
	schema := filepath.Join(root, "approvald", "ledger", "schema.go")
	text, err := os.ReadFile(schema)
	if err != nil {
		t.Fatal(err)
	}
	last := lastMigration.FindSubmatch(text)
	if last == nil {
		t.Fatalf("%s does not end with the list of migrations", schema)
	}
	number, err := strconv.Atoi(string(last[1]))
	if err != nil {
		t.Fatal(err)
	}
	more := fmt.Sprintf("\t\t{Number: %d, Name: \"next\", SQL: \"ALTER TABLE intents ADD COLUMN next INTEGER NOT NULL DEFAULT 0;\"},\n\t}\n}\n", number+1)
	next, overlay, program := filepath.Join(dir, "schema.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "sallyport")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {schema: next}})
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range map[string][]byte{next: []byte(strings.TrimSuffix(string(text), "\t}\n}\n") + more), overlay: replace} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-overlay", overlay, "-o", program, "./cmd/sallyport")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// testUpgrade: a replica of a newer version brings the database forward while an
// older one serves. That one does no effects any more, and reads; what waits there is
// done by the newer one. It does not start again.
func testUpgrade(t *testing.T, older *rig.Rig) {
	token := older.Token(rig.Billing("acme", "cus_ada"))
	waits, fresh := older.Charge(t, "acme", "cus_ada", "usd"), older.Charge(t, "acme", "cus_ada", "usd")
	program := newerVersion(t)
	held := make(chan answer, 1)
	go func() { held <- refund(t, older, token, waits, "10000", "idempotency-key", waits) }()
	item := waiting(t, older, waits)
	newer := older.Replica(t, "newer", program)

	got := refund(t, older, token, fresh, "1000", "idempotency-key", fresh)
	if got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, `"code":"store_unavailable"`) || !strings.Contains(older.Log.String(), "a newer version wrote it") {
		t.Errorf("an effect at the older one: %d %s", got.status, got.body)
	}
	if got := call(t, older, http.MethodGet, factsRead, "", "authorization", "Bearer "+token); got.status != http.StatusOK {
		t.Errorf("a read at the older one: %d %s", got.status, got.body)
	}
	if got := refund(t, newer, token, fresh, "1000", "idempotency-key", fresh); got.status != http.StatusOK {
		t.Errorf("an effect at the newer one: %d %s", got.status, got.body)
	}
	if out, err := exec.Command(program, "approvals", "approve", item.ID, "--data", older.Data, "--desk-url", "http://"+newer.Addresses().Desk).CombinedOutput(); err != nil {
		t.Errorf("approved at the newer one: %v: %s", err, out)
	}
	got = <-held
	if got.status == http.StatusConflict { // the newer one took longer to start than a call waits
		got = refund(t, newer, token, waits, "10000", "idempotency-key", waits)
	}
	if got.status != http.StatusOK {
		t.Errorf("who waits at the older one: %d %s", got.status, got.body)
	}
	once(t, older, waits, 10000)
	once(t, older, fresh, 1000)

	again := exec.CommandContext(t.Context(), rig.Built(t, "sallyport"), "approvald", "--node", "again", "--data", older.Data, "--local", rig.ShortDir(t),
		"--tenants", older.Tenants, "--database", string(older.Config.Database))
	if out, err := again.CombinedOutput(); err == nil || !strings.Contains(string(out), "a newer version wrote it, run that version or a later one") {
		t.Errorf("the older one starts again: %v: %s", err, out)
	}
}
