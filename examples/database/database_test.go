package database

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type keyed struct{ key string }

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+k.key)
	return http.DefaultTransport.RoundTrip(r)
}

func connect(t *testing.T, d *Database, key string) (*mcp.ClientSession, error) {
	t.Helper()
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(),
		&mcp.StreamableClientTransport{Endpoint: server.URL + Path, HTTPClient: &http.Client{Transport: keyed{key}}, DisableStandaloneSSE: true}, nil)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func TestQueries(t *testing.T) {
	d, err := New(Options{Key: "k-1"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := connect(t, d, "k-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tool    string
		args    map[string]any
		want    string
		refused bool
	}{
		{"find_orders", map[string]any{"customer": "cus_ada", "status": "open"}, "ord_1002", false},
		{"find_orders", map[string]any{"customer": "cus_nobody"}, `"orders":[]`, false},
		{"order_get", map[string]any{"order": "ord_1007"}, "陈伟", false},
		{"order_get", map[string]any{"order": "ord_1"}, "there is no such order", true},
		{"order_totals", map[string]any{"group_by": "segment"}, `"smallest_group":9`, false},
		{"order_totals", map[string]any{"group_by": "country"}, `"smallest_group":3`, false},
		{"order_totals", map[string]any{"group_by": "name"}, "group_by must be", true},
		{"customers_export", map[string]any{"segment": "annual", "limit": 2}, "ada.lovelace@example.com", false},
		{"customers_export", map[string]any{"segment": "annual", "limit": 0}, "limit must be", true},
	} {
		out, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: c.tool, Arguments: c.args})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := out.Content[0].(*mcp.TextContent)
		if out.IsError != c.refused || text == nil || !strings.Contains(text.Text, c.want) {
			t.Errorf("%s %v: %v %+v", c.tool, c.args, out.IsError, text)
		}
	}
	if got := d.Exports(); len(got) != 1 || got[0] != (Export{"annual", 2}) {
		t.Errorf("exported %v", got)
	}
}

func TestOnlyItsClientIsServed(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a database without a key")
	}
	d, err := New(Options{Key: "k-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, d, "k-2"); err == nil {
		t.Error("another key is let in")
	}
}
