package decision

import (
	"io/fs"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

const members = "g, bot, keeper\n"

// shop is the tenant of testdata with the given rules.
func shop(t testing.TB, rules string) *tenant.Tenant {
	t.Helper()
	files := map[string][]byte{"policy.csv": []byte(rules + members)}
	root := os.DirFS("testdata/shop")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, problems := tenant.Load(tenant.Bundle{Name: "shop", Files: files, Version: tenant.Version(files)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return out
}

// question asks about one action of the shop's only tool, with nothing fetched.
func question(t testing.TB, shop *tenant.Tenant, name string) Question {
	t.Helper()
	tool := shop.Tools[0]
	act, ok := tool.Catalog.Action(name)
	if !ok {
		t.Fatalf("no action %s", name)
	}
	call := action.Call{Tool: tool.Name, Action: name, Args: action.Args{"pet": {Kind: action.ID, Text: "rex"}}}
	if act.Effect {
		call.Args["price"] = action.Value{Kind: action.Money, Int: 4000}
	}
	return Question{
		ID: "dec-1", Tenant: shop, Tool: tool, Call: call, Action: act, Now: time.Unix(0, 0),
		Identity: token.Identity{Tenant: "shop", Agent: "bot", Session: token.Session{ID: "ses_1", Customer: "eve"}},
	}
}

// informed is question with facts and sums, as approvald asks it.
func informed(t testing.TB, shop *tenant.Tenant, name string) Question {
	t.Helper()
	q := question(t, shop, name)
	q.Facts = action.Facts{"pet": {"owner": {Kind: action.ID, Text: "eve"}, "currency": {Kind: action.String, Text: "USD"}}}
	q.Sums = policy.Sums{"sold": money.Amount{Currency: "USD"}}
	if price, ok := q.Call.Args["price"]; ok {
		price.Text = "USD"
		q.Call.Args["price"] = price
	}
	return q
}

func TestZeroDecisionRefuses(t *testing.T) {
	var d Decision
	if d.Effect != Deny || d.Lane != "" || Effect(0) != Deny || slices.Contains(reason.All(), d.Reason) {
		t.Errorf("got %+v", d)
	}
	if d := Decide(Question{}); d.Effect != Deny || d.Reason != reason.Internal {
		t.Errorf("nothing asked gives %+v", d)
	}
	if d := Refuse("dec-1", reason.TokenMissing); d.Effect != Deny || d.Reason != reason.TokenMissing || d.ID != "dec-1" {
		t.Errorf("got %+v", d)
	}
}

func TestEffectIsSpelledAsRecordsDo(t *testing.T) {
	for effect, want := range map[Effect]string{Deny: "deny", Allow: "allow", Mediate: "mediate", Effect(9): "deny"} {
		if effect.String() != want {
			t.Errorf("%d is %s", effect, effect)
		}
	}
}

// lanes is the whole table: what the policy says, of what kind of action.
func TestLaneFollowsVerdictAndAction(t *testing.T) {
	const read, history, sell = "pets.pet.get", "pets.pet.history", "pets.pet.sell"
	once, hold := policy.Obligations{Once: true}, policy.Obligations{Once: true, Hold: &policy.Hold{Group: "leads", Votes: 2}}
	for name, tt := range map[string]struct {
		rules  string
		action string
		ask    func(testing.TB, *tenant.Tenant, string) Question
		want   Decision
	}{
		"allowed read goes direct": {
			"p, keeper, pets.pet.get, true, allow, -\n", read, question,
			Decision{Effect: Allow, Lane: wire.LaneDirect, Reason: reason.Allowed, Rule: "policy.csv:1"},
		},
		"denied read": {
			"p, keeper, pets.pet.get, true, deny, say:'No.'\n", read, question,
			Decision{Reason: reason.PolicyDenied, Rule: "policy.csv:1", Say: "No."},
		},
		"read without a rule": {"", read, question, Decision{Reason: reason.PolicyNoRule}},
		"read that needs facts is mediated": {
			"p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\n", history, question,
			Decision{Effect: Mediate, Lane: wire.LaneRead, Reason: reason.FactsNeeded, FactsNeeded: []string{"pet"}},
		},
		"read with its facts goes direct": {
			"p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\n", history, informed,
			Decision{Effect: Allow, Lane: wire.LaneDirect, Reason: reason.Allowed, Rule: "policy.csv:1"},
		},
		"read whose facts do not fit": {
			"p, keeper, pets.pet.history, facts.pet.owner != session.customer, allow, -\n", history, informed,
			Decision{Reason: reason.PolicyNoRule},
		},
		"allowed effect is mediated, once": {
			"p, keeper, pets.pet.sell, true, allow, once\n", sell, informed,
			Decision{Effect: Mediate, Lane: wire.LaneEffect, Reason: reason.Allowed, Rule: "policy.csv:1", Obligations: once},
		},
		"an effect is done once even if its rule does not say so": {
			"p, keeper, pets.pet.sell, true, allow, -\n", sell, informed,
			Decision{Effect: Mediate, Lane: wire.LaneEffect, Reason: reason.Allowed, Rule: "policy.csv:1", Obligations: once},
		},
		"held effect is mediated": {
			"p, keeper, pets.pet.sell, true, allow, hold:leads:2\n", sell, informed,
			Decision{Effect: Mediate, Lane: wire.LaneEffect, Reason: reason.Allowed, Rule: "policy.csv:1", Obligations: hold},
		},
		"denied effect": {
			"p, keeper, pets.pet.sell, true, deny, -\n", sell, informed,
			Decision{Reason: reason.PolicyDenied, Rule: "policy.csv:1"},
		},
		"effect without a rule": {"p, keeper, pets.pet.get, true, allow, -\n", sell, informed, Decision{Reason: reason.PolicyNoRule}},
		"effect that needs facts and sums": {
			"p, keeper, pets.pet.sell, facts.pet.owner == session.customer && sums.sold + args.price <= money('50 USD'), allow, once\n", sell, question,
			Decision{Effect: Mediate, Lane: wire.LaneEffect, Reason: reason.FactsNeeded, FactsNeeded: []string{"pet", "sums.sold"}},
		},
		"effect that cannot be evaluated": {
			"p, keeper, pets.pet.sell, sums.sold + args.price <= money('50 EUR'), allow, once\n", sell, informed,
			Decision{Reason: reason.PolicyUnevaluable, Rule: "policy.csv:1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := tt.ask(t, shop(t, tt.rules), tt.action)
			got := Decide(q)
			if refused := got.Effect == Deny; refused != (len(got.Charges) == 0) {
				t.Errorf("charges %v", got.Charges)
			}
			if !slices.Contains(reason.All(), got.Reason) || (got.Effect == Deny) == (got.Reason == reason.Allowed) && got.Reason != reason.FactsNeeded {
				t.Errorf("%s with reason %q", got.Effect, got.Reason)
			}
			if got.ID != q.ID || got.Bundle != q.Tenant.Version || got.Action != q.Action {
				t.Errorf("the decision is not about the question: %+v", got)
			}
			if diff := cmp.Diff(q.Call, got.Call); diff != "" {
				t.Error(diff)
			}
			got.ID, got.Bundle, got.Call, got.Action, got.Charges = "", "", action.Call{}, nil, nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// No file that loads can say so, but nobody would see the answer of a read that
// was approved after its reader had gone.
func TestReadIsNeverHeld(t *testing.T) {
	d := Decision{Reason: reason.Allowed, Action: &action.Action{Name: "pets.pet.get"}}
	d.allow(policy.Verdict{Reason: reason.Allowed, Obligations: policy.Obligations{Hold: &policy.Hold{Group: "leads", Votes: 1}}})
	if d.Effect != Deny || d.Lane != "" || d.Reason != reason.PolicyUnevaluable || d.Say == "" {
		t.Errorf("got %+v", d)
	}
}

func TestRefusalNeverKeepsAReasonForAllowing(t *testing.T) {
	for _, was := range []reason.Code{"", reason.Allowed} {
		d := Decision{Effect: Allow, Lane: wire.LaneDirect, Reason: was}
		if d.refuse(); d.Effect != Deny || d.Lane != "" || d.Reason != reason.Internal {
			t.Errorf("%q gives %+v", was, d)
		}
	}
}

// What contradicts itself was put together wrongly, and is refused before any
// rule is asked.
func TestQuestionThatContradictsItselfIsRefused(t *testing.T) {
	allowed := shop(t, "p, keeper, *, true, allow, -\n")
	other := shop(t, "p, keeper, *, true, allow, -\n")
	other.Name = "other"
	for name, change := range map[string]func(*Question){
		"no tenant":                  func(q *Question) { q.Tenant = nil },
		"no tool":                    func(q *Question) { q.Tool = nil },
		"no action":                  func(q *Question) { q.Action = nil },
		"an identity of another":     func(q *Question) { q.Identity.Tenant = "other" },
		"a tenant of another":        func(q *Question) { q.Tenant = other },
		"nobody's identity":          func(q *Question) { q.Identity = token.Identity{} },
		"a call of another action":   func(q *Question) { q.Call.Action = "pets.pet.sell" },
		"a call of another tool":     func(q *Question) { q.Call.Tool = "cats" },
		"an action not of this tool": func(q *Question) { q.Action = &action.Action{Name: "pets.pet.get"} },
	} {
		t.Run(name, func(t *testing.T) {
			q := question(t, allowed, "pets.pet.get")
			if d := Decide(q); d.Effect != Allow {
				t.Fatalf("the plain question gives %+v", d)
			}
			change(&q)
			if d := Decide(q); d.Effect != Deny || d.Reason != reason.Internal || len(d.Charges) != 0 || d.Lane != "" {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestChargesAreThoseOfTheCall(t *testing.T) {
	s := shop(t, "p, keeper, *, true, allow, -\n")
	limits := func(charges []limit.Charge) (names []string) {
		for _, c := range charges {
			names = append(names, c.Limit)
			if c.Tenant != "shop" || c.Cost != 1 {
				t.Errorf("got %+v", c)
			}
		}
		return names
	}
	if got := limits(Decide(question(t, s, "pets.pet.get")).Charges); !slices.Equal(got, []string{"calls"}) {
		t.Errorf("a read pays %v", got)
	}
	sale := Decide(question(t, s, "pets.pet.sell")).Charges
	if got := limits(sale); !slices.Equal(got, []string{"calls", "sales"}) {
		t.Fatalf("a sale pays %v", got)
	}
	for name, change := range map[string]func(*Question){
		"agent":    func(q *Question) { q.Identity.Agent, q.Identity.Roles = "lea", nil },
		"argument": func(q *Question) { q.Call.Args["pet"] = action.Value{Kind: action.ID, Text: "tom"} },
	} {
		q := question(t, shop(t, "p, keeper, *, true, allow, -\ng, lea, keeper\n"), "pets.pet.sell")
		change(&q)
		if got := Decide(q).Charges; len(got) != 2 || got[1].Key == sale[1].Key {
			t.Errorf("another %s pays at the same counter: %+v", name, got)
		}
	}
}

func TestDecideIsPure(t *testing.T) {
	q := informed(t, shop(t, "p, keeper, pets.pet.sell, sums.sold + args.price <= money('50 USD'), allow, hold:leads\n"), "pets.pet.sell")
	first := Decide(q)
	for range 3 {
		if diff := cmp.Diff(first, Decide(q), cmp.AllowUnexported(limit.Window{}), cmp.Comparer(func(a, b *action.Action) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
	}
}
