package decision

import (
	"testing"

	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// beside is a tenant with a live policy and one on trial.
func beside(t *testing.T, live, trial string) *tenant.Tenant {
	t.Helper()
	out := *shop(t, live)
	out.Shadow = &tenant.Shadow{Version: "sha256:trial", Policy: shop(t, trial).Policy}
	return &out
}

func TestShadowSaysWhatItWouldChange(t *testing.T) {
	const read, sell = "pets.pet.get", "pets.pet.sell"
	rule := func(action, effect, obligation string) string {
		return "p, keeper, " + action + ", true, " + effect + ", " + obligation + "\n"
	}
	for name, tt := range map[string]struct {
		live, trial, action string
		want                Shadow
	}{
		"the same":      {rule(read, "allow", "-"), rule("pets.*", "allow", "-"), read, Shadow{Reason: reason.Allowed, Rule: "policy.csv:1"}},
		"less":          {rule(read, "allow", "-"), rule(read, "deny", "say:'No.'"), read, Shadow{Differs: "allow -> deny", Reason: reason.PolicyDenied, Rule: "policy.csv:1"}},
		"more":          {"", rule(read, "allow", "-"), read, Shadow{Differs: "deny -> allow", Reason: reason.Allowed, Rule: "policy.csv:1"}},
		"people":        {rule(sell, "allow", "once"), rule(sell, "allow", "hold:leads:2"), sell, Shadow{Differs: "hold none -> 2 of leads", Reason: reason.Allowed, Rule: "policy.csv:1"}},
		"other refusal": {"", rule(read, "deny", "-"), read, Shadow{Reason: reason.PolicyDenied, Rule: "policy.csv:1"}},
		"wants facts":   {rule("pets.pet.history", "allow", "-"), "p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\n", "pets.pet.history", Shadow{Differs: "allow -> mediate", Reason: reason.FactsNeeded}},
	} {
		t.Run(name, func(t *testing.T) {
			ask := informed
			if name == "wants facts" {
				ask = question
			}
			q := ask(t, beside(t, tt.live, tt.trial), tt.action)
			live := Decide(q)
			tt.want.Version = "sha256:trial"
			if got := Beside(q, live); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if again := Decide(q); again.Effect != live.Effect || again.Rule != live.Rule {
				t.Error("asking the shadow changed the answer")
			}
		})
	}
}

// There is nothing to compare while the live policy waits for facts, and nothing
// that a shadow does ends a call.
func TestShadowIsOnlyBeside(t *testing.T) {
	waits := "p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\n"
	q := question(t, beside(t, waits, ""), "pets.pet.history")
	if got := Beside(q, Decide(q)); got != (Shadow{}) {
		t.Errorf("while facts are missing: %+v", got)
	}
	plain := question(t, shop(t, waits), "pets.pet.history")
	if got := Beside(plain, Decide(plain)); got != (Shadow{}) {
		t.Errorf("without a shadow: %+v", got)
	}
	broken := informed(t, beside(t, waits, ""), "pets.pet.history")
	var none *policy.Engine // whatever a shadow could panic about
	broken.Tenant.Shadow.Policy = none
	if got := Beside(broken, Decide(broken)); got != (Shadow{Version: "sha256:trial", Differs: "the shadow fails", Reason: reason.Internal}) {
		t.Errorf("a shadow that panics: %+v", got)
	}
}
