package maskfile

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// What one of the tools would mask is masked, whatever the others pass.
func TestStrictest(t *testing.T) {
	rules, problems := Parse("mask.yaml", []byte(`
types: [email]
visible: [email, card]
pass_keys: [display_name, alias, memo]
regions: [GB]
tools:
  crm: {types: [name, phone], visible: [card], keys: {nickname: name, mood: text}, max_body: 64KiB}
  shop: {keys: {nickname: email}, pass_keys: [mood], drop_keys: [memo], regions: [DE], media_types: ["text/csv"]}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p := rules.Strictest([]string{"crm", "shop", "other"})
	if p.MaxBody != 64<<10 {
		t.Errorf("max_body %d", p.MaxBody)
	}
	if p.Show != pii.Set(0).With(pii.Card) {
		t.Errorf("shown: %b", p.Show)
	}
	const body = `{"email":"ada@example.com","name":"Ada Lovelace","nickname":"Countess","mood":"cheerful","alias":"kept","display_name":"Kept Too","memo":"dropped","note":"07700 900123 or 0171 5796195"}`
	out, _, err := mask.Body(nil, []byte(body), "application/json", p, surrogate.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"ada@example.com", "Ada Lovelace", "Countess", "cheerful", "dropped", "07700", "0171"} {
		if strings.Contains(string(out), gone) {
			t.Errorf("%s is left in %s", gone, out)
		}
	}
	if !strings.Contains(string(out), "kept") {
		t.Errorf("what every tool passes is gone: %s", out)
	}
	if before := rules.For("shop"); before.Keys[mask.Fold("mood")] != 0 || len(rules.For("other").Keys) != 0 {
		t.Error("the rules themselves were changed")
	}
}
