package agents

import (
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/examples/agents/scripted"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// turn is a step of the model and the line of the README that says what it reads.
type turn struct {
	line string
	step scripted.Step
}

// charges are those of one conversation, of 1,000 USD each.
type charges struct{ small, held, lost, cut, bobs string }

// conversation is what the model does, whatever it reads.
func conversation(t *testing.T, r *rig.Rig, a agent, c charges, road *cord) []turn {
	turns := []turn{
		{"it reads the ticket", call("zendesk_ticket_comments", "ticket", 1001)},
		{"it reads a charge", call("stripe_charge_get", "charge", c.small)},
		{"a refund of 40 USD", refund(c.small, 4000)},
		{"a refund of 600 USD", refund(c.small, 60000)},
		{"a refund of 80 USD, and nobody answers yet", before(refund(c.held, 8000), func() { meanwhile(t, func() { waitOut(t, r, c.held) }) })},
	}
	if a.tools == "mcp" {
		turns = append(turns, turn{"it asks what became of that", status(t, r, c.held)})
	}
	turns = append(turns, turn{"the same call, after the approval", before(refund(c.held, 8000), func() { approve(t, r, c.held) })})
	if a.tools == "mcp" {
		turns = append(turns, turn{"it asks what became of that, after the approval", status(t, r, c.held)})
	}
	turns = append(turns, turn{"the ticket talks it into another customer's charge", refund(c.bobs, 1000)})
	if a.patient() {
		turns = append(turns, turn{"Stripe does a refund and its answer is lost", before(refund(c.lost, 1000), func() { loseAnswer(t, r); meanwhile(t, func() { findOut(t, r, c.lost) }) })})
	} else {
		turns = append(turns,
			turn{"the same, without waiting", before(refund(c.lost, 1000), func() { loseAnswer(t, r) })},
			turn{"the same call, later", before(refund(c.lost, 1000), func() { findOut(t, r, c.lost) })})
	}
	if !a.fragile() {
		turns = append(turns, turn{"the gateway's answer is lost", before(refund(c.cut, 1000), func() { road.cut(c.cut) })})
	}
	expires := "the token expires meanwhile"
	if a.framework == "langchain" {
		expires += ", with LangChain"
	}
	return append(turns,
		turn{"it reads a charge", call("stripe_charge_get", "charge", c.small)},
		turn{"a limit is used up", call("stripe_charge_get", "charge", c.small)},
		turn{"it comments on the ticket", comment("Your refund is on its way.")},
		turn{"a limit is used up", comment("One more thing.")},
		turn{expires, before(refund(c.small, 1000), func() { r.Clock.Advance(16 * time.Minute) })},
	)
}

func refund(charge string, amount int) scripted.Step {
	return scripted.Step{Call: "stripe_refund_create", With: map[string]any{"charge": charge, "amount": amount}}
}

func before(step scripted.Step, do func()) scripted.Step {
	step.Before = do
	return step
}

func call(tool, argument string, value any) scripted.Step {
	return scripted.Step{Call: tool, With: map[string]any{argument: value}}
}

func comment(body string) scripted.Step {
	return scripted.Step{Call: "zendesk_comment_create", With: map[string]any{"ticket": 1001, "body": body}}
}

// status asks for the outcome by the approval's id, which the model has read.
func status(t *testing.T, r *rig.Rig, charge string) scripted.Step {
	with := map[string]any{}
	return scripted.Step{Call: "sallyport_status", With: with, Before: func() {
		with["approval"] = r.Intent(t, charge).ID
	}}
}

// meanwhile does something while the model's call goes on, and before the test
// ends.
func meanwhile(t *testing.T, do func()) {
	var done sync.WaitGroup
	done.Go(do)
	t.Cleanup(done.Wait)
}

// waitOut lets the time pass in which a call is held.
func waitOut(t *testing.T, r *rig.Rig, charge string) {
	testkit.Eventually(t, "the refund of "+charge+" waits", func() bool { return r.State(t, charge) == "waiting" })
	r.Clock.Advance(46 * time.Second)
}

func approve(t *testing.T, r *rig.Rig, charge string) {
	r.Approve(t, r.Intent(t, charge).ID)
	testkit.Eventually(t, "the refund of "+charge+" is done", func() bool { return r.State(t, charge) == "succeeded" })
}

// loseAnswer has the tool do the next refund and break the connection.
func loseAnswer(t *testing.T, r *rig.Rig) {
	r.Inject(t, provider.Fault{Fault: provider.DropAfterEffect, Method: "POST", Path: "/v1/refunds"})
}

// findOut lets the gateway ask again under the provider's key.
func findOut(t *testing.T, r *rig.Rig, charge string) {
	testkit.Eventually(t, "the outcome of "+charge+" is unknown", func() bool { return r.State(t, charge) == "unknown" })
	r.Clock.Advance(40 * time.Second)
	testkit.Eventually(t, "the outcome of "+charge+" is known", func() bool { return r.State(t, charge) == "succeeded" })
}
