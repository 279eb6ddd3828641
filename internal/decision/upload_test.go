package decision

import (
	"testing"

	"github.com/sallyport/sallyport/internal/reason"
)

// A catalog gives an upload no facts and no money, so no rule of today waits for
// any; if one did, its body would wait in nobody's hands.
func TestUploadIsNeverMediated(t *testing.T) {
	s := shop(t, "p, keeper, pets.pet.history, facts.pet.owner == session.customer, allow, -\n")
	q := question(t, s, "pets.pet.history")
	if d := Decide(q); d.Effect != Mediate {
		t.Fatalf("as it is: %+v", d)
	}
	q.Action.Upload = true
	if d := Decide(q); d.Effect != Deny || d.Lane != "" || d.Reason != reason.PolicyUnevaluable || d.Say == "" || d.Charges != nil {
		t.Errorf("got %+v", d)
	}
}
