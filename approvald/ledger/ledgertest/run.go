package ledgertest

import (
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// Connect opens a store on one database, as another process would: two stores
// share nothing but the database. The clock is the database's time.
type Connect func(t *testing.T, clock clockwork.Clock) ledger.Store

// Run tests a kind of store. fresh makes an empty database and returns how to
// connect to it; it is called once a test.
func Run(t *testing.T, fresh func(t *testing.T) Connect) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*fixture)
	}{
		{"a new intent is stored whole", newIntent},
		{"a held intent is stored whole", heldIntent},
		{"nothing is written for a refusal", refusal},
		{"a request that cannot be kept is refused", badRequests},
		{"client keys do not change their arguments", misusedKey},
		{"a joined client key is an alias", aliases},
		{"keys are scoped", scopes},
		{"what was asked counts, not what it resolved to", askedDigest},
		{"delivery makes a repetition deliberate", delivery},
		{"another process delivers too", deliveredElsewhere},
		{"a retry takes the new call", retriedCall},
		{"an earlier intent is hidden from whom the rule refuses", hidden},
		{"sums follow the state", sumsFollow},
		{"sums have a window, a key and a tenant", sumsScope},
		{"money counts from when it moved", sumsWindow},
		{"a window begins by the store's clock", sumsClock},
		{"another currency spoils a sum", sumsCurrency},
		{"a sum that overflows is an error", sumsOverflow},
		{"votes", votes},
		{"votes are refused", voteErrors},
		{"an edit asks anew", edits},
		{"edits are refused", editErrors},
		{"an edit may not meet its like", editsMeet},
		{"an edited intent keeps its names", editedNames},
		{"an edited intent that failed names nothing else", editedFailed},
		{"edits do not put off the end", editedDue},
		{"an advance needs the version", compareAndSet},
		{"advances carry what follows", advances},
		{"an executing intent is aimed once", aimed},
		{"what is not aimed yet is counted anew", recounted},
		{"a new question drops the votes", askedAgain},
		{"a step that is incomplete is refused", badSteps},
		{"claims take what is due", claims},
		{"a lapsed lease is unknown and rests", lapses},
		{"an unknown intent is leased and keeps its attempt", unknowns},
		{"a hold expires", expiries},
		{"who may vote besides is told once", escalations},
		{"a claim has a limit", claimLimit},
		{"a watch wakes", watches},
		{"a watch wakes across processes", watchesOther},
		{"a watch ends", watchEnds},
		{"the outbox keeps order until it is shipped", outbox},
		{"an event is announced once a channel", announces},
		{"deliveries about one intent keep their order", deliveryOrder},
		{"a delivery that failed is due again, or dead", deliveryFails},
		{"one channel keeps no other waiting", deliveryShare},
		{"what several people are told is of one channel", deliveryPeople},
		{"each subscription is a channel of its own", deliverySubscriptions},
		{"one tenant keeps no other waiting", deliveryTurns},
		{"people are told in their browsers", browsers},
		{"tenants do not see each other", tenants},
		{"lists are newest first", lists},
		{"what undoes an intent is found", undoing},
		{"what was denied is found by its customer and effect", denying},
		{"one key opens once", raceOneKey},
		{"a sum is never passed", raceSum},
		{"a budget is never passed", raceBudget},
		{"a sum knows its oldest part", sumsOldest},
		{"one claim wins", raceClaim},
		{"one vote counts once", raceVotes},
		{"of two words one counts", raceWords},
		{"a vote and the end of its time", raceDue},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(newFixture(t, fresh(t))) })
	}
	t.Run("repeats", func(t *testing.T) { repeats(t, fresh) })
	t.Run("transitions", func(t *testing.T) { transitions(t, fresh) })
	t.Run("random histories", func(t *testing.T) { randomHistories(t, fresh) })
	t.Run("concurrent histories", func(t *testing.T) { linearizable(t, fresh) })
}
