package authority

import "testing"

func TestMay(t *testing.T) {
	leads := []string{"leads"}
	for _, tt := range []struct {
		name string
		q    Question
		may  bool
	}{
		{"a member", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", RequesterID: "bot"}, true},
		{"a second member", Question{VoterID: "bea", VoterGroups: leads, Group: "leads", RequesterID: "bot", Voted: []string{"ann"}}, true},
		{"somebody else", Question{VoterID: "ole", VoterGroups: []string{"auditors"}, Group: "leads"}, false},
		{"nobody's group", Question{VoterID: "ann", VoterGroups: []string{""}, Group: ""}, false},
		{"without groups", Question{VoterID: "ann", Group: "leads"}, false},
		{"the requester", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", RequesterID: "ann"}, false},
		{"twice", Question{VoterID: "ann", VoterGroups: leads, Group: "leads", Voted: []string{"ann"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := May(tt.q)
			if got.May != tt.may || (got.Why == "") != tt.may {
				t.Errorf("got %+v", got)
			}
		})
	}
}
