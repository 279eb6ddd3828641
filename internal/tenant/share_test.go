package tenant

import (
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
)

// Tenants with the same file share its catalog; one letter makes another.
func TestCatalogsAreShared(t *testing.T) {
	data, _ := action.Shipped("stripe")
	const file = "catalogs/shared.yaml"
	a, problems := compileCatalog(file, data)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b, _ := compileCatalog(file, append([]byte(nil), data...))
	c, _ := compileCatalog(file, append([]byte("# another\n"), data...))
	d, _ := compileCatalog("catalogs/other.yaml", data)
	if a != b || a == c || a == d || c == nil || d == nil {
		t.Errorf("%p %p %p %p", a, b, c, d)
	}
	runtime.KeepAlive(a)
}

func TestMistakenFileIsReportedEachTime(t *testing.T) {
	for range 2 {
		if c, problems := compileCatalog("catalogs/x.yaml", []byte("name: x\nactions: 7\n")); c != nil || len(problems) == 0 {
			t.Errorf("got %v %v", c, problems)
		}
		if l, problems := parseLimits("limits.yaml", []byte("limits: 7\n")); l != nil || len(problems) == 0 {
			t.Errorf("got %v %v", l, problems)
		}
	}
}

// Tenants share what is made of the same files, and nothing that is not: what one of
// them may do, and with which credential, is never another's.
func TestTenantsShareWhatIsEqual(t *testing.T) {
	of := func(name string, edits ...string) *Tenant {
		made, problems := Load(bundle(t, name, edits...))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return made
	}
	type same struct{ Tools, Limits, Policy bool }
	first := of("acme")
	for name, c := range map[string]struct {
		edits []string
		want  same
	}{
		"another name":       {nil, same{true, true, true}},
		"another credential": {[]string{"tools.yaml", "secret: stripe_key", "secret: stripe_other"}, same{false, true, false}},
		"another catalog":    {[]string{"catalogs/stripe.yaml", "", string(shipped(t, "stripe")) + "# of their own\n"}, same{false, true, false}},
		"other limits":       {[]string{"limits.yaml", "max: ", "max: 1"}, same{true, false, true}},
		"another sum":        {[]string{"limits.yaml", "sums:\n", "sums:\n  other: {actions: [stripe.refund.create], by: [args.charge], window: 24h}\n"}, same{true, false, false}},
		"another model":      {[]string{"model.conf", "matches(r.act, p.act)", "matches(r.act, p.act) && r.sub != 'nobody'"}, same{true, true, false}},
		"other rules":        {[]string{"policy.csv", "\n", "\n# another line\n"}, same{true, true, false}},
		"other groups":       {[]string{"people.yaml", "groups: [", "groups: [others, "}, same{true, true, false}},
	} {
		other := of("globex2", c.edits...)
		got := same{other.Tools[0] == first.Tools[0], other.Limits == first.Limits, other.Policy == first.Policy}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	runtime.KeepAlive(first)
}

// What is shared says nothing of the tenants that share it: each is decided about, and
// counted, by its own name.
func TestSharedThingsAnswerToTheirTenant(t *testing.T) {
	const usual, byName = "\np, support, stripe.price.get, tenant == 'acme', allow, -", "p, acme, stripe.price.get, allow\n"
	for name, edits := range map[string][]string{
		"default model":     {"policy.csv", "\n", usual + "\n"},
		"model of its own":  {"policy.csv", "\n", usual + "\n", "model.conf", "matches(r.act, p.act)", "matches(r.act, p.act) && r.sub != 'nobody'"},
		"requests by names": {"policy.csv", "", byName, "model.conf", "", named, "approvals.yaml", "", "repeat_group: billing_leads\n", "mask.yaml", "", "", "clients.yaml", "", ""},
	} {
		var all []*Tenant
		for _, of := range []string{"acme", "globex2"} {
			made, problems := Load(bundle(t, of, edits...))
			if len(problems) > 0 {
				t.Fatal(name, problems)
			}
			all = append(all, made)
		}
		if all[0].Policy != all[1].Policy || all[0].Limits != all[1].Limits {
			t.Errorf("%s: nothing is shared", name)
		}
		for i, want := range []policy.Effect{policy.Allow, policy.Deny} {
			_, act, _ := all[i].Action("stripe.price.get")
			got := all[i].Policy.Decide(policy.Input{
				Tenant: all[i].Name, Identity: token.Identity{Tenant: all[i].Name, Agent: "support-bot"},
				Action: act, Call: action.Call{Tool: "stripe", Action: act.Name},
			})
			if got.Effect != want {
				t.Errorf("%s, %s: got %+v", name, all[i].Name, got)
			}
			for _, charge := range all[i].Limits.Charges(limit.Subject{Tenant: all[i].Name, Action: act.Name}) {
				if charge.Tenant != all[i].Name || !strings.Contains(charge.Key, ":"+all[i].Name) {
					t.Errorf("%s, %s: counted as %+v", name, all[i].Name, charge)
				}
			}
		}
	}
}

// named is a model that speaks of the tenant.
const named = `
[request_definition]
r = tenant, action
[policy_definition]
p = tenant, action, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.tenant == p.tenant && r.action == p.action
`

func shipped(t *testing.T, name string) []byte {
	t.Helper()
	data, ok := action.Shipped(name)
	if !ok {
		t.Fatal(name)
	}
	return data
}
