package tenant

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
)

// approving is acme with more in its approvals.yaml.
func approving(t *testing.T, more string) map[string][]byte {
	t.Helper()
	f := files(t, "acme")
	f["approvals.yaml"] = append(f["approvals.yaml"], "\n"+more...)
	return f
}

func TestMatrixMistakes(t *testing.T) {
	const row = "{actions: [stripe.refund.create], groups: [billing_leads]"
	for name, tt := range map[string]struct{ more, want string }{
		"no actions":            {"matrix: [{groups: [billing_leads]}]", "approvals.yaml: matrix[0].actions: must name the actions that the row is for, like [stripe.refund.create]"},
		"an unknown action":     {"matrix: [{actions: [stripe.refnd.create], groups: [billing_leads]}]", "approvals.yaml: matrix[0].actions: matches no effect of the tenant's tools (got stripe.refnd.create)"},
		"a read":                {"matrix: [{actions: [stripe.charge.get], groups: [billing_leads]}]", "approvals.yaml: matrix[0].actions: matches no effect of the tenant's tools (got stripe.charge.get)"},
		"no money to compare":   {"matrix: [{actions: [zendesk.comment.create], groups: [billing_leads], above: 5 USD}]", "approvals.yaml: matrix[0].above: none of the row's actions moves money (got 5.00 USD)"},
		"no amount":             {"matrix: [" + row + ", above: many}]", `approvals.yaml: matrix[0].above: an amount is written as 49.99 USD (got "many")`},
		"nobody":                {"matrix: [{actions: ['*'], votes: 1}]", "approvals.yaml: matrix[0].groups: must name who approves"},
		"an unknown group":      {"matrix: [{actions: ['*'], groups: [leads]}]", "approvals.yaml: matrix[0].groups: is no group of people.yaml (got leads)"},
		"more than there are":   {"matrix: [" + row + ", votes: 2}]", "approvals.yaml: matrix[0].votes: asks for 2, and its groups have 1 people"},
		"too many":              {"matrix: [" + row + ", votes: -1}]", "approvals.yaml: matrix[0].votes: must be from 1 to 9 (got -1)"},
		"never reached":         {"matrix: [" + row + "}, " + row + ", above: 5 USD}]", "approvals.yaml: matrix[1]: never counts: matrix[0] before it takes all of its calls. Write rows for larger amounts and fewer actions first"},
		"escalates to nobody":   {"matrix: [" + row + ", escalate: {after: 5m}}]", "approvals.yaml: matrix[0].escalate.groups: must name who may vote after that time"},
		"escalates at once":     {"matrix: [" + row + ", escalate: {groups: [auditors]}}]", "approvals.yaml: matrix[0].escalate.after: must be 1m0s or more (got 0s)"},
		"escalates too late":    {"matrix: [" + row + ", expire_after: 1h, escalate: {after: 1h, groups: [auditors]}}]", "approvals.yaml: matrix[0].escalate.after: must be shorter than expire_after: nobody would be left to ask (got 1h0m0s)"},
		"later than all expire": {"matrix: [" + row + ", escalate: {after: 4h, groups: [auditors]}}]", "approvals.yaml: matrix[0].escalate.after: must be shorter than expire_after: nobody would be left to ask (got 4h0m0s)"},
		"expires at once":       {"matrix: [" + row + ", expire_after: 1s}]", "approvals.yaml: matrix[0].expire_after: must be from 1m0s to 720h0m0s (got 1s)"},
		"fresh of nothing":      {"fresh_login: {within: 5m}", "approvals.yaml: fresh_login.above: must say from which amount a new login is needed, like 500 USD"},
		"fresh for too long":    {"fresh_login: {above: 5 USD, within: 2h}", "approvals.yaml: fresh_login.within: must be from 1m0s to 1h0m0s (got 2h0m0s)"},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, problems := load(approving(t, tt.more))
			if diff := cmp.Diff([]string{tt.want}, lines(problems)); diff != "" || loaded != nil {
				t.Error(diff)
			}
		})
	}
}

// The matrix names other people for a hold, and never fewer.
func TestStaffed(t *testing.T) {
	f := approving(t, `matrix:
  - {actions: [stripe.refund.create], above: 100 USD, groups: [billing_leads, auditors], votes: 2, expire_after: 30m, escalate: {after: 10m, groups: [data_leads]}}
  - {actions: [stripe.refund.create], roles: [support], groups: [auditors]}
fresh_login: {above: 100 USD}
`)
	loaded, problems := load(f)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := loaded.Approvals.Fresh; got.Above.String() != "100.00 USD" || got.Within != 5*time.Minute {
		t.Errorf("fresh %+v", got)
	}
	_, refund, _ := loaded.Action("stripe.refund.create")
	_, comment, _ := loaded.Action("zendesk.comment.create")
	usd := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "USD"} }
	billing := token.Identity{Tenant: "acme", Agent: "billing-bot"}
	narrowed := billing
	narrowed.Roles = []string{"billing"}
	rule := policy.Hold{Group: "billing_leads", Votes: 1}
	three := policy.Hold{Group: "billing_leads", Votes: 3}
	both := authority.Join([]string{"billing_leads", "auditors"})
	for name, c := range map[string]struct {
		got, want *policy.Hold
	}{
		"above":              {loaded.Staffed(&rule, billing, refund, usd(10001)), &policy.Hold{Group: both, Votes: 2}},
		"never fewer":        {loaded.Staffed(&three, billing, refund, usd(10001)), &policy.Hold{Group: both, Votes: 3}},
		"not above":          {loaded.Staffed(&rule, billing, refund, usd(10000)), &policy.Hold{Group: "auditors", Votes: 1}},
		"a token without it": {loaded.Staffed(&rule, narrowed, refund, usd(10000)), &rule},
		"no amount yet":      {loaded.Staffed(&rule, narrowed, refund, money.Amount{}), &policy.Hold{Group: both, Votes: 2}},
		"another action":     {loaded.Staffed(&rule, billing, comment, money.Amount{}), &rule},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := loaded.ExpireAfter(billing, refund, usd(10001)); got != 30*time.Minute {
		t.Errorf("a row's own expiry is %s", got)
	}
	if got := loaded.ExpireAfter(billing, comment, money.Amount{}); got != 4*time.Hour {
		t.Errorf("without a row it is %s", got)
	}
}
