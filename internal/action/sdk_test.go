package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the Python SDKs of Slack (slack_sdk), Jira (jira 3.10) and HubSpot
// (hubspot-api-client 12.0) send, as it was received.
func TestRequestsOfSDKsAreNamed(t *testing.T) {
	const jsonType, slackJSON = "application/json", "application/json;charset=utf-8"
	jira := []Header{{"accept", "application/json,*/*;q=0.9"}, {"cache-control", "no-cache"}, {"content-type", jsonType}, {"x-atlassian-token", "no-check"}}
	typed := func(mediaType string) []Header { return []Header{{"content-type", mediaType}} }
	for name, tc := range map[string]struct {
		catalog string
		r       Request
		want    string
	}{
		"post": {"slack", Request{Method: "POST", Path: "/api/chat.postMessage", Header: typed(slackJSON), Body: []byte(`{"channel": "C1", "text": "hi", "thread_ts": "1700000000.123456"}`)},
			`slack.message.post{"channel":{"id":"C1"},"text":{"text":"hi"},"thread":{"id":"1700000000.123456"}}`},
		"channels": {"slack", Request{Method: "POST", Path: "/api/conversations.list", Header: typed(form), Body: []byte("exclude_archived=1&limit=5&types=public_channel%2Cprivate_channel")},
			`slack.channel.list{"exclude_archived":{"enum":"1"},"limit":{"integer":5},"types":{"list":[{"enum":"public_channel"},{"enum":"private_channel"}]}}`},
		"all channels": {"slack", Request{Method: "POST", Path: "/api/conversations.list", Header: typed(slackJSON)}, `slack.channel.list{}`},
		"a person":     {"slack", Request{Method: "POST", Path: "/api/users.info", Header: typed(form), Body: []byte("user=U1")}, `slack.user.get{"user":{"id":"U1"}}`},
		"the version":  {"jira", Request{Method: "GET", Path: "/rest/api/2/serverInfo", Header: jira}, `jira.server.get{}`},
		"an issue": {"jira", Request{Method: "GET", Path: "/rest/api/2/issue/SUP-1", RawQuery: "fields=summary%2Cstatus", Header: jira},
			`jira.issue.get{"fields":{"list":[{"id":"summary"},{"id":"status"}]},"issue":{"id":"SUP-1"}}`},
		"a comment": {"jira", Request{Method: "POST", Path: "/rest/api/2/issue/SUP-1/comment", Header: jira, Body: []byte(`{"body": "text"}`)},
			`jira.comment.create{"body":{"text":"text"},"internal":{"bool":false},"issue":{"id":"SUP-1"},"property":{"enum":"sd.public.comment"}}`},
		"a comment for colleagues": {"jira", Request{Method: "POST", Path: "/rest/api/2/issue/SUP-1/comment", Header: jira, Body: []byte(`{"body": "text", "properties": [{"key": "sd.public.comment", "value": {"internal": true}}]}`)},
			`jira.comment.create{"body":{"text":"text"},"internal":{"bool":true},"issue":{"id":"SUP-1"},"property":{"enum":"sd.public.comment"}}`},
		"transitions": {"jira", Request{Method: "GET", Path: "/rest/api/2/issue/SUP-1/transitions", Header: jira}, `jira.transition.list{"issue":{"id":"SUP-1"}}`},
		"a transition": {"jira", Request{Method: "POST", Path: "/rest/api/2/issue/SUP-1/transitions", Header: jira, Body: []byte(`{"transition": {"id": 31}, "fields": {}}`)},
			`jira.issue.transition{"issue":{"id":"SUP-1"},"transition":{"id":"31"}}`},
		"a desk's types": {"jira", Request{Method: "GET", Path: "/rest/servicedeskapi/servicedesk/1/requesttype", Header: append([]Header{{"x-experimentalapi", "opt-in"}}, jira...)},
			`jira.desk.request_types{"desk":{"id":"1"}}`},
		"a request": {"jira", Request{Method: "POST", Path: "/rest/servicedeskapi/request", Header: append([]Header{{"x-experimentalapi", "opt-in"}}, jira...),
			Body: []byte(`{"serviceDeskId": "1", "requestTypeId": 2, "requestFieldValues": {"summary": "s", "description": "d"}}`)},
			`jira.request.create{"description":{"text":"d"},"desk":{"id":"1"},"summary":{"text":"s"},"type":{"id":"2"}}`},
		"a contact": {"hubspot", Request{Method: "GET", Path: "/crm/v3/objects/contacts/123", RawQuery: "properties=email&properties=firstname", Header: typed(jsonType)},
			`hubspot.contact.get{"contact":{"id":"123"},"properties":{"list":[{"id":"email"},{"id":"firstname"}]}}`},
		"a contact that is not archived": {"hubspot", Request{Method: "GET", Path: "/crm/v3/objects/contacts/123", RawQuery: "archived=false", Header: typed(jsonType)},
			`hubspot.contact.get{"archived":{"enum":"false"},"contact":{"id":"123"}}`},
		"a search": {"hubspot", Request{Method: "POST", Path: "/crm/v3/objects/contacts/search", Header: typed(jsonType),
			Body: []byte(`{"limit": 10, "properties": ["email"], "filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "a@b.c"}]}]}`)},
			`hubspot.contact.search{"email":{"id":"a@b.c"},"limit":{"integer":10},"operator":{"enum":"EQ"},"properties":{"list":[{"id":"email"}]},"property":{"enum":"email"}}`},
		"a note": {"hubspot", Request{Method: "POST", Path: "/crm/v3/objects/notes", Header: typed(jsonType),
			Body: []byte(`{"associations": [{"to": {"id": "123"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}], "properties": {"hs_timestamp": "2026-01-02T03:04:05Z", "hs_note_body": "x"}}`)},
			`hubspot.note.create{"association":{"integer":202},"body":{"text":"x"},"category":{"enum":"HUBSPOT_DEFINED"},"contact":{"id":"123"},"time":{"time":"2026-01-02T03:04:05Z"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := shippedCatalog(t, tc.catalog)
			call, a, mismatch := c.Match(tc.r)
			if mismatch != nil {
				t.Fatal(mismatch)
			}
			if diff := cmp.Diff(tc.want, call.Action+string(MarshalArgs(call.Args))); diff != "" {
				t.Error(diff)
			}
			agrees(t, a, tc.r, call)
			holds(t, c, call)
		})
	}
}

// A search over everything, or one that is joined with another, is none.
func TestSearchesThatAreRefused(t *testing.T) {
	c := shippedCatalog(t, "hubspot")
	const one = `{"propertyName":"email","operator":"EQ","value":"a@b.c"}`
	for name, body := range map[string]string{
		"no filter":         `{"limit":100}`,
		"two filters":       `{"filterGroups":[{"filters":[` + one + `,` + one + `]}]}`,
		"two groups":        `{"filterGroups":[{"filters":[` + one + `]},{"filters":[` + one + `]}]}`,
		"no group":          `{"filterGroups":[]}`,
		"another operator":  `{"filterGroups":[{"filters":[{"propertyName":"email","operator":"NEQ","value":"a@b.c"}]}]}`,
		"another property":  `{"filterGroups":[{"filters":[{"propertyName":"phone","operator":"EQ","value":"a@b.c"}]}]}`,
		"several values":    `{"filterGroups":[{"filters":[{"propertyName":"email","operator":"EQ","value":"a@b.c","values":["x"]}]}]}`,
		"free text":         `{"query":"a","filterGroups":[{"filters":[` + one + `]}]}`,
		"an object for one": `{"filterGroups":{"filters":[` + one + `]}}`,
		"a text for one":    `{"filterGroups":"[{\"filters\":[]}]"}`,
	} {
		r := Request{Method: "POST", Path: "/crm/v3/objects/contacts/search", Header: []Header{{"content-type", "application/json"}}, Body: []byte(body)}
		if call, _, mismatch := c.Match(r); mismatch == nil {
			t.Errorf("%s is %s", name, MarshalArgs(call.Args))
		}
	}
}
