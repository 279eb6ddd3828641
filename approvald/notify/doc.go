// Package notify tells of intents outside the Desk: Slack, mail and webhooks, as
// each tenant's channels.yaml says. What is to be told stands in the ledger, in
// the transaction that changed the intent; it is told at least once, in the order
// of the intent's events, and what cannot be told is kept and shown.
//
// A message is made of the intent as it is when it leaves, not as it was: nobody
// is asked for a vote that is not needed any more. A vote from a channel is a
// person's vote like any other: the channel says who, people.yaml and the
// approval's rule say whether they may, and the ledger counts it once.
package notify
