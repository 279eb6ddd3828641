package observed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

const pinned = "sha256:1111111111111111111111111111111111111111111111111111111111111111"

// shop is a tool with one action at an MCP server.
func shop(t *testing.T, origin string) (*tenant.Tool, *action.Action) {
	t.Helper()
	c, problems := action.Compile("shop.yaml", []byte(`
name: shop
dialect: problem
max_body: 1KiB
mcp: {path: /mcp, protocol: 2025-11-25}
actions: [{name: shop.item.find, summary: Find, effect: false, mcp: {tool: find, digest: "`+pinned+`"}}]
`))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	act, _ := c.Action("shop.item.find")
	return &tenant.Tool{Name: "shop", Origin: origin, Catalog: c}, act
}

func saw(origin, digest string) Server {
	return Server{Tenant: "acme", Tool: "shop", Origin: origin + "/mcp", Since: time.Unix(0, 0).UTC(), Tools: map[string]string{"find": digest}}
}

// A tool has changed when its own server was seen to offer something else.
func TestChanged(t *testing.T) {
	tool, act := shop(t, "http://a")
	for name, c := range map[string]struct {
		seen []Server
		want bool
	}{
		"nothing seen":              {nil, false},
		"what was reviewed":         {[]Server{saw("http://a", pinned)}, false},
		"something else":            {[]Server{saw("http://a", "sha256:2")}, true},
		"back again":                {[]Server{saw("http://a", "sha256:2"), saw("http://a", pinned)}, false},
		"gone":                      {[]Server{{Tenant: "acme", Tool: "shop", Origin: "http://a/mcp"}}, true},
		"another server, as it was": {[]Server{saw("http://b", "sha256:2")}, false},
	} {
		s := &Servers{}
		for _, seen := range c.seen {
			s.Saw(seen)
		}
		if got := s.Changed("acme", tool, act); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if s.Changed("globex", tool, act) {
			t.Errorf("%s: another tenant's", name)
		}
	}
	stripe, _ := action.Shipped("stripe")
	c, _ := action.Compile("stripe.yaml", stripe)
	other := &tenant.Tool{Name: "stripe", Catalog: c}
	if !(&Servers{}).Changed("acme", other, act) || (&Servers{}).Changed("acme", other, c.Actions()[0]) {
		t.Error("an action of another tool, or one of HTTP")
	}
}

func TestSawSaysWhatIsNew(t *testing.T) {
	s := &Servers{}
	if !s.Saw(saw("http://a", "1")) || s.Saw(saw("http://a", "1")) || !s.Saw(saw("http://a", "2")) || !s.Saw(saw("http://b", "2")) {
		t.Error("what is new is not told")
	}
}

// What one process writes, another reads; what it did not write changes nothing.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "servers.json")
	f, written, read := NewFile(path), &Servers{}, &Servers{}
	if err := f.Load(read); err != nil {
		t.Fatalf("a file that is not there: %v", err)
	}
	written.Saw(saw("http://a", "2"))
	for range 2 {
		if err := f.Write(written); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Load(read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written.All(), read.All()); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "{", `[{"tenant":"acme","more":1}]`} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Load(read); err == nil || !strings.Contains(err.Error(), "remove it and start again") || len(read.All()) != 1 {
			t.Errorf("%q: %v", bad, err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
	if err := NewFile(filepath.Join(path, "x")).Write(written); err == nil {
		t.Error("a folder that is not there")
	}
}
