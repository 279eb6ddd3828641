package agents

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/examples/agents/scripted"
	"github.com/sallyport/sallyport/internal/rig"
)

// testDefaults runs the examples without their lines at once: nothing here moves
// the clock.
func testDefaults(t *testing.T, r *rig.Rig) {
	for _, a := range examples {
		a.plain = true
		t.Run(a.name(), func(t *testing.T) {
			t.Parallel()
			testDefault(t, r, a)
		})
	}
}

// What frameworks make of refusals by themselves, as the README says: what the
// model reads of each, and whether the run ends with an exception.
func testDefault(t *testing.T, r *rig.Rig, a agent) {
	const sentence = "Refunds of more than 500 USD of one charge are not done at Acme."
	want := map[string]struct {
		reads []string
		ends  string
	}{
		"openai-agents sdk": {reads: []string{"An error occurred while running the tool. Please try again.", "An error occurred while running the tool. Please try again."}},
		"langchain sdk":     {ends: sentence},
		"pydantic-ai sdk":   {ends: sentence},
		"openai-agents mcp": {reads: []string{sentence, sentence}},
		"langchain mcp":     {reads: []string{sentence, sentence}},
		"pydantic-ai mcp":   {reads: []string{sentence}, ends: "exceeded max retries"},
	}[a.name()]
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	got := a.talk(t, "http://"+r.Addresses().Agent, session(r, a), refund(charge, 60000), refund(charge, 61000), scripted.Step{Say: "Over."})
	if len(got.readings) != len(want.reads) || !strings.Contains(got.errors, want.ends) || (want.ends == "") != (got.printed == "") {
		t.Fatalf("the model read %+v; the program printed %q and\n%s", got.readings, got.printed, got.errors)
	}
	for i, reading := range got.readings {
		if !strings.Contains(reading.Text, want.reads[i]) {
			t.Errorf("the model read %q, want %q", reading.Text, want.reads[i])
		}
	}
}
