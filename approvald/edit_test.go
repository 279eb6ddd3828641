package approvald_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/wire"
)

const ticket = "/zendesk/api/v2/tickets/1001.json"

// draft asks for a public reply, which waits.
func (b *bench) draft(text string) got {
	return b.call(b.as("draft-bot", http.MethodPut, ticket, `{"ticket":{"comment":{"body":"`+text+`","public":true}}}`))
}

// drafted is a public reply that waits.
func (b *bench) drafted(text string) ledger.Intent {
	b.TB.Helper()
	if g := b.draft(text); g.status != http.StatusConflict || !strings.Contains(g.body, `"held"`) {
		b.TB.Fatalf("%d %s", g.status, g.body)
	}
	return b.newest()
}

func (b *bench) edit(i ledger.Intent, set map[string]string) (ledger.Intent, error) {
	t, _ := b.Tenants.Get("acme")
	return b.serves.Edit(b.TB.Context(), t, i, desk.Change{Person: "pia", Digest: i.Digest, Set: set})
}

// What a person wrote is sent, once, in the place of the agent's words; the agent
// hears that, however it asks again.
func TestEditedReplyIsSent(t *testing.T) {
	b := start(t)
	b.noWait()
	b.running()
	first := b.drafted("Your refund is on its way.")
	email := b.minted("acme", "s1", "cus_ada", pii.Email, "ada.lovelace@example.com")
	words := "Your refund arrives today; we wrote to " + email + "."
	edited, err := b.edit(first, map[string]string{"body": words})
	if err != nil || edited.Digest == first.Digest || edited.State != ledger.Waiting || *edited.Hold != *first.Hold {
		t.Fatalf("%+v %v", edited, err)
	}
	records := b.Records.All()
	if last := records[len(records)-1]; last.Digest != edited.Digest || last.Intent != edited.ID || last.ID != first.Decision || last.Effect != "mediate" {
		t.Errorf("recorded %+v", last)
	}
	b.approvedBy(edited, "ann")
	b.Eventually("it is sent", func() bool { return b.newest().State == ledger.Succeeded })
	for name, text := range map[string]string{"the agent's words": "Your refund is on its way.", "the person's": words} {
		g := b.draft(text)
		if g.status != 200 || g.header.Get(wire.HeaderEdited) != "body" || g.header.Get(wire.HeaderReplayed) != "true" || g.header.Get(wire.HeaderIntent) != first.ID {
			t.Errorf("%s: %d %v", name, g.status, g.header)
		}
	}
	if n := b.sent(http.MethodPut, "/api/v2/tickets/1001.json"); n != 1 {
		t.Errorf("%d comments", n)
	}
	if sent := b.lastComment(); sent != "Your refund arrives today; we wrote to ada.lovelace@example.com." {
		t.Errorf("sent is %q", sent)
	}
}

// What a person writes is looked at and decided as what the agent wrote, and what
// is refused changes nothing.
func TestEditIsDecided(t *testing.T) {
	const rule = "p, drafts, zendesk.comment.create, args.ticket == session.ticket && args.public, allow, once; hold:support_leads"
	for name, tt := range map[string]struct {
		set   map[string]string
		rules string // in the place of the rule
		says  string
	}{
		"a card's number":        {map[string]string{"body": "Is it 4111 1111 1111 1111?"}, rule, "(personal_data, "},
		"a surrogate of nobody":  {map[string]string{"body": "We wrote to FOREIGN today."}, rule, "(surrogate_unknown, "},
		"what the policy denies": {map[string]string{"body": "Sorry."}, rule + "\np, drafts, zendesk.comment.create, args.body == 'Sorry.', deny, say:'We never say sorry.'", "We never say sorry."},
		"what no rule allows":    {map[string]string{"body": "Hello."}, strings.Replace(rule, "args.public", "args.body != 'Hello.'", 1), "(policy_no_rule, "},
		"nothing":                {map[string]string{"body": "Your refund is on its way."}, rule, "Nothing was changed."},
		"what nobody may change": {map[string]string{"ticket": "1002", "body": "Hello."}, rule, "ticket: nobody may change this"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.noWait()
			i := b.drafted("Your refund is on its way.")
			b.Load("acme", executetest.Replace(t, "policy.csv", rule, tt.rules))
			foreign := b.minted("acme", "another", "cus_ada", pii.Email, "ada@example.com")
			tt.set["body"] = strings.Replace(tt.set["body"], "FOREIGN", foreign, 1)
			_, err := b.edit(i, tt.set)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
			if now := b.newest(); now.Version != i.Version {
				t.Errorf("changed: %+v", now)
			}
		})
	}
}

// What the policy would let pass at once waits all the same: a person wrote it.
func TestEditNeedsAnother(t *testing.T) {
	b := start(t)
	b.noWait()
	b.running()
	i, err := b.edit(b.drafted("Only for us."), map[string]string{"public": "false"}) // a note to colleagues is no draft
	if err != nil || i.State != ledger.Waiting || i.Hold.Group != "support_leads" || i.Rule == "" {
		t.Fatalf("%+v %v", i, err)
	}
	b.approvedBy(i, "ann")
	b.Eventually("it is written", func() bool { return b.newest().State == ledger.Succeeded })
	if all := b.tool.Comments(1001); all[len(all)-1].Public {
		t.Errorf("sent is %+v", all[len(all)-1])
	}
}
