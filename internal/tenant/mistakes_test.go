package tenant

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	secretMistake = "must name a secret of the tenant, in a-z, 0-9, '_' and '-' (its value is stored with `sallyport secret put`)"
	schemeMistake = "must be bearer, basic_user, basic or x-api-key"
	originMistake = "must be like https://api.example.com or http://host:port"
	aloneMistake  = "must be scheme, host and port alone; paths come from the catalog, credentials from secrets"
	nothing       = "matches no action of the tenant's tools"
)

// after is an entry of after.yaml.
func after(effect, state, action, args string) string {
	return "after:\n  - {effect: " + effect + ", state: " + state + ", action: " + action + ", args: " + args + "}\n"
}

// TestEachMistakeIsNamedAlone changes one thing of acme: the one mistake is
// reported, and nothing that only follows from it.
func TestEachMistakeIsNamedAlone(t *testing.T) {
	const origin = "origin: http://127.0.0.1:10090"
	for name, tt := range map[string]struct {
		edits []string
		want  string
	}{
		"unknown file":               {[]string{"polcy.csv", "", "x"}, "polcy.csv: is not a file of a tenant; the files are tenant.yaml, tools.yaml, model.conf, policy.csv, limits.yaml, approvals.yaml, people.yaml, mask.yaml, clients.yaml, channels.yaml, after.yaml, policy_test.yaml, catalogs/*.yaml and shadow/ with another policy.csv or model.conf"},
		"after nothing":              {[]string{"after.yaml", "", after("stripe.refnd.create", "succeeded", "zendesk.comment.create", "{body: x, ticket: session.ticket}")}, "after.yaml: after[0].effect: must be an effect of the tenant's tools (got stripe.refnd.create)"},
		"after a read":               {[]string{"after.yaml", "", after("stripe.refund.get", "succeeded", "zendesk.comment.create", "{body: x, ticket: session.ticket}")}, "after.yaml: after[0].effect: must be an effect of the tenant's tools (got stripe.refund.get)"},
		"a read after":               {[]string{"after.yaml", "", after("stripe.refund.create", "succeeded", "zendesk.ticket.get", "{ticket: session.ticket}")}, "after.yaml: after[0].action: must be an effect of the tenant's tools (got zendesk.ticket.get)"},
		"after another state":        {[]string{"after.yaml", "", after("stripe.refund.create", "unknown", "zendesk.comment.create", "{body: x, ticket: session.ticket}")}, "after.yaml: after[0].state: must be succeeded or denied (got unknown)"},
		"after without an argument":  {[]string{"after.yaml", "", after("stripe.refund.create", "denied", "zendesk.comment.create", "{ticket: session.ticket}")}, "after.yaml: after[0].args.body: must be given: zendesk.comment.create needs it"},
		"two after one ending":       {[]string{"after.yaml", "", after("stripe.refund.create", "denied", "zendesk.comment.create", "{body: x, ticket: session.ticket}") + strings.TrimPrefix(after("stripe.refund.create", "denied", "zendesk.comment.create", "{body: y, ticket: session.ticket}"), "after:\n")}, "after.yaml: after[1]: follows on the same ending as another entry; only one can (got stripe.refund.create denied)"},
		"unknown key":                {[]string{"tenant.yaml", "title", "titel"}, "tenant.yaml: line 1: is no setting of this file (got titel)"},
		"another language":           {[]string{"tenant.yaml", "", "language: fr"}, "tenant.yaml: language: must be en or zh (got fr)"},
		"no tools":                   {[]string{"tools.yaml", "", "tools: []", "limits.yaml", "", "", "policy.csv", "", "g, a, b\n", "mask.yaml", "", ""}, "tools.yaml: tools: must list at least one tool"},
		"tool's name":                {[]string{"tools.yaml", "name: zendesk", "name: Zendesk"}, "tools.yaml: tools[1].name: must be a-z, 0-9 and -, beginning with a letter (got Zendesk)"},
		"tool's name twice":          {[]string{"tools.yaml", "name: zendesk", "name: stripe"}, "tools.yaml: tools[1].name: is used by another tool (got stripe)"},
		"tool named mcp":             {[]string{"tools.yaml", "name: zendesk", "name: mcp", "mask.yaml", "", ""}, "tools.yaml: tools[1].name: is where agents reach the gateway's own MCP server; choose another (got mcp)"},
		"tool named sallyport":       {[]string{"tools.yaml", "name: zendesk", "name: sallyport", "mask.yaml", "", ""}, "tools.yaml: tools[1].name: is where agents reach the gateway's own actions; choose another (got sallyport)"},
		"the gateway's own catalog":  {[]string{"catalogs/sallyport.yaml", "", "name: sallyport\ndialect: problem\nmax_body: 1KiB\nactions: [{name: sallyport.status, summary: Ping, method: GET, path: /ping}]\n", "tools.yaml", "  - name: zendesk", "  - {name: own, catalog: sallyport, origin: https://a, credential: {secret: a, scheme: bearer}}\n  - name: zendesk"}, "tools.yaml: tools[1].catalog: names the gateway's own actions; choose another (got sallyport)"},
		"unknown catalog":            {[]string{"tools.yaml", "catalog: zendesk", "catalog: zendesc"}, "tools.yaml: tools[1].catalog: is neither shipped (hubspot, jira, slack, stripe, zendesk) nor a file catalogs/NAME.yaml (got zendesc)"},
		"catalog named otherwise":    {[]string{"catalogs/zendesk.yaml", "", "name: zen\ndialect: zendesk\nmax_body: 1KiB\nactions: [{name: zen.ping.get, summary: Ping, method: GET, path: /ping}]\n"}, "catalogs/zendesk.yaml: must be named as its file (got zen)"},
		"broken catalog":             {[]string{"catalogs/zendesk.yaml", "", "name: zendesk\ndialect: klingon\nmax_body: 1KiB\nactions: [{name: zendesk.ping.get, summary: Ping, method: GET, path: /ping}]\n"}, `catalogs/zendesk.yaml: dialect: must be one of stripe, zendesk, slack, jira, hubspot, problem (got "klingon")`},
		"tools.yaml is no YAML":      {[]string{"tools.yaml", "", "tools: ["}, "tools.yaml: line 1: did not find expected node content"},
		"short timeout":              {[]string{"tools.yaml", origin, origin + "\n    timeout: 10ms"}, "tools.yaml: tools[0].timeout: must be from 1s to 2m (got 10ms)"},
		"long timeout":               {[]string{"tools.yaml", origin, origin + "\n    timeout: 1h"}, "tools.yaml: tools[0].timeout: must be from 1s to 2m (got 1h0m0s)"},
		"negative timeout":           {[]string{"tools.yaml", origin, origin + "\n    timeout: -1s"}, "tools.yaml: tools[0].timeout: must be from 1s to 2m (got -1s)"},
		"a credential in clear":      {[]string{"tools.yaml", "private: true # an address that is not on the public internet", "private: false"}, "tools.yaml: tools[0].origin: must be https: the credential would cross the internet in clear; for an address of your own network say private: true (got http://127.0.0.1:10090)"},
		"origin without scheme":      {[]string{"tools.yaml", origin, "origin: api.stripe.com"}, "tools.yaml: tools[0].origin: " + originMistake + " (got api.stripe.com)"},
		"origin of another scheme":   {[]string{"tools.yaml", origin, "origin: ftp://api.stripe.com"}, "tools.yaml: tools[0].origin: " + originMistake + " (got ftp://api.stripe.com)"},
		"origin with a path":         {[]string{"tools.yaml", origin, "origin: http://a/v1"}, "tools.yaml: tools[0].origin: " + aloneMistake},
		"origin with an empty port":  {[]string{"tools.yaml", origin, "origin: 'http://a:'"}, "tools.yaml: tools[0].origin: " + originMistake + " (got http://a:)"},
		"origin with port 0":         {[]string{"tools.yaml", origin, "origin: http://a:0"}, "tools.yaml: tools[0].origin: " + originMistake + " (got http://a:0)"},
		"origin with port 65536":     {[]string{"tools.yaml", origin, "origin: http://a:65536"}, "tools.yaml: tools[0].origin: " + originMistake + " (got http://a:65536)"},
		"origin with a zone":         {[]string{"tools.yaml", origin, "origin: 'http://[fe80::1%25eth0]'"}, "tools.yaml: tools[0].origin: " + originMistake + " (got http://[fe80::1%25eth0])"},
		"origin in other letters":    {[]string{"tools.yaml", origin, "origin: http://bücher.example"}, "tools.yaml: tools[0].origin: " + originMistake + " (got http://bücher.example)"},
		"no secret":                  {[]string{"tools.yaml", "secret: stripe_key, ", ""}, "tools.yaml: tools[0].credential.secret: " + secretMistake},
		"unknown scheme":             {[]string{"tools.yaml", "scheme: bearer", "scheme: Bearer"}, "tools.yaml: tools[0].credential.scheme: " + schemeMistake + " (got Bearer)"},
		"people.yaml":                {[]string{"people.yaml", "name: Ann Lee", "name: ''"}, "people.yaml: people[0].name: must be a printable name of at most 200 bytes"},
		"people.yaml is no YAML":     {[]string{"people.yaml", "", "people: ["}, "people.yaml: line 1: did not find expected node content"},
		"limits.yaml":                {[]string{"limits.yaml", "max: 600", "max: 0"}, "limits.yaml: limits[0].max: must be at least 1 (got 0)"},
		"limits.yaml is no YAML":     {[]string{"limits.yaml", "", "limits: ["}, "limits.yaml: line 1: did not find expected node content"},
		"limit of nothing":           {[]string{"limits.yaml", "[stripe.refund.create], per", "[stripe.refnd.create], per"}, "limits.yaml: limits[1].actions[0]: " + nothing + " (got stripe.refnd.create)"},
		"sum of nothing":             {[]string{"limits.yaml", "charge_24h: {actions: [", "charge_24h: {actions: [paypal.*, "}, "limits.yaml: sums.charge_24h.actions[0]: " + nothing + " (got paypal.*)"},
		"sum by an unknown argument": {[]string{"limits.yaml", "by: [args.charge]", "by: [args.charg]"}, "limits.yaml: sums.charge_24h.by: is nothing that stripe.refund.create has (got args.charg)"},
		"sum by an unknown fact":     {[]string{"limits.yaml", "by: [args.charge]", "by: [facts.charge.owner]"}, "limits.yaml: sums.charge_24h.by: is nothing that stripe.refund.create has (got facts.charge.owner)"},
		"bodies kept too shortly":    {[]string{"approvals.yaml", "wait: 45s", "wait: 45s\nkeep_bodies: 24h"}, "approvals.yaml: keep_bodies: must be from 168h0m0s to 87600h0m0s (got 24h0m0s)"},
		"wait":                       {[]string{"approvals.yaml", "wait: 45s", "wait: 80s"}, "approvals.yaml: wait: must be from 0s to 1m15s (got 1m20s)"},
		"wait_mcp":                   {[]string{"approvals.yaml", "wait: 45s", "wait: 45s\nwait_mcp: 80s"}, "approvals.yaml: wait_mcp: must be from 0s to 1m15s (got 1m20s)"},
		"held_calls":                 {[]string{"approvals.yaml", "wait: 45s", "wait: 45s\nheld_calls: -1"}, "approvals.yaml: held_calls: must be from 0 to 100000 (got -1)"},
		"expire_after":               {[]string{"approvals.yaml", "4h", "1s"}, "approvals.yaml: expire_after: must be from 1m0s to 720h0m0s (got 1s)"},
		"same_for":                   {[]string{"approvals.yaml", "15m", "-1s"}, "approvals.yaml: same_for: must be from 0s to 24h0m0s (got -1s)"},
		"deny_cooldown":              {[]string{"approvals.yaml", "1h ", "721h "}, "approvals.yaml: deny_cooldown: must be from 0s to 720h0m0s (got 721h0m0s)"},
		"nobody for repetitions":     {[]string{"approvals.yaml", "repeat_group: billing_leads", ""}, "approvals.yaml: repeat_group: must name the people who decide when an agent asks for the same effect again"},
		"unknown group":              {[]string{"approvals.yaml", "repeat_group: billing_leads", "repeat_group: leads"}, "approvals.yaml: repeat_group: is no group of people.yaml (got leads)"},
		"rule for nothing":           {[]string{"policy.csv", "stripe.customer.get", "stripe.custmer.get"}, "policy.csv:3: " + nothing + "; it is like stripe.customer.get (got stripe.custmer.get)"},
		"rule for another catalog":   {[]string{"policy.csv", "stripe.customer.get", "paypal.customer.get"}, "policy.csv:3: " + nothing + " (got paypal.customer.get)"},
		"mask":                       {[]string{"mask.yaml", "max_body:", "types: [e-mail]\nmax_body:"}, "mask.yaml: types: must be email, card, ssn, phone, name, iban, bank_account, resident_id, aadhaar, pan, nhs_number, nino, passport, licence, medical_record, birthdate, address, ip, wechat or secret (got e-mail)"},
		"mask of another role":       {[]string{"mask.yaml", "max_body:", "roles: [{role: billing, pass_keys: [city]}, {role: biling, pass_keys: [city]}]\nmax_body:"}, "mask.yaml: roles[1].role: is no role that a g line of policy.csv gives to anybody; those are billing, drafts, manager, privacy, success, support, tier1, undo (got biling)"},
		"mask of no role":            {[]string{"mask.yaml", "max_body:", "roles: [{pass_keys: [city]}]\nmax_body:"}, "mask.yaml: roles[0].role: must name the role of the policy that sees this"},
		"mask of another tool":       {[]string{"mask.yaml", "max_body:", "tools: {zendesc: {pass_keys: [name]}}\nmax_body:"}, "mask.yaml: tools.zendesc: is no tool of tools.yaml; it has stripe, zendesk, database"},
		"clients.yaml":               {[]string{"clients.yaml", "customer: customer", "customer: nobody"}, "clients.yaml: session.customer: must be a name that a read takes (got nobody)"},
		"a session's read":           {[]string{"clients.yaml", "action: zendesk.user.get", "action: zendesk.usr.get"}, "clients.yaml: session.reads[1].action: must be a read of the tenant's tools (got zendesk.usr.get)"},
		"a session's effect":         {[]string{"clients.yaml", "action: zendesk.user.get", "action: zendesk.comment.create"}, "clients.yaml: session.reads[1].action: must be a read of the tenant's tools (got zendesk.comment.create)"},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, problems := load(edited(t, tt.edits...))
			if diff := cmp.Diff([]string{tt.want}, lines(problems)); diff != "" {
				t.Error(diff)
			}
			if loaded != nil {
				t.Error("a bundle with a problem gives a tenant")
			}
		})
	}
}

func TestMissingPolicyAllowsNothingAndIsAProblem(t *testing.T) {
	f := files(t, "acme")
	delete(f, "policy.csv")
	if _, problems := load(f); len(problems) != 1 || problems[0].String() != "policy.csv: is missing; without rules nothing is allowed" {
		t.Error(problems)
	}
}

func TestTenantsNameIsAPathSegment(t *testing.T) {
	for _, name := range []string{"", "Acme", "_none", "a b", "9lives", "a/b", "a.b", strings.Repeat("a", 64)} {
		f := files(t, "acme")
		if loaded, problems := Load(Bundle{Name: name, Files: f}); loaded != nil || len(problems) != 1 || problems[0].Path != "tenant" {
			t.Errorf("%q: %v", name, problems)
		}
	}
}

// TestEveryMistakeAtOnce spoils every file in two places.
func TestEveryMistakeAtOnce(t *testing.T) {
	_, problems := load(edited(t,
		"notes.txt", "", "x",
		"tenant.yaml", "title", "titel",
		"tools.yaml", "scheme: bearer", "scheme: beaver",
		"tools.yaml", "catalog: zendesk", "catalog: zendesc",
		"people.yaml", "id: ann", "id: Ann",
		"people.yaml", "id: ole", "id: gateway",
		"limits.yaml", "max: 600", "max: 0",
		"limits.yaml", "window: 24h}\n", "window: 7h}\n",
		"approvals.yaml", "45s", "90s",
		"approvals.yaml", "4h", "1s",
		"policy.csv", "stripe.customer.get, args.customer == session.customer", "stripe.customer.get, tru",
		"policy.csv", "facts.charge.customer", "facts.charge.owner",
		"mask.yaml", "max_body:", "types: [e-mail, card, sssn]\nmax_body:",
	))
	var got []string
	for _, p := range problems {
		got = append(got, p.Path)
	}
	want := []string{
		"notes.txt", "tenant.yaml: line 1", "tools.yaml: tools[0].credential.scheme", "tools.yaml: tools[1].catalog",
		"people.yaml: people[0].id", "people.yaml: people[1].id", "limits.yaml: limits[0].max", "limits.yaml: limits[1].window",
		"approvals.yaml: wait", "approvals.yaml: expire_after", "policy.csv:3", "policy.csv:4", "mask.yaml: types", "mask.yaml: types",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff, problems)
	}
}

// A credential that was pasted where it does not belong is not repeated:
// problems are logged, printed and shown by admin.
func TestNoProblemRepeatsASecret(t *testing.T) {
	const canary = "sk_live_51Canary"
	for name, edit := range map[string][]string{
		"instead of its name":     {"secret: stripe_key", "secret: " + canary},
		"instead of a credential": {"{secret: stripe_key, scheme: bearer}", canary},
		"short, instead of it":    {"{secret: stripe_key, scheme: bearer}", "sk_51Cana"},
		"with a backtick":         {"{secret: stripe_key, scheme: bearer}", "'`sk_`51Ca'"},
		"as a scheme":             {"scheme: bearer", "scheme: " + canary},
		"after the scheme":        {"scheme: bearer", "scheme: Bearer " + canary},
		"in a list":               {"secret: stripe_key", "secret: [" + canary + "]"},
		"as user of the origin":   {"http://127.0.0.1:10090", "https://" + canary + "@api.stripe.com"},
		"as password":             {"http://127.0.0.1:10090", "https://u:" + canary + "@api.stripe.com"},
		"in a broken origin":      {"http://127.0.0.1:10090", "ftp://u:" + canary + "@api.stripe.com:x"},
		"in the query":            {"http://127.0.0.1:10090", "https://api.stripe.com?key=" + canary},
		"in a broken query":       {"http://127.0.0.1:10090", "'https://api stripe.com?key=" + canary + "'"},
		"in the fragment":         {"http://127.0.0.1:10090", "'https://api.stripe.com#" + canary + "'"},
		"in the path":             {"http://127.0.0.1:10090", "https://api.stripe.com/" + canary},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, problems := load(edited(t, "tools.yaml", edit[0], edit[1]))
			if loaded != nil || len(problems) == 0 {
				t.Fatal("it was accepted")
			}
			for _, part := range []string{"sk_", "51", "Cana"} {
				if strings.Contains(problems.Error(), part) {
					t.Errorf("%q is in: %v", part, problems)
				}
			}
		})
	}
}
