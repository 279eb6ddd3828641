package action

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mcp/client"
)

// What a server may ask is decided about as an action is, and nobody calls it.
func TestMayAsk(t *testing.T) {
	if c := shop(t, client.Sessions); c.MayAsk() != 0 || c.Question(client.Roots) != nil {
		t.Error("a server may ask without a word")
	}
	c := shop(t, client.Stateless, "protocol: PROTOCOL", "protocol: 2026-07-28, may_ask: [roots, sampling]", "protocol: 2026-07-28", "protocol: 2026-07-28")
	if c.MayAsk() != client.Roots|client.Sampling || c.Question(client.Elicitation) != nil {
		t.Errorf("it may ask %d", c.MayAsk())
	}
	act := c.Question(client.Sampling)
	if found, ok := c.Action("shop.sampling.create"); !ok || found != act || act.Effect || act.Offer() != OfferNone {
		t.Errorf("%+v", act)
	}
	if _, err := c.Build("shop.sampling.create", nil); err == nil {
		t.Error("a question can be called")
	}
	if _, ok := c.ByToolName("shop_sampling_create"); ok {
		t.Error("a question is a tool")
	}
	r := built(t, c)
	for asks, want := range map[client.Asks]bool{0: true, client.Roots: true, client.Elicitation: false} {
		sent := r
		sent.Body, _ = client.Number(r.Body, "1", client.Extra{Asks: asks})
		if _, _, mismatch := c.Match(sent); (mismatch == nil) != want {
			t.Errorf("a call that lets its server ask %d: %v", asks, mismatch)
		}
	}
}

func TestMayAskRefuses(t *testing.T) {
	for word, want := range map[string]string{"tasks": "must be sampling, elicitation or roots", "roots, roots": "is an action already"} {
		source := strings.NewReplacer("protocol: PROTOCOL", "protocol: 2025-11-25, may_ask: ["+word+"]").Replace(shopYAML)
		if _, problems := Compile("shop.yaml", []byte(source)); len(problems) != 1 || !strings.Contains(problems[0].String(), want) {
			t.Errorf("%s: %v", word, problems)
		}
	}
}

// The argument that says why the agent asks is a text of an effect.
func TestReasonArgument(t *testing.T) {
	for name, ok := range map[string]bool{"note": true, "order": false, "absent": false} {
		source := strings.NewReplacer("REASON", name).Replace(`name: shop
dialect: problem
max_body: 1KiB
outcomes: {applied: {status: [2xx]}, not_applied: {status: [4xx]}}
actions:
  - name: shop.order.cancel
    summary: Cancel
    effect: true
    method: POST
    path: /cancel
    body: json
    reason: REASON
    business_key: [args.order]
    params:
      - {name: order, kind: id, required: true, safe: true}
      - {name: note, kind: string, max: 100}
`)
		c, problems := Compile("shop.yaml", []byte(source))
		if (len(problems) == 0) != ok {
			t.Errorf("%s: %v", name, problems)
		}
		if !ok {
			continue
		}
		if act, found := c.Action("shop.order.cancel"); !found || act.ReasonArg != name {
			t.Errorf("%s: %+v", name, act)
		}
	}
}
