package accesslog_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/extauthz/accesslog"
)

// A path in a record has no query, nothing that names one thing or person, and
// an end.
func TestPathKeepsWordsOnly(t *testing.T) {
	for _, tt := range []struct{ name, path, want string }{
		{"plain", "/stripe/v1/charges", "/stripe/v1/charges"},
		{"words", "/zendesk/api/v2/ticket_fields.json", "/zendesk/api/v2/ticket_fields.json"},
		{"an id", "/stripe/v1/charges/ch_ada_1000/refunds", "/stripe/v1/charges/*/refunds"},
		{"an address", "/zendesk/api/v2/users/jane.doe@example.com.json", "/zendesk/api/v2/users/*"},
		{"a name", "/zendesk/users/Jane", "/zendesk/users/*"},
		{"a card", "/stripe/v1/charges/4111111111111111", "/stripe/v1/charges/*"},
		{"a key", "/stripe/v1/charges/sk_live_abcdef", "/stripe/v1/charges/*"},
		{"escaped", "/zendesk/a%20b", "/zendesk/*"},
		{"empty segments", "//stripe//", "//stripe//"},
		{"a query", "/stripe?token=spgw_a", "/stripe"},
		{"a token", "/stripe/spgw_a", "/stripe/*"},
		{"an escaped token", "/stripe/%73pgw%5Fa", "/stripe/*"},
		{"in base64, first place", "/stripe/c3Bnd19hYmM=", "/stripe/*"},
		{"in base64, second place", "/stripe/OnNwZ3dfYWJj", "/stripe/*"},
		{"in base64, third place", "/stripe/YTpzcGd3X2FiYw", "/stripe/*"},
		{"an escape that is none", "/stripe/%zz", "/stripe/*"},
		{"long", strings.Repeat("/a", 300), strings.Repeat("/a", 100)},
		{"a long word", "/" + strings.Repeat("a", 300), "/*"},
	} {
		if got := accesslog.Path(tt.path); got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
