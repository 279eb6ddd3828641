package explain

import (
	"os"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// A read that waits for facts is decided with them, an amount whose currency is
// one of them included.
func TestReadIsDecidedWithItsFacts(t *testing.T) {
	files := map[string][]byte{"policy.csv": []byte("p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\np, keeper, pets.pet.price, args.price <= money('1 USD'), allow, -\ng, bot, keeper\n")}
	for _, name := range []string{"tools.yaml", "people.yaml", "approvals.yaml", "limits.yaml", "catalogs/pets.yaml"} {
		data, err := os.ReadFile("../decision/testdata/shop/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	files["catalogs/pets.yaml"] = append(files["catalogs/pets.yaml"], []byte(`
  - name: pets.pet.price
    summary: See what {pet} would sell for
    method: GET
    path: /prices/{pet}
    params:
      - {name: pet, kind: id, safe: true}
      - {name: price, kind: money, required: true, currency: facts.pet.currency, min: 1, safe: true}
    facts: *facts
`)...)
	shop := load(t, tenant.Bundle{Name: "shop", Files: files})
	for ask, want := range map[string]string{
		`price=100","facts":{"pet":{"owner":"cus_ada","currency":"usd"}}`: "allow, allowed by policy.csv:2, lane direct",
		`price=101","facts":{"pet":{"owner":"cus_ada","currency":"usd"}}`: "deny, policy_no_rule",
		`price=100"`: "mediate, facts_needed, lane read: rules wait for pet",
		`price=100","facts":{"pet":{"owner":"cus_ada","currency":"eur"}}`: "deny, policy_unevaluable by policy.csv:2: its condition compares something that is not there, or two currencies",
	} {
		a, err := Decide(shop, line(t, `{"agent":"bot","method":"GET","path":"/zoo/prices/rex?`+ask+`}`), someday)
		if err != nil || a.Result() != want {
			t.Errorf("%s: %s %v", ask, a.Result(), err)
		}
	}
	for facts, want := range map[string]string{
		``: "mediate, facts_needed, lane read: rules wait for pet",
		`,"facts":{"pet":{"owner":"cus_ada","currency":"usd"}}`: "allow, allowed by policy.csv:1, lane direct",
		`,"facts":{"pet":{"owner":"cus_bob","currency":"usd"}}`: "deny, policy_no_rule",
	} {
		a, err := Decide(shop, line(t, `{"agent":"bot","method":"GET","path":"/zoo/pets/rex/history"`+facts+`}`), someday)
		if err != nil || a.Result() != want {
			t.Errorf("%s: %s %v", facts, a.Result(), err)
		}
	}
}

// A tool sends ids as texts and amounts as numbers, however somebody wrote them.
func TestFactsAreWrittenAsToolsSendThem(t *testing.T) {
	for name, tt := range map[string]struct {
		value Value
		kind  action.Kind
		want  string
	}{
		"an id of digits":  {Value{[]byte("1001")}, action.ID, `"1001"`},
		"an id":            {Text("ch_1"), action.ID, `"ch_1"`},
		"a text of digits": {Value{[]byte("12")}, action.String, `"12"`},
		"a quoted amount":  {Text("4000"), action.Money, `4000`},
		"a quoted yes":     {Text("true"), action.Bool, `true`},
		"no amount":        {Text("4000 USD"), action.Money, `"4000 USD"`},
		"nothing":          {Value{[]byte("null")}, action.ID, `null`},
		"a list":           {Value{[]byte(`["a"]`)}, action.List, `["a"]`},
	} {
		if got := string(tt.value.fact(action.Field{Kind: tt.kind})); got != tt.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
