package tenant

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/config"
)

const examples = "../../examples/tenants"

// files are those of an example tenant.
func files(t testing.TB, name string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	root := os.DirFS(filepath.Join(examples, name))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		out[path], err = fs.ReadFile(root, path)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files: %v", len(out), err)
	}
	return out
}

// edited are acme's files with texts replaced: file, old, new, ….
func edited(t testing.TB, edits ...string) map[string][]byte {
	t.Helper()
	out := files(t, "acme")
	for i := 0; i < len(edits); i += 3 {
		file, old, text := edits[i], edits[i+1], edits[i+2]
		if before := string(out[file]); old == "" {
			out[file] = []byte(text)
		} else if !strings.Contains(before, old) {
			t.Fatalf("%s has no %q", file, old)
		} else {
			out[file] = []byte(strings.Replace(before, old, text, 1))
		}
	}
	return out
}

func load(files map[string][]byte) (*Tenant, config.Problems) {
	return Load(Bundle{Name: "acme", Files: files, Version: Version(files)})
}

func lines(problems config.Problems) (out []string) {
	for _, p := range problems {
		out = append(out, p.String())
	}
	return out
}

func TestExamplesLoadWithoutProblems(t *testing.T) {
	folders, err := os.ReadDir(examples)
	if err != nil || len(folders) < 2 {
		t.Fatalf("%d folders: %v", len(folders), err)
	}
	for _, folder := range folders {
		f := files(t, folder.Name())
		loaded, problems := Load(Bundle{Name: folder.Name(), Files: f, Version: Version(f)})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if loaded.Name != folder.Name() || loaded.Version != Version(f) || len(loaded.Tools) < 2 || loaded.Policy == nil || loaded.Limits == nil || loaded.People == nil {
			t.Errorf("got %+v", loaded)
		}
	}
}

func TestLoadKeepsWhatTheFilesSay(t *testing.T) {
	loaded, problems := load(edited(t,
		"limits.yaml", "charge_24h: {actions: [stripe.refund.create]", "charge_24h: {actions: [\"stripe.*\"]", // reads have no money
		"approvals.yaml", "", "wait: 10s\nrepeat_group: billing_leads\n",
		"tools.yaml", "origin: http://127.0.0.1:10090", "origin: https://API.stripe.com/\n    timeout: 5s",
	))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	approvals := Approvals{Wait: 10 * time.Second, WaitMCP: 4 * time.Second, ExpireAfter: 4 * time.Hour, SameFor: 15 * time.Minute, DenyCooldown: time.Hour, RepeatGroup: "billing_leads", HeldCalls: 2000, HeldCallsPerAgent: 200}
	if diff := cmp.Diff(approvals, loaded.Approvals); diff != "" {
		t.Error(diff)
	}
	stripe, _ := loaded.Tool("stripe")
	zendesk, _ := loaded.Tool("zendesk")
	if stripe.Origin != "https://api.stripe.com" || stripe.Timeout != 5*time.Second || zendesk.Timeout != 30*time.Second || !zendesk.Private {
		t.Errorf("got %+v and %+v", stripe, zendesk)
	}
	if _, ok := loaded.Tool("Stripe"); ok {
		t.Error("tools' names are exact")
	}
	if loaded.Title != "Acme Support" {
		t.Errorf("title %q", loaded.Title)
	}
}

// A tenant's own catalog stands before a shipped one of the same name.
func TestOwnCatalogComesFirst(t *testing.T) {
	f := edited(t, "policy.csv", "", "p, billing, stripe.ping.get, true, allow, -\ng, bot, billing\n", "limits.yaml", "", "", "mask.yaml", "", "", "clients.yaml", "", "",
		"tools.yaml", "", "tools: [{name: stripe, catalog: stripe, origin: 'https://a', credential: {secret: k, scheme: bearer}}]",
		"catalogs/stripe.yaml", "", "name: stripe\ndialect: stripe\nmax_body: 1KiB\nactions: [{name: stripe.ping.get, summary: Ping, method: GET, path: /ping}]\n")
	loaded, problems := load(f)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if actions := loaded.Tools[0].Catalog.Actions(); len(actions) != 1 || actions[0].Name != "stripe.ping.get" {
		t.Errorf("got %v", actions)
	}
}

// The same files are the same version everywhere; any other files are another.
func TestVersionIsADigestOfNamesAndContents(t *testing.T) {
	f := files(t, "acme")
	want := Version(f)
	if len(want) != len("sha256:")+64 || !strings.HasPrefix(want, "sha256:") {
		t.Errorf("got %s", want)
	}
	names := slices.Sorted(maps.Keys(f))
	for range 20 {
		again := map[string][]byte{}
		slices.Reverse(names)
		for _, name := range names {
			again[name] = slices.Clone(f[name])
		}
		if got := Version(again); got != want {
			t.Fatalf("%s, then %s", want, got)
		}
	}
	seen := map[string]string{want: "acme"}
	for name, other := range map[string]map[string][]byte{
		"nothing":                   {},
		"one byte":                  edited(t, "tenant.yaml", "Acme", "Acne"),
		"another name":              {"ab": []byte("c")},
		"a byte moved to the name":  {"abc": []byte("")},
		"a byte moved to the text":  {"a": []byte("bc")},
		"two files":                 {"a": []byte("b"), "c": []byte("")},
		"two files, texts swapped":  {"a": []byte(""), "c": []byte("b")},
		"one that looks like two":   {"a": []byte("bc")[:1], "c\x00": nil},
		"an empty file is one more": {"a": []byte("b"), "c": nil, "d": nil},
	} {
		v := Version(other)
		if first, twice := seen[v]; twice {
			t.Errorf("%s has the version of %s", name, first)
		}
		seen[v] = name
	}
}
