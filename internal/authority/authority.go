package authority

import "slices"

// Question is one person about one approval.
type Question struct {
	VoterID     string
	VoterGroups []string
	Group       string   // whose members must approve; "" means nobody can
	RequesterID string   // who asked, or edited what is asked
	Voted       []string // who has voted
}

// Answer is whether the person may vote, and if not, why, in a sentence for
// that person.
type Answer struct {
	May bool
	Why string
}

// May answers. Who asked for something never approves it.
func May(q Question) Answer {
	switch {
	case q.VoterID == "" || q.Group == "" || !slices.Contains(q.VoterGroups, q.Group):
		return Answer{Why: "You can read this, but only " + group(q.Group) + " decide about it."}
	case q.VoterID == q.RequesterID:
		return Answer{Why: "You asked for this yourself, so somebody else decides about it."}
	case slices.Contains(q.Voted, q.VoterID):
		return Answer{Why: "You have voted on this already."}
	}
	return Answer{May: true}
}

func group(name string) string {
	if name == "" {
		return "the people its policy names"
	}
	return "members of " + name
}
