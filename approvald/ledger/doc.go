// Package ledger remembers every effect: what was asked, who said yes, whether
// it was sent, what came of it. One effect is one intent; it happens at most
// once, because a call that names an intent that exists never starts another.
//
// # What a call means
//
// The keys of a call are the business key (from the catalog) and the client key
// (the agent's own idempotency key, if it sent one). Both are looked up within
// tenant, agent, session and tool, inside Open's transaction:
//
//	client key seen with other arguments    refused, input_invalid
//	the intent of the same client key is    waiting to unknown: joined; succeeded: replayed, however old
//
// Otherwise the newest intent of the business key decides:
//
//	none                                    new, occurrence 1
//	waiting, approved, executing, unknown   joined: never a second attempt
//	succeeded, no client key                replayed within SameFor, then occurrence n+1
//	succeeded, another client key           occurrence n+1 at once if the outcome was handed to an agent
//	                                        (a client makes a key a call and keeps it for its own retries);
//	                                        else replayed within SameFor, then occurrence n+1
//	failed, surely no effect                retried: the same intent, the rule is asked again
//	failed after a person changed it        a new intent that shows it: the agent's words and the changed ones
//	                                        are tried apart from then on
//	denied by a person                      the same denial within DenyFor, then a new intent that shows it
//	denied by the live policy               a new intent: the rule is asked anew
//	expired, cancelled                      a new intent
//
// A call that joins, replays or repeats a denial makes its client key one more name
// of that intent; handing out a stored outcome marks it delivered. Asking for the
// status of an intent does not: an agent that was told to send its call again does so
// after it has asked, and means the same. Every call asks OpenRequest.Rule, with the
// sums read in the same transaction, so two calls never both pass a limit, and whom
// the rule refuses today learns nothing of an earlier intent. A sum under whose key
// another currency was reserved is given in that currency, which no rule can
// evaluate. The ledger reports the occurrence; that a repetition needs a person is
// the rule's to say.
//
// # What follows from a state
//
// The transitions are in state.go, and nowhere else. Money is reserved when an
// intent opens, kept while it is on its way or unknown, committed when it
// succeeds, released otherwise; what waited is counted anew before it is sent, by what
// counts then. What is kept counts in every window, what is
// committed from that moment on. Totals are kept beside the parts, so that a sum
// costs the same however many there are. Each change of state, and each vote, puts one
// row for the record into the outbox. All of it is one transaction.
//
// Executing is durable before the caller may send a byte, and so is its target:
// what is unknown may only be sent again to where it went. An intent whose owner
// is gone becomes Unknown once its lease has lapsed, and rests until its last
// order is too late and the tool's timeout has passed. From Unknown nothing
// leads back to where it would be sent as a new attempt.
//
// # Who is told
//
// What leaves the outbox is announced in the transaction that deletes it: one
// delivery an event and channel (deliveries.go). A delivery is made at least once,
// in the order of the intent's events, and given up only by whoever makes it. Tenants take
// turns, and so do the channels of one, so that nobody's silence keeps others waiting.
//
// # What is sealed
//
// Arguments, facts and the outcome's body are sealed by Options.Sealer, everything
// else is clear: queries need it. A body that does not open is ErrUnreadable for
// every call that would read its intent; List shows it without, and Claim passes it
// over. Erase takes the bodies of what has been over for long enough, and the words
// of people about it; all else stays. Rows from before there was a Sealer are clear
// until they are next written.
//
// # When it fails
//
// A crash at any point leaves the state before or after a call. An error that
// is none of store.go's says that the store is unavailable: the caller refuses
// the effect, or leaves it to the next Claim. Times are the database's: processes on one
// SQLite file share one machine, those on Postgres ask it. Rows of the
// outbox that cannot be shipped stay, in order, and one process ships at a time.
//
// One transaction belongs to one tenant, and those of a tenant take turns;
// tenants do not wait for each other.
package ledger
