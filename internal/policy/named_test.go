package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// restful is the model that Casbin's own documentation shows for HTTP, with a
// hierarchy of roles, and with obligations.
const restful = `
[request_definition]
r = agent, method, path
[policy_definition]
p = role, path, method, eft, obl
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.agent, p.role) && keyMatch2(r.path, p.path) && regexMatch(r.method, p.method)
`

const restfulPolicy = `
p, reader, /stripe/v1/charges/:id, GET, allow, -
p, reader, /stripe/v1/charges, GET, allow, -
p, billing, /stripe/v1/refunds, POST, allow, once; hold:billing_leads
p, clerk, /stripe/v1/charges/ch_secret, GET, deny, say:'Not that one.'
g, billing, reader
g, bot, billing
g, bot, clerk
g, eve, clerk
`

// stripe are actions with methods and paths, from a catalog.
func stripe(t testing.TB) (*action.Catalog, []*action.Action) {
	t.Helper()
	data, _ := action.Shipped("stripe")
	c, problems := action.Compile("stripe.yaml", data)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c, c.Actions()
}

func compileOwn(t testing.TB, model, rules string) (*Engine, *action.Catalog) {
	t.Helper()
	c, actions := stripe(t)
	e, problems := Compile(Source{Model: []byte(model), Policy: []byte(rules), Actions: actions, Sums: []string{"charge_24h"}, Groups: []string{"billing_leads"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return e, c
}

// requested is the question about a request, as the ladder asks it.
func requested(t testing.TB, c *action.Catalog, agent, method, path, body string) Input {
	t.Helper()
	r := action.Request{Method: method, Body: []byte(body)}
	r.Path, r.RawQuery, _ = strings.Cut(path, "?")
	if body != "" {
		r.Header = []action.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}}
	}
	call, act, mismatch := c.Match(r)
	if mismatch != nil {
		t.Fatalf("%s %s: %v", method, path, mismatch)
	}
	call.Tool = "stripe"
	facts := action.Facts{}
	for _, f := range act.Facts {
		facts[f.Name] = action.Record{"customer": {Kind: action.ID, Text: "cus_ada"}, "currency": {Kind: action.ID, Text: "USD"}}
	}
	return Input{
		Tenant: "acme", Action: act, Call: call, Facts: facts, Sums: Sums{"charge_24h": money.Amount{Currency: "USD"}},
		Identity: token.Identity{Tenant: "acme", Agent: agent, Session: token.Session{ID: "s", Customer: "cus_ada"}},
	}
}

func TestModelOfMethodsAndPaths(t *testing.T) {
	e, c := compileOwn(t, restful, restfulPolicy)
	for name, tt := range map[string]struct {
		agent, method, path, body string
		roles                     []string
		want                      Verdict
	}{
		"a role's own":             {"billing", "GET", "/v1/charges/ch_1", "", nil, Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:2"}},
		"an inherited role's":      {"bot", "GET", "/v1/charges?customer=cus_ada", "", nil, Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:3"}},
		"an effect is held":        {"bot", "POST", "/v1/refunds", "charge=ch_1&amount=100", nil, Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:4", Obligations: Obligations{Once: true, Hold: &Hold{"billing_leads", 1}}}},
		"a deny wins":              {"bot", "GET", "/v1/charges/ch_secret", "", nil, Verdict{Reason: reason.PolicyDenied, Rule: "policy.csv:5", Say: "Not that one."}},
		"a path that is not there": {"bot", "GET", "/v1/customers/cus_ada", "", nil, Verdict{Reason: reason.PolicyNoRule}},
		"nobody's":                 {"mallory", "GET", "/v1/charges/ch_1", "", nil, Verdict{Reason: reason.PolicyNoRule}},
		"a ceiling":                {"bot", "POST", "/v1/refunds", "charge=ch_1&amount=100", []string{"reader"}, Verdict{Reason: reason.PolicyNoRule}},
		"within a ceiling":         {"bot", "GET", "/v1/charges/ch_1", "", []string{"reader"}, Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:2"}},
		"a deny above a ceiling":   {"bot", "GET", "/v1/charges/ch_secret", "", []string{"reader"}, Verdict{Reason: reason.PolicyDenied, Rule: "policy.csv:5", Say: "Not that one."}},
		"a ceiling of nothing":     {"bot", "GET", "/v1/charges/ch_1", "", []string{}, Verdict{Reason: reason.PolicyNoRule}},
	} {
		t.Run(name, func(t *testing.T) {
			in := requested(t, c, tt.agent, tt.method, tt.path, tt.body)
			in.Identity.Roles = tt.roles
			got := e.Decide(in)
			got.Condition = ""
			if h := got.Obligations.Hold; h != nil && tt.want.Obligations.Hold != nil && *h == *tt.want.Obligations.Hold {
				got.Obligations.Hold = tt.want.Obligations.Hold
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// Every name means what it says, and a condition beside the model waits for
// facts as anywhere.
func TestNamesOfAModel(t *testing.T) {
	const every = `
[request_definition]
r = tenant, agent, role, tool, action, effect, method, path
[policy_definition]
p = role, action, effect, cond
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.tenant == "acme" && r.agent != "root" && g(r.role, p.role) && r.tool == "stripe" && keyMatch(r.action, p.action) && r.effect == p.effect && (r.method == "GET" || r.method == "POST") && keyMatch(r.path, "/stripe/v1/*")
`
	e, c := compileOwn(t, every, "p, reader, stripe.charge.get, read, facts.charge.customer == session.customer\n"+
		"p, billing, stripe.refund.*, effect, sums.charge_24h + args.amount <= money('50 USD')\ng, billing, reader\ng, bot, billing\ng, root, billing\n")
	get := requested(t, c, "bot", "GET", "/v1/charges/ch_1", "")
	if got := e.Decide(get); got.Effect != Allow || got.Rule != "policy.csv:1" {
		t.Errorf("a read of an inherited role: %+v", got)
	}
	early := get
	early.Facts = nil
	if got := e.Decide(early); got.Effect != Defer || got.FactsNeeded[0] != "charge" {
		t.Errorf("without facts: %+v", got)
	}
	get.Identity.Session.Customer = "cus_bob"
	if got := e.Decide(get); got.Reason != reason.PolicyNoRule || got.Hint != "" {
		t.Errorf("another customer's: %+v", got)
	}
	small := requested(t, c, "bot", "POST", "/v1/refunds", "charge=ch_1&amount=100")
	get.Identity.Session.Customer = ""
	if got := e.Decide(get); got.Hint != "this token is bound to no customer; ask for a token that is" {
		t.Errorf("an unbound token: %+v", got)
	}
	amount := small.Call.Args["amount"]
	amount.Text = "USD"
	small.Call.Args["amount"] = amount
	if got := e.Decide(small); got.Effect != Allow || !got.Obligations.Once {
		t.Errorf("a small refund: %+v", got)
	}
	small.Identity.Roles = []string{"reader"}
	if got := e.Decide(small); got.Effect != Deny {
		t.Errorf("a ceiling: %+v", got)
	}
	small.Identity.Roles, small.Identity.Agent = nil, "root"
	if got := e.Decide(small); got.Effect != Deny {
		t.Errorf("another agent: %+v", got)
	}
	small.Identity.Agent, small.Tenant = "bot", "globex"
	if got := e.Decide(small); got.Effect != Deny {
		t.Errorf("another tenant: %+v", got)
	}
}

// What may be listed is what the model could allow, under some condition, to
// somebody with what the token leaves.
func TestModelOfOnesOwnSaysWhatMayBeCalled(t *testing.T) {
	e, c := compileOwn(t, restful, restfulPolicy)
	for name, want := range map[string]bool{
		"stripe.charge.get": true, "stripe.charge.list": true, "stripe.refund.create": true, "stripe.customer.get": false,
	} {
		act, _ := c.Action(name)
		if got := e.MayAllow(token.Identity{Agent: "bot"}, "stripe", act); got != want {
			t.Errorf("%s: %v", name, got)
		}
		if got := e.MayAllow(token.Identity{Agent: "bot", Roles: []string{"reader"}}, "stripe", act); got != (want && name != "stripe.refund.create") {
			t.Errorf("%s with a ceiling: %v", name, got)
		}
		if e.MayAllow(token.Identity{Agent: "mallory"}, "stripe", act) || e.MayAllow(token.Identity{Agent: "bot"}, "other", act) {
			t.Errorf("%s is for anybody", name)
		}
	}
}

// What a model says of a superuser is not worth more to a narrowed token.
func TestCeilingHoldsForWhateverAModelSays(t *testing.T) {
	model := strings.Replace(restful, "m = ", `m = g(r.agent, "admin") || r.agent == "bot" || `, 1)
	e, c := compileOwn(t, model, "p, reader, /nowhere, GET, allow, -\ng, bot, admin\ng, bot, reader\n")
	in := requested(t, c, "bot", "GET", "/v1/charges/ch_1", "")
	if got := e.Decide(in); got.Effect != Allow {
		t.Fatalf("got %+v", got)
	}
	in.Identity.Roles = []string{"reader"}
	if got := e.Decide(in); got.Effect != Deny {
		t.Errorf("narrowed: %+v", got)
	}
}

func TestMistakesInAModelOfOnesOwn(t *testing.T) {
	_, actions := stripe(t)
	for name, tt := range map[string]struct{ from, to, rules, want string }{
		"an unknown name":         {"r = agent, method, path", "r = agent, method, path, ip", restfulPolicy, "model.conf: r may have tenant, agent, role, tool, action, effect, method, path (or be sub, act, in as in the default model) (got ip)"},
		"an unknown column":       {"p = role, path", "p = owner, path", restfulPolicy, "model.conf: p may have tenant, agent, role, tool, action, effect, method, path, eft, cond, obl (got owner)"},
		"a name twice":            {"r = agent, method, path", "r = agent, path, path", restfulPolicy, "model.conf: has a name twice (got agent, path, path)"},
		"domains":                 {"g = _, _", "g = _, _, _", restfulPolicy, "model.conf: g must be _, _: a tenant's roles are its own (got _, _, _)"},
		"priorities":              {"some(where (p.eft == allow)) && !some(where (p.eft == deny))", "priority(p.eft) || deny", restfulPolicy, "model.conf: the effect must be some(where (p.eft == allow)), with or without && !some(where (p.eft == deny)): a deny always wins (got "},
		"eval":                    {"m = ", "m = eval(p.path) && ", restfulPolicy, "model.conf: the matcher must not use eval(): conditions are compiled"},
		"an unknown function":     {"m = ", "m = nothing(r.path) && ", restfulPolicy, "model.conf: cannot be used: for policy.csv:2: "},
		"a name that r lacks":     {"m = ", "m = r.tool == 'stripe' && ", restfulPolicy, "model.conf: cannot be used: for policy.csv:2: "},
		"a pattern that is none":  {"m = ", "m = ", "p, reader, /a, (, allow, -\ng, bot, reader\n", "model.conf: cannot be used: for policy.csv:1: "},
		"a line that is too long": {"m = ", "m = ", "p, reader, /a, GET, allow, -, -\ng, bot, reader\n", "policy.csv:1: must be p, role, path, method, eft, obl, as model.conf says; quote a field that contains a comma (got reader, /a, GET, allow, -, -)"},
		"a mistyped role":         {"m = ", "m = ", "p, raeder, /a, GET, allow, -\ng, bot, reader\n", "policy.csv:1: no g line gives anybody this role; it is like reader (got raeder)"},
		"a group":                 {"m = ", "m = ", "p, reader, /a, GET, allow, hold:nobody\ng, bot, reader\n", "policy.csv:1: hold names a group that people.yaml does not have"},
	} {
		t.Run(name, func(t *testing.T) {
			model := strings.Replace(restful, tt.from, tt.to, 1)
			_, problems := Compile(Source{Model: []byte(model), Policy: []byte(tt.rules), Actions: actions, Groups: []string{"billing_leads"}})
			if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), tt.want) {
				t.Errorf("got %v", problems)
			}
		})
	}
}
