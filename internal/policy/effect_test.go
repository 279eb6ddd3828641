package policy

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/reason"
)

// shortEffect makes a model with which Casbin by itself ends at the first allow.
func shortEffect(model string) string {
	return strings.Replace(model, " && !some(where (p.eft == deny))", "", 1)
}

// A deny behind the allow wins under every effect that a model may have, and so
// does what cannot be evaluated.
func TestALaterDenyWinsUnderEveryEffect(t *testing.T) {
	e, c := compileOwn(t, strings.Replace(shortEffect(restful), "method, eft", "method, cond, eft", 1), `
p, reader, /stripe/v1/charges/:id, GET, true, allow, -
p, clerk, /stripe/v1/charges/ch_secret, GET, true, deny, -
p, clerk, /stripe/v1/charges/ch_other, GET, args.charge == session.ticket, deny, -
g, bot, reader
g, bot, clerk
`)
	for charge, want := range map[string]reason.Code{"ch_1": reason.Allowed, "ch_secret": reason.PolicyDenied, "ch_other": reason.PolicyUnevaluable} {
		for _, ceiling := range [][]string{nil, {"reader"}} {
			in := requested(t, c, "bot", "GET", "/v1/charges/"+charge, "")
			in.Identity.Roles = ceiling
			if got := e.Decide(in); got.Reason != want {
				t.Errorf("%s, ceiling %v: got %+v, want %s", charge, ceiling, got, want)
			}
		}
	}
}

func TestALaterDenyWinsInAModelOfTheUsualShape(t *testing.T) {
	src := source("p, bot, *, true, allow, -\np, bot, *, true, deny, -\n")
	src.Model = []byte(strings.Replace(shortEffect(defaultModel), "m = ", "m = r.sub != 'eve' && ", 1))
	e, problems := Compile(src)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := e.Decide(asked(100, 0)); got.Reason != reason.PolicyDenied {
		t.Errorf("got %+v", got)
	}
	src.Model = []byte(strings.Replace(defaultModel, "some(where (p.eft == allow)) && !some(where (p.eft == deny))", "priority(p.eft) || deny", 1))
	if _, problems := Compile(src); !strings.Contains(problems.Error(), "model.conf: the effect must be") {
		t.Errorf("an effect by priority: got %v", problems)
	}
}
