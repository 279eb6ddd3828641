package explain

import (
	"os"
	"testing"

	"github.com/sallyport/sallyport/internal/tenant"
)

// A read that waits for facts is decided with them; approvald reads no sums for
// it, and what still waits is refused.
func TestReadIsDecidedWithItsFacts(t *testing.T) {
	files := map[string][]byte{"policy.csv": []byte("p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\ng, bot, keeper\n")}
	for _, name := range []string{"tools.yaml", "people.yaml", "approvals.yaml", "limits.yaml", "catalogs/pets.yaml"} {
		data, err := os.ReadFile("../decision/testdata/shop/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	shop := load(t, tenant.Bundle{Name: "shop", Files: files})
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
