package action

import (
	"strings"
	"testing"
)

func probing(t *testing.T, probe string) (*Catalog, []string) {
	t.Helper()
	c, problems := Compile("shop", []byte(strings.Replace(plans, "undo: UNDO", "probe: "+probe, 1)))
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return c, out
}

// A fact read again proves something only when all that is named stands there, of
// one of the two.
func TestFound(t *testing.T) {
	c, problems := probing(t, "{fact: plan, happened: {price: args.price}, not_happened: {price: facts.plan.price}}")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	set, _ := c.Action("shop.plan.set")
	price := func(text string) Record { return Record{"price": {Kind: ID, Text: text}} }
	args := func(text string) Args { return Args{"price": {Kind: ID, Text: text}} }
	for name, tt := range map[string]struct {
		args     Args
		was, now Record
		want     Outcome
	}{
		"the new price":         {args("price_b"), price("price_a"), price("price_b"), OutcomeApplied},
		"the old price":         {args("price_b"), price("price_a"), price("price_a"), OutcomeNotApplied},
		"a third price":         {args("price_b"), price("price_a"), price("price_c"), OutcomeUnknown},
		"no price any more":     {args("price_b"), price("price_a"), Record{}, OutcomeUnknown},
		"no price before":       {args("price_b"), Record{}, price("price_a"), OutcomeUnknown},
		"no change was wanted":  {args("price_a"), price("price_a"), price("price_a"), OutcomeUnknown},
		"no argument, no price": {nil, Record{}, Record{}, OutcomeUnknown},
	} {
		if got := set.Found(tt.args, Facts{"plan": tt.was}, tt.now); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	get, _ := c.Action("shop.plan.get")
	if got := get.Found(nil, nil, price("price_a")); got != OutcomeUnknown {
		t.Errorf("without a probe: %v", got)
	}
}

func TestProbeMistakes(t *testing.T) {
	for probe, want := range map[string]string{
		"{fact: owner, happened: {price: args.price}}": "probe.fact: must be a fact of this effect",
		"{fact: plan}": "probe: must say happened, not_happened or both",
		"{fact: plan, happened: {cost: args.price}}":           "probe.happened.cost: is no field of facts.plan",
		"{fact: plan, happened: {price: args.seats}}":          "probe.happened.price: must be args.name",
		"{fact: plan, not_happened: {price: facts.plan.cost}}": "probe.not_happened.price: must be args.name",
		"{fact: plan, not_happened: {price: 'a b'}}":           "probe.not_happened.price: must be args.name",
	} {
		if _, problems := probing(t, probe); len(problems) != 1 || !strings.Contains(problems[0], want) {
			t.Errorf("%s: %v", probe, problems)
		}
	}
}
