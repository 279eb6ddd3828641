package explain

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/tenant"
)

var someday = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)

// charge are the facts of a charge of cus_ada.
const charge = `"facts":{"charge":{"customer":"cus_ada","amount":100000,"amount_refunded":0,"currency":"usd","refunded":false}}`

// bundle are the files of an example tenant, with another policy when one is given.
func bundle(t testing.TB, name, rules string) tenant.Bundle {
	t.Helper()
	root := os.DirFS(filepath.Join("..", "..", "examples", "tenants", name))
	files := map[string][]byte{}
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[path], err = fs.ReadFile(root, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if rules != "" {
		files["policy.csv"] = []byte(rules)
	}
	return tenant.Bundle{Name: name, Files: files, Version: tenant.Version(files)}
}

func load(t testing.TB, b tenant.Bundle) *tenant.Tenant {
	t.Helper()
	out, problems := tenant.Load(b)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return out
}

// line is a question in JSON, asked by acme's billing-bot in cus_ada's session
// unless it says otherwise.
func line(t testing.TB, text string) Ask {
	t.Helper()
	a, err := ReadLine([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return a.Or(Ask{Agent: "billing-bot", Session: Session{Ticket: "1001", Customer: "cus_ada"}})
}
