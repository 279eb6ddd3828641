package ledger

import (
	"time"

	"github.com/sallyport/sallyport/internal/reason"
)

// repetition is what a call means beside the intent that has its key already.
type repetition struct {
	relation   Relation
	occurrence int     // of New
	shows      *Intent // of New: the intent a person should see besides; nil: the one before that, if any
}

// relate is the table in doc.go. mine says that the call's own client key named
// the earlier intent; explicit, that the call has a client key at all.
func relate(earlier Intent, mine, explicit bool, sameFor, denyFor time.Duration, now time.Time) repetition {
	age := now.Sub(earlier.UpdatedAt) // of a final state: since it was reached
	again := repetition{relation: New, occurrence: earlier.Occurrence}
	switch {
	case !earlier.State.Final():
		again.relation = Joined
	case earlier.State == Failed && len(earlier.Edits) > 0: // its keys are those of several effects, and only one can be tried
		again.shows = &earlier
	case earlier.State == Failed:
		again.relation = Retried
	case earlier.State == Succeeded:
		deliberate := explicit && earlier.Delivered
		if mine || age < sameFor && !deliberate {
			again.relation = Replayed
			return again
		}
		again.occurrence, again.shows = earlier.Occurrence+1, &earlier
	case earlier.State == Denied && earlier.Reason == reason.PersonDenied:
		if age < denyFor {
			again.relation = Same
			return again
		}
		again.shows = &earlier
	}
	return again
}
