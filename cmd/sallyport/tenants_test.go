package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// twoTenants are the example's acme and another with the same files.
func twoTenants(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for _, name := range []string{"acme", "initech"} {
		if err := os.CopyFS(filepath.Join(folder, name), os.DirFS("../../examples/tenants/acme")); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Two tenants with one identity provider's audience are told before they meet in
// a gateway.
func TestTenantsThatShareAnIssuerAreNamed(t *testing.T) {
	folder := twoTenants(t)
	for _, name := range []string{"acme", "initech"} {
		write(t, filepath.Join(folder, name, "clients.yaml"), `clients: []
issuers:
  - {issuer: 'https://login.example', audience: sallyport, jwks: 'https://login.example/keys', agent: {claim: sub, names: {a: billing-bot}}}
`)
	}
	for _, args := range [][]string{{"tenants", "check", folder}, {"policy", "lint", folder}} {
		got := sallyport(t, "", args...)
		if got.code != 1 || strings.Count(got.stdout, "clients.yaml: issuers[0]: ") != 2 || strings.Count(got.stdout, "the tenants acme, initech") != 2 {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
