package tenant

import (
	"os"
	"strings"
	"testing"
)

// What the reference shows of each file is a tenant that loads.
func TestReferenceLoads(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/tenant.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := func(heading, fence string) []byte {
		_, section, _ := strings.Cut(string(text), "\n## "+heading+"\n")
		_, block, ok := strings.Cut(section, "\n"+fence+"\n")
		block, _, closed := strings.Cut(block, "\n```\n")
		if !ok || !closed {
			t.Fatalf("the section %q shows nothing", heading)
		}
		return []byte(block + "\n")
	}
	tenant, problems := Load(Bundle{Name: "acme", Files: map[string][]byte{
		fileTools:     shown("tools.yaml", "```yaml"),
		filePolicy:    shown("policy.csv and model.conf", "```"),
		fileLimits:    shown("limits.yaml", "```yaml"),
		filePeople:    shown("people.yaml", "```yaml"),
		fileApprovals: []byte("repeat_group: billing_leads\n"),
	}})
	if tenant == nil || len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

// So is what it shows of clients.yaml, among the examples' tools.
func TestReferenceOfClientsLoads(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/identity.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## clients.yaml\n")
	_, block, _ := strings.Cut(section, "\n```yaml\n")
	block, _, ok := strings.Cut(block, "\n```\n")
	loaded, problems := load(edited(t, fileClients, "", block))
	if !ok || len(problems) > 0 || len(loaded.Access.Clients) != 1 || loaded.Access.Session == nil {
		t.Errorf("%v", problems)
	}
}
