package authority

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	notMember = "You can read this, but only members of leads decide about it."
	noGroup   = "You can read this, but only the people its policy names decide about it."
	requester = "You asked for this yourself, so somebody else approves it."
	editor    = "You changed this yourself, so somebody else approves it."
	voted     = "You have voted on this already."
)

func TestMay(t *testing.T) {
	leads := []string{"leads"}
	for _, tt := range []struct {
		name string
		q    Question
		why  string
	}{
		{"a member", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", RequesterID: "bot"}, ""},
		{"a member of several groups", Question{VoterID: "ann", VoterGroups: []string{"night", "leads"}, Group: "leads"}, ""},
		{"a second member", Question{VoterID: "bea", VoterGroups: leads, Group: "leads", RequesterID: "bot", Voted: []string{"ann"}}, ""},
		{"somebody else", Question{VoterID: "ole", VoterGroups: []string{"auditors"}, Group: "leads"}, notMember},
		{"a group of a similar name", Question{VoterID: "ole", VoterGroups: []string{"Leads", "lead", "leads2"}, Group: "leads"}, notMember},
		{"without groups", Question{VoterID: "ann", Group: "leads"}, notMember},
		{"nobody", Question{VoterGroups: leads, Group: "leads", RequesterID: "bot"}, notMember},
		{"nobody's group", Question{VoterID: "ann", VoterGroups: []string{""}, Group: ""}, noGroup},
		{"whom it was escalated to, from nobody", Question{VoterID: "ann", VoterGroups: leads, Group: "", Escalated: leads}, noGroup},
		{"the requester", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", RequesterID: "ann", Approve: true}, requester},
		{"the requester denies", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", RequesterID: "ann"}, ""},
		{"who changed it denies", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", Editors: []string{"bea", "ann"}}, ""},
		{"who changed it", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", Editors: []string{"bea", "ann"}, Approve: true}, editor},
		{"somebody else than who changed it", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", Editors: []string{"bea"}, Approve: true}, ""},
		{"twice", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", Voted: []string{"bea", "ann"}}, voted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(Answer{May: tt.why == "", Why: tt.why}, May(tt.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The law over the whole matrix: a known member of the named group who has not
// voted, to approve one who did not ask either, and nobody else.
func TestMayOverTheMatrix(t *testing.T) {
	ids := []string{"", "ann", "bea", "bot"}
	lists := [][]string{nil, {""}, {"leads"}, {"auditors"}, {"auditors", "leads"}}
	voters := [][]string{nil, {"ann"}, {"bea"}, {"ann", "bea"}}
	allowed := 0
	for _, voter := range ids {
		for _, groups := range lists {
			for _, group := range []string{"", "leads", "auditors"} {
				for _, requester := range ids {
					for _, before := range voters {
						for _, approve := range []bool{true, false} {
							q := Question{VoterID: voter, VoterGroups: groups, Group: group, RequesterID: requester, Voted: before, Approve: approve}
							member := voter != "" && group != "" && slices.Contains(groups, group)
							want := member && (!approve || voter != requester) && !slices.Contains(before, voter)
							got := May(q)
							if got.May != want || (got.Why == "") != want {
								t.Fatalf("%+v: got %+v, want %v", q, got, want)
							}
							if want {
								allowed++
							}
						}
					}
				}
			}
		}
	}
	if allowed == 0 {
		t.Error("nobody may vote on anything")
	}
}
