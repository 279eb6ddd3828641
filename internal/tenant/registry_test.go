package tenant

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/token/access"
)

// registering is a tenant that registers one issuer with an audience.
func registering(t *testing.T, name, audience string) Bundle {
	t.Helper()
	const issuers = `clients: []
issuers:
  - {issuer: 'https://login.example', audience: %, jwks: 'https://login.example/keys', agent: {claim: sub, names: {a: billing-bot}}}
`
	return bundle(t, name, "clients.yaml", "", strings.Replace(issuers, "%", audience, 1))
}

// against is what a follower says of a tenant.
func (f *following) against(name string) string {
	for _, s := range f.follower.Status() {
		if s.Name == name {
			return s.Problems.Error()
		}
	}
	return ""
}

// A registration of another issuer is one tenant's: whoever comes later is refused
// until the first one gives way.
func TestRegistrationsAreUniqueOnThePlatform(t *testing.T) {
	f := follow(t)
	first, second := registering(t, "globex", "sallyport"), registering(t, "acme", "sallyport")
	f.step(first)
	f.step(second, first) // sorted by name: the live one counts, not the name
	if f.version("globex") != first.Version || f.version("acme") != "" {
		t.Fatalf("live are %v", f.set.All())
	}
	if got := f.against("acme"); !strings.HasPrefix(got, "clients.yaml: issuers[0]: ") || !strings.Contains(got, "globex") || !strings.Contains(got, "acme") {
		t.Errorf("got %v", got)
	}
	other := registering(t, "acme", "another")
	f.step(other, first)
	if f.version("acme") != other.Version {
		t.Error("another audience of the same issuer is refused")
	}
	f.step(second, first)
	if f.version("acme") != other.Version {
		t.Error("a live tenant took another's registration")
	}
	f.step(second, registering(t, "globex", "moved"))
	if f.version("acme") != second.Version {
		t.Error("a registration that was given up is not free")
	}
}

// Who was first stays first over restarts, whatever the tenants are called.
func TestWhoRegisteredFirstIsRemembered(t *testing.T) {
	owners := filepath.Join(t.TempDir(), "issuers.json")
	old, intruder := registering(t, "globex", "sallyport"), registering(t, "acme", "sallyport")
	followOn(t, owners).step(old)
	f := followOn(t, owners)
	f.step(intruder, old)
	if f.version("globex") != old.Version || f.version("acme") != "" {
		t.Fatalf("after a restart live are %v", f.set.All())
	}
	broken := registering(t, "globex", "sallyport")
	broken.Files["tenant.yaml"] = []byte("titel: x\n")
	broken.Version = Version(broken.Files)
	f = followOn(t, owners)
	f.step(intruder, broken)
	if f.version("acme") != "" {
		t.Error("a mistake elsewhere gives a registration away")
	}
	if f.step(intruder); f.version("acme") != intruder.Version {
		t.Error("the registration of a tenant that is gone is not free")
	}
}

// Of two that come at once nobody gets it, and the others go on.
func TestTwoThatRegisterAtOnce(t *testing.T) {
	f := follow(t)
	a, g, third := registering(t, "acme", "same"), registering(t, "globex", "same"), bundle(t, "third")
	f.step(a, g, third)
	if f.version("acme") != "" || f.version("globex") != "" || f.version("third") == "" {
		t.Errorf("live are %v", f.set.All())
	}
	if _, _, ok := f.set.Issuer("https://login.example", "same"); ok {
		t.Error("somebody has the registration")
	}
	for _, name := range []string{"acme", "globex"} {
		if got := f.against(name); !strings.Contains(got, "acme, globex") {
			t.Errorf("%s is told %q", name, got)
		}
	}
	moved := registering(t, "globex", "own")
	if f.step(a, moved, third); f.version("acme") != a.Version || f.version("globex") != moved.Version {
		t.Errorf("one gave way; live are %v", f.set.All())
	}
}

func TestOwnersThatCannotBeKept(t *testing.T) {
	owners := filepath.Join(t.TempDir(), "issuers.json")
	if err := os.WriteFile(owners, []byte("[{\"issuer\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := followOn(t, owners)
	f.step(registering(t, "acme", "sallyport"), bundle(t, "globex"))
	if f.version("acme") != "" || f.version("globex") == "" || !strings.Contains(f.against("acme"), owners) {
		t.Errorf("live are %v, acme is told %q", f.set.All(), f.against("acme"))
	}
}

// A Set that was given two owners has none.
func TestSetGuessesNoOwner(t *testing.T) {
	with := func(name string) *Tenant {
		return &Tenant{Name: name, Access: access.Access{Issuers: []access.Issuer{{Issuer: "i", Audience: "a"}, {Issuer: "i", Audience: name}}}}
	}
	s := NewSet()
	s.Update([]*Tenant{with("acme"), with("globex")}, nil)
	if name, _, ok := s.Issuer("i", "a"); ok {
		t.Errorf("%s has it", name)
	}
	if name, _, _ := s.Issuer("i", "globex"); name != "globex" {
		t.Errorf("%q has globex's own", name)
	}
}
