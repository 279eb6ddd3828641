package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
)

// A version that was not reviewed is refused, and the refusal says which were.
func TestUnlistedVersions(t *testing.T) {
	const none, dated = "the catalog lists no operation with this method and path", "the catalog lists this address in version 2026-09, 2026-03, v3 alone"
	for _, tc := range []struct{ catalog, method, path, hint string }{
		{"hubspot", "GET", "/crm/objects/2027-03/contacts/123", dated},
		{"hubspot", "GET", "/crm/v4/objects/contacts/123", dated},
		{"hubspot", "GET", "/crm/objects/latest/contacts/123", dated},
		{"hubspot", "POST", "/crm/objects/2027-03/contacts/search", dated},
		{"hubspot", "POST", "/crm/objects/2027-03/notes", dated},
		{"hubspot", "DELETE", "/crm/objects/2026-09/contacts/123", none},
		{"hubspot", "GET", "/crm/objects/2026-09/companies/123", none},
		{"hubspot", "GET", "/crm/objects/../contacts/123", none},
		{"hubspot", "GET", "/crm/objects/2026-09/contacts", none},
		{"hubspot", "GET", "/crm/objects/20260301000/contacts/123", none},
		{"hubspot", "GET", "", none},
		{"jira", "GET", "/rest/api/3/issue/SUP-1", "the catalog lists this address in version 2 alone"},
		{"jira", "GET", "/rest/api/latest/issue/SUP-1", "the catalog lists this address in version 2 alone"},
		{"stripe", "GET", "/v2/charges/ch_1", "the catalog lists this address in version v1 alone"},
		{"zendesk", "GET", "/api/v3/tickets/1.json", "the catalog lists this address in version v2 alone"},
		{"zendesk", "GET", "/api/v3/tickets/1.xml", "the catalog lists this address in version v2 alone"},
		{"slack", "POST", "/api/chat.delete", none},
	} {
		_, a, mismatch := shippedCatalog(t, tc.catalog).Match(Request{Method: tc.method, Path: tc.path})
		if diff := cmp.Diff(&Mismatch{Reason: reason.ActionUnlisted, Hint: tc.hint}, mismatch); diff != "" || a != nil {
			t.Errorf("%s %s: %v %s", tc.method, tc.path, a, diff)
		}
	}
}

// HubSpot's reviewed versions are one operation, and what is sent is sent in the newest.
func TestVersionsOfHubSpot(t *testing.T) {
	c := shippedCatalog(t, "hubspot")
	for _, objects := range []string{"/crm/objects/2026-09", "/crm/objects/2026-03", "/crm/v3/objects"} {
		call, _, mismatch := c.Match(Request{Method: "GET", Path: objects + "/contacts/123"})
		if mismatch != nil || call.Action != "hubspot.contact.get" || call.Args["contact"].Text != "123" {
			t.Errorf("%s: %+v, %v", objects, call, mismatch)
			continue
		}
		if sent, err := c.Build(call.Action, call.Args); err != nil || sent.Path != "/crm/objects/2026-09/contacts/123" {
			t.Errorf("%s is sent to %s, %v", objects, sent.Path, err)
		}
		note := Request{
			Method: "POST", Path: objects + "/notes", Header: []Header{{"content-type", "application/json"}},
			Body: []byte(`{"properties":{"hs_timestamp":"2026-01-02T03:04:05Z","hs_note_body":"x"},"associations":[{"to":{"id":"123"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":202}]}]}`),
		}
		if call, _, mismatch = c.Match(note); mismatch != nil {
			t.Errorf("%s: %v", objects, mismatch)
		} else if sent, err := c.Build(call.Action, call.Args); err != nil || sent.Path != "/crm/objects/2026-09/notes" {
			t.Errorf("a note of %s is sent to %s, %v", objects, sent.Path, err)
		}
	}
}
