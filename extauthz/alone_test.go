package extauthz

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// shop is the tenant of examples/own-envoy with other obligations for refunds.
func shop(t *testing.T, obligations string) *tenant.Tenant {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS("../examples/own-envoy/tenants/shop")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[name], err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const from = "POST, true, allow, -"
	if !strings.Contains(string(files["policy.csv"]), from) {
		t.Fatal("the example has another rule")
	}
	files["policy.csv"] = []byte(strings.Replace(string(files["policy.csv"]), from, "POST, true, allow, "+obligations, 1))
	out, problems := tenant.Load(tenant.Bundle{Name: "shop", Files: files, Version: tenant.Version(files)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return out
}

// Without a mediated lane an effect passes only where that was opened, by a rule
// that asks for nothing which nobody could keep.
func TestEffectsWithoutAMediatedLane(t *testing.T) {
	for name, tt := range map[string]struct {
		alone       *Alone
		obligations string
		hint        string // "" when it is not refused
		lane        string
	}{
		"with one":          {nil, "-", "", wire.LaneEffect},
		"closed":            {&Alone{}, "-", "it changes something", ""},
		"opened":            {&Alone{EffectsDirect: true}, "-", "", wire.LaneDirect},
		"opened, once":      {&Alone{EffectsDirect: true}, "once", "its rule says once", ""},
		"opened, with hold": {&Alone{EffectsDirect: true}, "hold:leads", "its rule asks people: leads", ""},
		"closed, with hold": {&Alone{}, "hold:leads", "its rule asks people: leads", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := step{tenant: shop(t, tt.obligations)}
			s.tool = s.tenant.Tools[0]
			s.identity = token.Identity{Tenant: "shop", Agent: "billing-bot", Session: token.Session{ID: "s", Customer: "cus_ada"}}
			act, _ := s.tool.Catalog.Action("billing.refund.create")
			call := action.Call{Tool: "billing", Action: act.Name, Args: action.Args{"charge": {Kind: action.ID, Text: "ch_1"}, "amount": {Kind: action.Money, Int: 100, Text: "USD"}}}
			g := gateway{Options: Options{Alone: tt.alone}}
			d := g.unmediated(decision.Decide(s.question(call, act)), s)
			if tt.hint != "" && (d.Effect != decision.Deny || d.Reason != reason.MediationAbsent || d.Hint != tt.hint) || tt.hint == "" && d.Effect == decision.Deny || d.Lane != tt.lane {
				t.Errorf("got %+v", d)
			}
		})
	}
}
