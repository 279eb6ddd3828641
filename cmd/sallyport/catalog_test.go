package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/examples/database"
	"github.com/sallyport/sallyport/internal/mcp/client"
)

// serveDatabase runs the example database, whose key is key-1, and returns its
// address.
func serveDatabase(t *testing.T, o database.Options) (*database.Database, string) {
	t.Helper()
	o.Key = "key-1"
	d, err := database.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return d, server.URL
}

// A reviewer gets the digests that the example's catalog pins, from both eras.
func TestCatalogDigest(t *testing.T) {
	pinned, err := os.ReadFile(exampleTenants + "/acme/catalogs/database.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "credential")
	write(t, file, "Bearer key-1\n")
	for protocol, o := range map[string]database.Options{"2025-11-25": {}, "2026-07-28": {Stateless: true}} {
		_, url := serveDatabase(t, o)
		flags := []string{"catalog", "digest", url + "/mcp", "--private", "--credential", file, "--protocol", protocol}
		tools := decoded[[]client.Tool](t, succeeds(t, "", append(flags, "--json")...))
		if len(tools) != 4 {
			t.Errorf("%s: %v", protocol, tools)
		}
		text := succeeds(t, "", flags...)
		for _, tool := range tools {
			if !strings.Contains(string(pinned), tool.Digest) || !strings.Contains(text, tool.Digest) || !strings.Contains(text, tool.Description) {
				t.Errorf("%s: %s of %s", protocol, tool.Digest, tool.Name)
			}
		}
	}
	_, url := serveDatabase(t, database.Options{})
	for want, args := range map[string][]string{
		"it wants a credential: give it with --credential": {url + "/mcp", "--private"},
		"for a server of your own network say --private":   {url + "/mcp", "--credential", file},
		"try --protocol":    {url + "/mcp", "--private", "--credential", file, "--protocol", "2026-07-28"},
		"must be like http": {"mcp.example.com"},
		"no such file":      {url, "--credential", file + "x"},
	} {
		if got := sallyport(t, "", append([]string{"catalog", "digest"}, args...)...); got.code != 1 || !strings.Contains(got.stderr, want) || strings.Contains(got.stderr, "key-1") {
			t.Errorf("%v: %+v, want %s", args, got, want)
		}
	}
}

// What a server offers is compared with what was reviewed, with the tenant's own
// credential.
func TestCatalogCheck(t *testing.T) {
	d, url := serveDatabase(t, database.Options{})
	data, root := started(t), edited(t, "# Refunds of", "# Refunds of")
	path := filepath.Join(root, "acme", "tools.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.ReplaceAll(string(text), "http://127.0.0.1:10090", url))
	check := []string{"catalog", "check", "acme", "--data", data, "--tenants", root}
	if got := sallyport(t, "", check...); got.code != 1 || !strings.Contains(got.stderr, "the tool database of acme: initialize: the server answered 401; it wants a credential") {
		t.Errorf("without its key: %+v", got)
	}
	succeeds(t, "key-1", "secret", "put", "database_key", "--tenant", "acme", "--data", data)
	states := func(out string) (all []string) {
		for _, one := range decoded[[]toolState](t, out) {
			all = append(all, one.Name+" "+one.State)
		}
		slices.Sort(all)
		return all
	}
	reviewed := []string{"customers_export reviewed", "find_orders reviewed", "order_get reviewed", "order_totals reviewed"}
	if got := states(succeeds(t, "", append(check, "--json")...)); !slices.Equal(got, reviewed) {
		t.Errorf("%q", got)
	}
	d.Server().RemoveTools("find_orders", "order_get")
	for _, name := range []string{"find_orders", "drop_orders"} {
		mcp.AddTool(d.Server(), &mcp.Tool{Name: name, Description: "Something else."}, func(context.Context, *mcp.CallToolRequest, struct{}) (*mcp.CallToolResult, any, error) {
			return &mcp.CallToolResult{}, nil, nil
		})
	}
	got := sallyport(t, "", append(check, "--json")...)
	want := []string{"customers_export reviewed", "drop_orders unlisted", "find_orders changed", "order_get gone", "order_totals reviewed"}
	if all := states(got.stdout); got.code != 1 || !slices.Equal(all, want) || !strings.Contains(got.stderr, "is not what was reviewed") {
		t.Errorf("%q %+v", all, got)
	}
	if got := sallyport(t, "", check...); !strings.Contains(got.stdout, "changed   database  find_orders       database.order.find") {
		t.Errorf("%q", got.stdout)
	}
	if got := succeeds(t, "", "catalog", "check", "globex", "--data", data, "--tenants", "../../examples/tenants"); !strings.Contains(got, "None of globex's tools is an MCP server") {
		t.Errorf("%q", got)
	}
	if got := sallyport(t, "", "catalog", "check", "hooli", "--data", data, "--tenants", root); got.code != 1 || !strings.Contains(got.stderr, `no tenant "hooli"`) {
		t.Errorf("%+v", got)
	}
}
