package policy

import (
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// charges is a read with filters: one that may stand in clear, one that may not.
var charges = &action.Action{
	Name: "stripe.charge.list",
	Params: []action.Param{
		{Name: "customer", Kind: action.ID, Safe: true}, {Name: "note", Kind: action.String}, {Name: "limit", Kind: action.Integer},
	},
	Facts: []action.Fact{{Name: "owner", Fields: []action.Field{{Name: "customer", Kind: action.ID}}}},
}

// A refused call is told which argument ties it to its session, and the
// session's own value, never the one that was asked about.
func TestHintSaysWhatTiesACallToItsSession(t *testing.T) {
	ada := token.Session{ID: "ses_1", Ticket: "1001", Customer: "cus_ada"}
	id := func(text string) action.Value { return action.Value{Kind: action.ID, Text: text} }
	for name, tt := range map[string]struct {
		condition string
		session   token.Session
		args      action.Args
		code      reason.Code
		want      string
	}{
		"absent":                {"args.customer == session.customer", ada, nil, reason.PolicyUnevaluable, "add customer=cus_ada: this session may ask only about its own customer"},
		"the other way round":   {"session.customer == args.customer", ada, nil, reason.PolicyUnevaluable, "add customer=cus_ada: this session may ask only about its own customer"},
		"beside other parts":    {"args.limit <= 3 && args.customer == session.customer", ada, action.Args{"limit": {Kind: action.Integer, Int: 2}}, reason.PolicyUnevaluable, "add customer=cus_ada: this session may ask only about its own customer"},
		"another's":             {"args.customer == session.customer", ada, action.Args{"customer": id("cus_bob")}, reason.PolicyNoRule, "customer must be this session's own: customer=cus_ada"},
		"free text is not said": {"args.note == session.ticket", ada, action.Args{"note": {Kind: action.String, Text: "x"}}, reason.PolicyNoRule, "note must be this session's own: note"},
		"bound to nothing":      {"args.customer == session.customer", token.Session{ID: "s"}, action.Args{"customer": id("cus_bob")}, reason.PolicyUnevaluable, "this token is bound to no customer; ask for a token that is"},
		"a fact, unbound":       {"facts.owner.customer == session.customer", token.Session{ID: "s"}, nil, reason.PolicyUnevaluable, "this token is bound to no customer; ask for a token that is"},
		"an alternative":        {"args.customer == session.customer || args.limit == 1", ada, action.Args{"customer": id("cus_bob"), "limit": {Kind: action.Integer, Int: 2}}, reason.PolicyNoRule, ""},
		"nothing of a session":  {"args.customer == 'cus_eve'", ada, action.Args{"customer": id("cus_bob")}, reason.PolicyNoRule, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e, problems := Compile(Source{Policy: []byte("p, billing, stripe.charge.list, " + tt.condition + ", allow, -\ng, bot, billing\n"), Actions: []*action.Action{charges}})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			facts := action.Facts{"owner": {"customer": id("cus_ada")}}
			if name == "a fact, unbound" {
				facts = nil // nothing needs to be found out
			}
			got := e.Decide(Input{
				Action: charges, Identity: token.Identity{Agent: "bot", Session: tt.session},
				Call: action.Call{Action: charges.Name, Args: tt.args}, Facts: facts,
			})
			if got.Effect != Deny || got.Reason != tt.code || got.Hint != tt.want {
				t.Errorf("got %+v, want %s with %q", got, tt.code, tt.want)
			}
			if got := e.Decide(Input{Action: charges, Identity: token.Identity{Agent: "stranger", Session: tt.session}}); got.Hint != "" {
				t.Errorf("who has no role is told %q", got.Hint)
			}
		})
	}
}

// An amount of a read whose currency a fact says is compared once it is known,
// and waits for it before.
func TestAmountOfAReadIsComparedWithItsFacts(t *testing.T) {
	search := &action.Action{
		Name: "stripe.charge.search", MoneyArg: "above",
		Params: []action.Param{{Name: "above", Kind: action.Money, Required: true}},
		Facts:  []action.Fact{{Name: "account", Fields: []action.Field{{Name: "currency", Kind: action.ID, Code: true}}}},
	}
	e, problems := Compile(Source{Policy: []byte("p, billing, stripe.charge.search, args.above <= money('50 USD'), allow, -\ng, bot, billing\n"), Actions: []*action.Action{search}, Sums: []string{"charge_24h"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	in := Input{
		Action: search, Identity: token.Identity{Agent: "bot"},
		Call: action.Call{Action: search.Name, Args: action.Args{"above": {Kind: action.Money, Int: 5000}}},
	}
	if got := e.Decide(in); got.Effect != Defer {
		t.Errorf("without facts: %+v", got)
	}
	in.Facts = action.Facts{"account": {"currency": {Kind: action.ID, Text: "USD"}}}
	in.Call.Args = action.Args{"above": {Kind: action.Money, Int: 5000, Text: "USD"}}
	if got := e.Decide(in); got.Effect != Allow {
		t.Errorf("with facts: %+v", got)
	}
}
