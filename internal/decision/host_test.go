package decision

import (
	"testing"

	"github.com/sallyport/sallyport/internal/reason"
)

func TestHostNamesTheTool(t *testing.T) {
	s := shop(t, "")
	other := *s.Tools[0]
	other.Name = "aquarium"
	s.Tools = append(s.Tools, &other)
	for name, tt := range map[string]struct {
		authority, path, want string
		reason                reason.Code
	}{
		"a label":                         {"zoo.gw.localhost:10000", "/pets/rex", "/zoo/pets/rex", ""},
		"without a port":                  {"zoo.gw.localhost", "/pets/rex", "/zoo/pets/rex", ""},
		"in capitals":                     {"ZOO.Gw.LocalHost", "/pets/rex", "/zoo/pets/rex", ""},
		"with the root's dot":             {"zoo.gw.localhost.:10000", "/pets/rex", "/zoo/pets/rex", ""},
		"no path":                         {"zoo.gw.localhost", "/", "/zoo/", ""},
		"the path says it again":          {"zoo.gw.localhost", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"the path says it in capitals":    {"zoo.gw.localhost", "/ZOO/pets", "/zoo/ZOO/pets", ""},
		"the domain alone":                {"gw.localhost:10000", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"an address":                      {"127.0.0.1:10000", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"an IPv6 address":                 {"[::1]:10000", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"no host":                         {"", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"another domain":                  {"aquarium.example.com", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"a domain that ends like ours":    {"aquariumgw.localhost", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"our domain inside another":       {"aquarium.gw.localhost.example.com", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"a letter that folds to ours":     {"aquarium.gw.localho\u017ft", "/zoo/pets/rex", "/zoo/pets/rex", ""},
		"two tools":                       {"zoo.gw.localhost", "/aquarium/pets/rex", "", reason.ToolAmbiguous},
		"no tool":                         {"cages.gw.localhost", "/pets/rex", "", reason.ToolUnknown},
		"no tool, but the path names one": {"cages.gw.localhost", "/zoo/pets/rex", "", reason.ToolUnknown},
		"two labels":                      {"a.zoo.gw.localhost", "/zoo/pets/rex", "", reason.ToolUnknown},
		"a label that folds to a tool":    {"aq\u00faarium.gw.localhost", "/zoo/pets/rex", "", reason.ToolUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, refused := Domain("gw.localhost").Path("dec-1", s, tt.authority, tt.path)
			if tt.reason == "" {
				if refused != nil || got != tt.want {
					t.Errorf("got %q, refused %+v", got, refused)
				}
				return
			}
			if refused == nil {
				t.Fatalf("got %q", got)
			}
			if refused.Effect != Deny || refused.Reason != tt.reason || refused.ID != "dec-1" || refused.Bundle != s.Version {
				t.Errorf("got %+v", refused)
			}
		})
	}
}

func TestWithoutADomainOnlyPathsNameTools(t *testing.T) {
	if got, refused := Domain("").Path("dec-1", shop(t, ""), "zoo.", "/zoo/pets"); refused != nil || got != "/zoo/pets" {
		t.Errorf("got %q, refused %+v", got, refused)
	}
}

func TestParseDomain(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "sallyport.localhost": true, "gw": true, "a-1.example.com": true,
		"Gw.localhost": false, ".gw": false, "gw.": false, "a..b": false, "-a.b": false, "a-.b": false, "gw:10000": false, "gw/x": false,
		"127.0.0.1": false, "ä.example": false, "*.example.com": false,
	} {
		if d, err := ParseDomain(text); (err == nil) != ok || ok && string(d) != text {
			t.Errorf("%q: %q, %v", text, d, err)
		}
	}
}
