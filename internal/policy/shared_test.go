package policy

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
)

// Policies that give the same roles to the same agents share who has which, and no
// others do: whose rights an agent has is the worst thing to mix up.
func TestRostersAreSharedOnlyWhenEqual(t *testing.T) {
	of := func(policy string) *Engine {
		e, err := replying(t, policy)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := of("p, clerk, desk.reply, true, allow, -\ng, ann, boss\n")
	for name, c := range map[string]struct {
		policy string
		shared bool
		roles  []string // of ann
	}{
		"another rule":             {"p, clerk, desk.reply, false, deny, -\np, clerk, *, true, allow, -\ng, ann, boss\n", true, []string{"boss"}},
		"another agent":            {"p, clerk, desk.reply, true, allow, -\ng, bob, boss\n", false, nil},
		"another role":             {"p, clerk, desk.reply, true, allow, -\ng, ann, clerk\n", false, []string{"clerk"}},
		"one more":                 {"p, clerk, desk.reply, true, allow, -\ng, ann, boss\ng, ann, clerk\n", false, []string{"boss", "clerk"}},
		"another role of rules":    {"p, ann, desk.reply, true, allow, -\ng, ann, boss\n", false, []string{"boss"}},
		"rules in place of grants": {"p, clerk, desk.reply, true, allow, -\np, ann, desk.reply, true, allow, -\np, boss, desk.reply, true, allow, -\n", false, nil},
	} {
		other := of(c.policy)
		if got := other.roster == first.roster; got != c.shared {
			t.Errorf("%s: it is shared: %v", name, got)
		}
		if diff := cmp.Diff(c.roles, other.Roles("ann")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	runtime.KeepAlive(first)
}

// Actions share what conditions can speak about, and the numbers of actions, when they
// declare the same.
func TestActionsShareOnlyWhatIsEqual(t *testing.T) {
	declaring := func(p ...action.Param) *action.Action {
		return &action.Action{Name: "desk.reply", Params: p, Effect: true, MoneyArg: "amount"}
	}
	text, amount := action.Param{Name: "text", Kind: action.String, Max: 10}, action.Param{Name: "amount", Kind: action.Money}
	of := func(act *action.Action, sums ...string) *environment {
		env, err := environmentOf(act, sums)
		if err != nil {
			t.Fatal(err)
		}
		return env
	}
	first := of(declaring(text, amount), "day")
	for name, c := range map[string]struct {
		env  *environment
		want bool
	}{
		"the same":      {of(declaring(text, amount), "day"), true},
		"another name":  {of(declaring(action.Param{Name: "title", Kind: action.String, Max: 10}, amount), "day"), false},
		"another kind":  {of(declaring(action.Param{Name: "text", Kind: action.Time, Max: 10}, amount), "day"), false},
		"another bound": {of(declaring(action.Param{Name: "text", Kind: action.String, Max: 11}, amount), "day"), false},
		"another sum":   {of(declaring(text, amount), "month"), false},
	} {
		if got := c.env == first; got != c.want {
			t.Errorf("%s: it is shared: %v", name, got)
		}
	}
	named := func(names ...string) *vocabulary {
		var actions []*action.Action
		for _, name := range names {
			actions = append(actions, &action.Action{Name: name})
		}
		return vocabularyOf(actions)
	}
	ab := named("a.x", "b.x")
	if ab != named("a.x", "b.x") || ab == named("b.x", "a.x") || ab == named("a.x") || ab == named("a.x", "c.x") {
		t.Error("a vocabulary is another's")
	}
	runtime.KeepAlive(first)
	runtime.KeepAlive(ab)
}
