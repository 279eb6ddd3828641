package wire

import (
	"encoding/base64"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// names are the text constants of this package, read from its source, so that
// one that is added is held to the same laws.
func names(t *testing.T) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "wire.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: importer.Default()}
	pkg, err := config.Check("wire", set, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok {
			out[name] = constant.StringVal(c.Val())
		}
	}
	return out
}

// group are the constants whose Go name has a prefix.
func group(t *testing.T, prefix string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, value := range names(t) {
		if strings.HasPrefix(name, prefix) {
			out[name] = value
		}
	}
	if len(out) < 2 {
		t.Fatalf("%d constants begin with %s", len(out), prefix)
	}
	return out
}

// Envoy removes what begins with Prefix, and compares in lower case.
func TestInternalHeadersAreLowerCaseBelowThePrefix(t *testing.T) {
	for name, value := range group(t, "Header") {
		rest, ok := strings.CutPrefix(value, Prefix)
		if !ok || rest == "" || value != strings.ToLower(value) || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%s is %q", name, value)
		}
	}
	if strings.HasPrefix(RequestID, Prefix) {
		t.Error("the request id is Envoy's own and must survive the removal of internal headers")
	}
}

func TestNamesOfOneKindAreUnique(t *testing.T) {
	for _, kind := range []string{"Header", "Lane", "Meta", "RouteMeta", "Verdict", "Cluster", "Listener", "Mask"} {
		seen := map[string]string{}
		for name, value := range group(t, kind) {
			if other, twice := seen[value]; twice || value == "" {
				t.Errorf("%s and %s are both %q", name, other, value)
			}
			seen[value] = name
		}
	}
}

// A tenant's name begins with a letter, so that none is the scope of nobody.
func TestScopeNoneIsNoTenant(t *testing.T) {
	if !strings.HasPrefix(ScopeNone, "_") {
		t.Errorf("got %q", ScopeNone)
	}
}

func TestDecisionIDHoldsTheRequestID(t *testing.T) {
	if got := DecisionID("5a2f"); got != DecisionPrefix+"5a2f" {
		t.Errorf("got %q", got)
	}
}

func TestCredentialSlotsAreHeadersOfClients(t *testing.T) {
	seen := map[string]bool{}
	for _, slot := range CredentialSlots {
		if slot == "" || slot != strings.ToLower(slot) || strings.HasPrefix(slot, Prefix) || seen[slot] {
			t.Errorf("slot %q", slot)
		}
		seen[slot] = true
	}
}

// Whatever stands around a token, base64 of it holds one of the three cores.
func TestTokenIsSeenInsideBase64(t *testing.T) {
	used := map[string]bool{}
	for before := range 256 {
		for length := range 6 {
			text := strings.Repeat(string([]byte{byte(before)}), length) + TokenPrefix + string([]byte{byte(before), 'x'})
			encoded := base64.StdEncoding.EncodeToString([]byte(text))
			core := TokenBase64[length%3]
			if !strings.Contains(encoded, core) {
				t.Fatalf("%d bytes before: %q does not hold %q", length, encoded, core)
			}
			if url := base64.RawURLEncoding.EncodeToString([]byte(text)); !strings.Contains(url, core) {
				t.Fatalf("%d bytes before: %q does not hold %q", length, url, core)
			}
			used[core] = true
		}
	}
	if len(used) != len(TokenBase64) {
		t.Errorf("only %v were needed", used)
	}
}
