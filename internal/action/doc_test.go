package action

import (
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/reference/catalogs.md")

// Every key that a catalog can have is explained.
func TestTheReferenceNamesEveryKey(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/catalog.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	// Those of an MCP server's catalog are not an agent's REST call.
	elsewhere := map[string]bool{"mcp": true, "errors": true, "is_error": true}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(s reflect.Type) {
		for s.Kind() == reflect.Slice || s.Kind() == reflect.Pointer {
			s = s.Elem()
		}
		if s.Kind() != reflect.Struct || seen[s] || strings.HasPrefix(s.Name(), "mcp") {
			return
		}
		seen[s] = true
		for i := range s.NumField() {
			name, _, _ := strings.Cut(s.Field(i).Tag.Get("yaml"), ",")
			if name != "" && !elsewhere[name] && !strings.Contains(text, "`"+name+"`") && !strings.Contains(text, "`"+name+":") && !strings.Contains(text, "\n"+name+":") {
				t.Errorf("%s of %s is not explained", name, s.Name())
			}
			visit(s.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[catalogSource]())
	if len(seen) < 8 {
		t.Errorf("only %d structs: the search is broken", len(seen))
	}
}

// docs/reference/catalogs.md is written from the catalogs themselves:
//
//	go test ./internal/action -run Lists -update
func TestTheReferenceListsWhatIsShipped(t *testing.T) {
	const file = "../../docs/reference/catalogs.md"
	var page strings.Builder
	page.WriteString("# Shipped catalogs\n\nWhat agents can do at the tools whose catalogs come with the gateway. This page is\n" +
		"written from them; [catalog.md](catalog.md) explains the words. Everything else of\nthese APIs is refused.\n\n" +
		"Arguments in **bold** must be given. `safe` ones stand in records in clear, `restorable`\nones may hold restored personal data, a `recipient` is given as a surrogate alone, `editable` ones people may change while the\ncall waits for them. An effect goes through the ledger.\n")
	for _, name := range ShippedNames() {
		page.WriteString("\n## " + name + "\n\n| action | does | request | arguments | facts |\n|---|---|---|---|---|\n")
		for _, a := range shippedCatalog(t, name).Actions() {
			page.WriteString(shippedRow(a))
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(written)); diff != "" {
		t.Errorf("run go test ./internal/action -run Lists -update\n%s", diff)
	}
}

func shippedRow(a *Action) string {
	does := a.Description
	if a.Effect {
		does = "**Effect.** " + does
	}
	var args, facts []string
	for _, p := range a.Params {
		word := "`" + p.Name + "`"
		if p.Required || a.op.params[a.op.index(p.Name)].needed {
			word = "**" + word + "**"
		}
		for _, mark := range []struct {
			is   bool
			word string
		}{{p.Safe, "safe"}, {p.Restorable, "restorable"}, {p.Recipient, "recipient"}, {p.Editable, "editable"}} {
			if mark.is {
				word += " " + mark.word
			}
		}
		args = append(args, word)
	}
	for _, f := range a.Facts {
		for _, field := range f.Fields {
			word := "`" + f.Name + "." + field.Name + "`"
			if field.Outside {
				word += " outside"
			}
			facts = append(facts, word)
		}
	}
	t := a.op.paths[0]
	path := ""
	for _, seg := range t.segments {
		path += "/"
		if seg.param >= 0 {
			path += "{" + a.op.params[seg.param].Name + "}"
		}
		path += seg.literal
	}
	return "| `" + a.Name + "` | " + does + " | `" + a.op.method + " " + path + "` | " + strings.Join(args, ", ") + " | " + strings.Join(facts, ", ") + " |\n"
}
