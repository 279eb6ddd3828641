package authority

// VoteCount is one person's vote, as it counts.
type VoteCount struct {
	VoterID string
	Approve bool
}

// Outcome is what votes come to.
type Outcome uint8

// The outcomes. The zero Outcome opens nothing.
const (
	Open     Outcome = iota // more votes are needed
	Approved                // enough people approved and nobody denied
	Denied                  // somebody denied
)

// Complete counts. One denial ends it, whenever it came; needed different
// people approve it, and a person counts once. needed below 1 is never reached.
func Complete(votes []VoteCount, needed int) Outcome {
	people := map[string]bool{}
	for _, v := range votes {
		if !v.Approve {
			return Denied
		}
		if v.VoterID != "" {
			people[v.VoterID] = true
		}
	}
	if needed < 1 || len(people) < needed {
		return Open
	}
	return Approved
}
