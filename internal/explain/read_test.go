package explain

import (
	"os"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// A read that waits for facts is decided with them; approvald reads no sums for
// it, and what still waits is refused.
func TestReadIsDecidedWithItsFacts(t *testing.T) {
	files := map[string][]byte{"policy.csv": []byte("p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\np, keeper, pets.pet.price, sums.sold <= money('1 USD'), allow, -\ng, bot, keeper\n")}
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
	a, err := Decide(shop, line(t, `{"agent":"bot","method":"GET","path":"/zoo/prices/rex?price=1","facts":{"pet":{"owner":"cus_ada","currency":"usd"}}}`), someday)
	if want := "deny, facts_unavailable: rules wait for sums.sold"; err != nil || a.Result() != want {
		t.Errorf("%s %v", a.Result(), err)
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
		if got := string(tt.value.fact(tt.kind)); got != tt.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
