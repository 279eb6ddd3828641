package action

import (
	"strings"
	"testing"
)

var aMark = NewMark([]byte("0123456789abcdef and more"))

// What the gateway sends with its mark is the same call, and only what ends with
// one mark of the right form; an agent writes none.
func TestTheMarkIsTheGateways(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	refund, _ := c.Action("stripe.refund.create")
	call, _, mismatch := c.Match(refundRequest())
	if mismatch != nil {
		t.Fatal(mismatch)
	}
	plain, err := c.Build(refund.Name, call.Args)
	if err != nil {
		t.Fatal(err)
	}
	sent := refund.Marked(plain, aMark)
	if got, want := string(sent.Body), string(plain.Body)+"&metadata%5Bsallyport_effect%5D=spe_30313233343536373839616263646566"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	got, act, mismatch := c.MatchSent(sent)
	if mismatch != nil || act != refund || Digest(got) != Digest(Call{Tool: call.Tool, Action: call.Action, Args: call.Args}) {
		t.Errorf("%+v %+v", got, mismatch)
	}
	if _, act, mismatch := c.MatchSent(plain); mismatch != nil || act != refund {
		t.Errorf("without a mark: %+v", mismatch)
	}
	refused(t, c, sent, "the gateway's mark")
	pair := "metadata%5Bsallyport_effect%5D="
	for name, body := range map[string]string{
		"two marks":      string(refund.Marked(sent, aMark).Body),
		"in its middle":  pair + aMark + "&" + string(plain.Body),
		"too short":      string(plain.Body) + "&" + pair + aMark[:len(aMark)-1],
		"capitals":       string(plain.Body) + "&" + pair + strings.ToUpper(aMark),
		"a word":         string(plain.Body) + "&" + pair + "spe_" + strings.Repeat("z", 32),
		"another key":    string(plain.Body) + "&metadata%5Bother%5D=" + aMark,
		"not escaped":    string(plain.Body) + "&metadata[sallyport_effect]=" + aMark,
		"one thing more": string(plain.Body) + "&x=1&" + pair + aMark,
		"a longer key":   string(plain.Body) + "&x" + pair + aMark,
		"the mark alone": pair + aMark,
	} {
		more := clone(sent)
		more.Body = []byte(body)
		if call, _, mismatch := c.MatchSent(more); mismatch == nil {
			t.Errorf("%s is named %s %s", name, call.Action, MarshalArgs(call.Args))
		}
	}
	read, _ := c.Action("stripe.refund.list")
	if r := read.Marked(Request{Method: "GET"}, aMark); len(r.Body) > 0 {
		t.Errorf("a read is marked: %s", r.Body)
	}
}

// Only the whole list without the mark proves that nothing was done.
func TestFoundMark(t *testing.T) {
	refund, _ := shippedCatalog(t, "stripe").Action("stripe.refund.create")
	row := func(mark string) string { return `{"id":"re_1","metadata":{"sallyport_effect":"` + mark + `"}}` }
	for name, tt := range map[string]struct {
		status int
		body   string
		want   Outcome
	}{
		"found":                    {200, `{"data":[{"id":"re_2","metadata":{}},` + row(aMark) + `],"has_more":false}`, OutcomeApplied},
		"found, and there is more": {200, `{"data":[` + row(aMark) + `],"has_more":true}`, OutcomeApplied},
		"nothing":                  {200, `{"data":[],"has_more":false}`, OutcomeNotApplied},
		"others'":                  {200, `{"data":[` + row(NewMark([]byte("another effect of it"))) + `,{"id":"re_2"},7],"has_more":false}`, OutcomeNotApplied},
		"more than was listed":     {200, `{"data":[{"id":"re_2"}],"has_more":true}`, OutcomeUnknown},
		"nobody says whether all":  {200, `{"data":[]}`, OutcomeUnknown},
		"all, in words":            {200, `{"data":[],"has_more":"false"}`, OutcomeUnknown},
		"no list":                  {200, `{"data":{},"has_more":false}`, OutcomeUnknown},
		"no data":                  {200, `{"has_more":false}`, OutcomeUnknown},
		"another status":           {404, `{"data":[],"has_more":false}`, OutcomeUnknown},
		"a page":                   {200, `<html>`, OutcomeUnknown},
	} {
		if got := refund.FoundMark(aMark, tt.status, "application/json", []byte(tt.body)); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	args := Args{"charge": {Kind: ID, Text: "ch_1"}}
	read, with, err := refund.ProbeCall(args, nil)
	if want := `{"charge":{"id":"ch_1"},"limit":{"integer":100}}`; err != nil || read != "stripe.refund.list" || string(MarshalArgs(with)) != want {
		t.Errorf("%s %s %v", read, MarshalArgs(with), err)
	}
	if _, _, err := refund.ProbeCall(nil, nil); err == nil {
		t.Error("it looks without a charge")
	}
}

const markedPlan = "mark: 'meta[effect]'\n    probe: {action: shop.plan.get, args: {plan: args.plan}, rows: items, mark: meta.effect, more: more}"

func TestMarkMistakes(t *testing.T) {
	compile := func(from, to string) []string {
		_, problems := Compile("shop", []byte(strings.Replace(strings.Replace(plans, "undo: UNDO", markedPlan, 1), from, to, 1)))
		var out []string
		for _, p := range problems {
			out = append(out, p.String())
		}
		return out
	}
	if problems := compile("", ""); len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, tt := range []struct{ from, to, want string }{
		{"meta[effect]", "seats", "mark: is the key of the argument seats"},
		{"meta[effect]", "me ta", "mark: must be the key of a form"},
		{"meta[effect]", strings.Repeat("m", 101), "mark: must be the key of a form"},
		{"body: form", "body: json", "mark: must be the key of a form"},
		{"probe: {action: shop.plan.get, args: {plan: args.plan}, rows: items, mark: meta.effect, more: more}", "", "mark: needs a probe that looks for it"},
		{"mark: 'meta[effect]'", "", "probe: needs the action's mark"},
		{"{action: shop.plan.get, args: {plan: args.plan}, rows", "{action: shop.plan.set, args: {plan: args.plan}, rows", "probe.action: must be a read"},
		{"rows: items", "rows: 'items['", "probe.rows: must be a position"},
		{"mark: meta.effect", "mark: ''", "probe.mark: must be a position"},
		{"more: more", "more: '..'", "probe.more: must be a position"},
		{"rows: items", "rows: items, fact: plan", "probe: must have a fact or an action"},
		{"args: {plan: args.plan}, rows", "args: {}, rows", "probe.args: must give plan"},
		{"args: {plan: args.plan}, rows", "args: {plan: args.plan, x: args.plan}, rows", "probe.args.x: is no argument"},
		{"args: {plan: args.plan}, rows", "args: {plan: args.seats}, rows", "probe.args.plan: must be args.name"},
		{"args: {plan: args.plan}, rows", "args: {plan: facts.plan.price}, rows", "probe.args.plan: must be args.name"},
	} {
		problems := compile(tt.from, tt.to)
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p, tt.want)
		}
		if !found {
			t.Errorf("%s -> %s: %q, want %s", tt.from, tt.to, problems, tt.want)
		}
	}
}
