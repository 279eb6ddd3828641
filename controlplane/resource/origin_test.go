package resource

import (
	"strings"
	"testing"
)

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]struct {
		origin    Origin
		authority string
	}{
		"https://api.example.com":     {Origin{TLS: true, Host: "api.example.com", Port: 443}, "api.example.com"},
		"http://api.example.com":      {Origin{Host: "api.example.com", Port: 80}, "api.example.com"},
		"https://api.example.com:443": {Origin{TLS: true, Host: "api.example.com", Port: 443}, "api.example.com"},
		"http://api.example.com:443":  {Origin{Host: "api.example.com", Port: 443}, "api.example.com:443"},
		"http://127.0.0.1:10090":      {Origin{Host: "127.0.0.1", Port: 10090}, "127.0.0.1:10090"},
		"https://[2001:db8::1]:8443":  {Origin{TLS: true, Host: "2001:db8::1", Port: 8443}, "[2001:db8::1]:8443"},
		"https://[2001:db8::1]":       {Origin{TLS: true, Host: "2001:db8::1", Port: 443}, "[2001:db8::1]"},
	} {
		got, err := ParseOrigin(text, false)
		if err != nil || got != want.origin || got.authority() != want.authority {
			t.Errorf("%s: %+v, authority %s, %v", text, got, got.authority(), err)
		}
	}
	for _, text := range []string{
		"", "api.example.com", "ftp://a", "https://", "https://a/b", "https://a?b", "https://a#b", "https://u:p@a", "https://a:", "https://a:0", "https://a:65536", "https://a:b", "https://:1", "https://[]", "https://[]:1",
	} {
		if got, err := ParseOrigin(text, false); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// Tenants share a cluster only when all that it promises is the same.
func TestClusterNamesTellOriginsApart(t *testing.T) {
	seen := map[string]Origin{}
	for _, o := range []Origin{
		{Host: "a", Port: 80}, {Host: "a", Port: 443}, {TLS: true, Host: "a", Port: 443}, {Host: "a", Port: 80, Private: true},
		{Host: "b", Port: 80}, {TLS: true, Host: "a", Port: 443, Private: true},
	} {
		if other, twice := seen[o.Cluster()]; twice {
			t.Errorf("%+v and %+v are both %s", o, other, o.Cluster())
		}
		seen[o.Cluster()] = o
		c, err := Cluster(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.ValidateAll(); err != nil || c.GetName() != o.Cluster() {
			t.Errorf("%s: %v", c.GetName(), err)
		}
		if guarded := strings.Contains(c.String(), "upstream_rbac"); guarded == o.Private {
			t.Errorf("%s: guarded is %v", o.Cluster(), guarded)
		}
		if (c.GetTransportSocket() != nil) != o.TLS || strings.Contains(c.String(), "auto_san_validation:true") != o.TLS {
			t.Errorf("%s: TLS is %v", o.Cluster(), c.GetTransportSocket())
		}
	}
}
