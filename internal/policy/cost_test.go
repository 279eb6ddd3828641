package policy

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// reply has a text and a list that its catalog does not bound, and a short one.
var reply = &action.Action{Name: "desk.reply", Params: []action.Param{
	{Name: "text", Kind: action.String}, {Name: "title", Kind: action.String, Max: 100}, {Name: "tags", Kind: action.List},
}}

func replying(t *testing.T, policy string) (*Engine, error) {
	t.Helper()
	e, problems := Compile(Source{Policy: []byte(policy), Actions: []*action.Action{reply}})
	if len(problems) > 0 {
		return nil, problems
	}
	return e, nil
}

func rules(n int, condition string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p, role%d, desk.reply, %s, allow, -\ng, bot, role%d\n", i%3, condition, i%3)
	}
	return b.String()
}

// What a call can cost is known when the policy is published.
func TestCostlyPoliciesAreRefused(t *testing.T) {
	const own = "[request_definition]\nr = sub, act, in\n[policy_definition]\np = role, act, cond, eft, obl\n[role_definition]\ng = _, _\n" +
		"[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = g(r.sub, p.role) && permits(r.in, p.role, p.eft) && condition(r.in, p.cond)\n"
	const costly = `"args.tags.exists(x, args.text.contains(x))"`
	apart := strings.ReplaceAll(rules(11, costly), "g, bot, role2", "g, other, role2")
	for name, tt := range map[string]struct{ policy, model, want string }{
		"a thousand usual rules":    {rules(1000, "args.title.startsWith('Re: ')"), "", ""},
		"a thousand about roles":    {rules(1000, "'lead' in agent.roles"), "", ""},
		"nine of the most costly":   {rules(9, costly), "", ""},
		"eleven of the most costly": {rules(11, costly), "", "policy.csv:1: a desk.reply of bot can cost 220011 units of evaluating conditions, of 200000 at most, and this one alone 20000"},
		"eleven that nobody shares": {apart, "", ""},
		"eleven, whatever the role": {apart, own, "policy.csv:1: a desk.reply of anybody can cost 220121 units"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile(Source{Model: []byte(tt.model), Policy: []byte(tt.policy), Actions: []*action.Action{reply}})
			if tt.want == "" && len(problems) > 0 || !strings.Contains(problems.Error(), tt.want) {
				t.Errorf("got %v", problems)
			}
		})
	}
}

// A condition that costs more than it may when it is asked cannot be evaluated;
// one that cannot cost so much is not counted.
func TestCostAtRunTime(t *testing.T) {
	e, err := replying(t, "p, writer, desk.reply, \"!args.tags.exists(x, args.text.contains(x))\", allow, -\ng, bot, writer\n")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(tags, text int) Verdict {
		list := make([]action.Value, tags)
		for i := range list {
			list[i] = action.Value{Kind: action.String, Text: "tag"}
		}
		return e.Decide(Input{Action: reply, Identity: token.Identity{Agent: "bot"}, Call: action.Call{Args: action.Args{
			"tags": {Kind: action.List, List: list}, "text": {Kind: action.String, Text: strings.Repeat("x", text)},
		}}})
	}
	if got := ask(3, 100); got.Effect != Allow {
		t.Errorf("a small call gives %+v", got)
	}
	if got := ask(maxItems, maxArg); got.Reason != reason.PolicyUnevaluable {
		t.Errorf("the largest call gives %+v", got)
	}
}

// The estimate is never less than what is counted, or the limit would not hold
// where nothing counts.
func TestEstimateIsAnUpperBound(t *testing.T) {
	env, err := environmentOf(reply, nil)
	if err != nil {
		t.Fatal(err)
	}
	tags, roles := make([]string, maxItems), make([]string, likelyRoles)
	for i := range tags {
		tags[i], roles[i] = strings.Repeat("t", maxArg), "role"
	}
	largest := map[string]any{
		"args.title": strings.Repeat("x", 100), "args.text": strings.Repeat("x", maxArg), "args.tags": tags,
		"agent.roles": roles, "session.ticket": strings.Repeat("1", maxText),
	}
	for condition, certain := range map[string]bool{
		"true":                                          true,
		"args.title == 'x'":                             true,
		"args.title.startsWith('Re: ')":                 true,
		"args.text.contains('refund')":                  true,
		"args.text.matches('a+b')":                      true,
		"'vip' in args.tags":                            true,
		"args.tags.exists(x, x == 'vip')":               true,
		"args.title + args.text == args.text":           true,
		"size(args.title) < 3 || session.ticket == '1'": true,
		"'lead' in agent.roles":                         false,
		"agent.roles.exists(r, r == '')":                false,
		"args.tags.exists(x, args.text.contains(x))":    false,
	} {
		checked, issues := env.cel.Compile(condition)
		if issues.Err() != nil {
			t.Fatal(issues.Err())
		}
		most, got, err := env.estimate(checked)
		if err != nil || got != certain || most > maxCost {
			t.Errorf("%s: at most %d, certain %v, %v", condition, most, got, err)
		}
		counting, err := env.cel.Program(checked, cel.EvalOptions(cel.OptTrackCost))
		if err != nil {
			t.Fatal(err)
		}
		_, details, err := counting.Eval(largest)
		if err != nil {
			t.Fatal(condition, err)
		}
		if counted := *details.ActualCost(); min(counted, maxCost) > most {
			t.Errorf("%s: %d were counted, of %d at most", condition, counted, most)
		}
	}
}

// Tenants with the same rules about the same actions share the work, and what
// nobody uses any more is forgotten.
func TestConditionsAreShared(t *testing.T) {
	const text = "args.title == 'shared by two'"
	known := func() bool {
		env, err := environmentOf(reply, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = env.conditions.Get(text, func() (*condition, error) { return nil, errors.New("it is forgotten") })
		return err == nil
	}
	keep, err := environmentOf(reply, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := replying(t, rules(1, text))
	b, errB := replying(t, rules(2, text))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if a.about("desk.reply").entries[0].condition != b.about("desk.reply").entries[1].condition || !known() {
		t.Error("the condition was compiled twice")
	}
	a, b = nil, nil
	for range 1000 {
		if runtime.GC(); !known() {
			runtime.KeepAlive(keep)
			return
		}
	}
	t.Errorf("a condition that nobody uses is kept: %v %v", a, b)
}

// A policy that takes long to compile would hold up the changes of every other tenant.
func TestPoliciesThatTakeLongAreRefused(t *testing.T) {
	var actions []*action.Action
	for i := range 100 {
		other := *reply
		other.Name = fmt.Sprintf("desk.reply%d", i)
		actions = append(actions, &other)
	}
	compile := func(rules int) config.Problems {
		_, problems := Compile(Source{Actions: actions, Policy: []byte(strings.Repeat("p, bot, *, true, allow, -\n", rules) + "g, ann, bot\n")})
		return problems
	}
	if problems := compile(maxCompiled / len(actions)); len(problems) > 0 {
		t.Error(problems)
	}
	problems := compile(maxCompiled/len(actions) + 1)
	if len(problems) != 1 || !strings.Contains(problems[0].String(), "policy.csv:1001") || !strings.Contains(problems[0].String(), "100000 at most") {
		t.Error(problems)
	}
}
