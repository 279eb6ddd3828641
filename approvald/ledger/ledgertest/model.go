package ledgertest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// The model is what the ledger promises, written a second time without a
// database: one tenant, agent and session, one sum with a limit, no client keys.
// Its steps are what a history is checked against.

// The rule of the model's calls.
const (
	modelLimit  = 10_000 // of the sum, in minor units
	modelHeld   = 3_000  // from here on people are asked
	modelVotes  = 2
	modelClaims = 100 // more than there are: a claim takes all that is due
)

// command is one call of a Store.
type command struct {
	Op     string // open, vote, edit, advance, claim, get
	At     time.Time
	Key    string
	Amount int64 // of a vote and an edit: that was displayed, which stands for the digest
	Wants  int64 // of an edit: the new amount
	ID     string
	Person string
	Yes    bool
	From   int64 // version
	To     ledger.State
}

// result is what is compared of its answer.
type result struct {
	Relation ledger.Relation
	Seen     seenItem
	Claimed  string
	Err      string
	Sum      int64 // that the rule was asked with; -1: not asked
}

// seenItem is what is compared of an intent.
type seenItem struct {
	ID                  string
	State               ledger.State
	Version             int64
	Occurrence, Attempt int
}

// item is an intent of the model. Times are microseconds, 0 is none.
type item struct {
	seenItem
	keys                          string // with a comma behind each
	amount                        int64
	need                          int
	votes                         string // persons who said yes, with a comma behind each
	editor                        string // who changed it; in a history it is always the same person
	due, rest, lease, send, since int64
	aimed, personal               bool // personal: a person denied it
}

// world is a state of the model: its intents, the oldest first.
type world []item

func (w world) clone() world { return slices.Clone(w) }

func (w world) find(id string) *item {
	for n := range w {
		if w[n].ID == id {
			return &w[n]
		}
	}
	return nil
}

func (w world) newest(key string) *item {
	for n := len(w) - 1; n >= 0; n-- {
		if w[n].named(key) {
			return &w[n]
		}
	}
	return nil
}

// sum counts what is on its way or done, without one intent.
func (w world) sum(except string) (total int64) {
	for _, i := range w {
		if i.ID != except && (!i.State.Final() || i.State == ledger.Succeeded) {
			total += i.amount
		}
	}
	return total
}

func (i *item) named(key string) bool { return strings.Contains(i.keys, key+",") }

func (i *item) to(s ledger.State, now int64) {
	i.State, i.since = s, now
	i.Version++
	if s != ledger.Executing {
		i.lease = 0
	}
	switch s {
	case ledger.Approved, ledger.Waiting, ledger.Denied:
		i.send, i.aimed = 0, false
	default: // keeps them
	}
	if s.Final() || s == ledger.Waiting {
		i.rest = 0
	}
}

// step applies a command to the model and returns what must have been answered.
// The id of a new intent is taken from the answer.
func (w world) step(c command, answered result) (world, result) {
	w = w.clone()
	now := c.At.UnixMicro()
	switch c.Op {
	case "open":
		return w.open(c, now, answered.Seen.ID)
	case "vote":
		return w, w.vote(c, now)
	case "edit":
		return w, w.edit(c, now)
	case "advance":
		return w, w.advance(c, now)
	case "claim":
		return w, w.claim(now)
	default:
		return w, result{Seen: w.find(c.ID).seenItem, Sum: -1}
	}
}

func (w world) open(c command, now int64, id string) (world, result) {
	i := w.newest(c.Key)
	if i != nil && i.State == ledger.Waiting && now >= i.due {
		i.to(ledger.Expired, now)
	}
	relation, occurrence := relateModel(i, now)
	except := ""
	if relation == ledger.Joined || relation == ledger.Replayed || relation == ledger.Same {
		except = i.ID
	}
	out := result{Relation: relation, Sum: w.sum(except)}
	if out.Sum+c.Amount > modelLimit {
		out.Relation = ledger.Refused
		return w, out
	}
	switch relation {
	case ledger.New:
		w = append(w, item{seenItem: seenItem{ID: id, Occurrence: occurrence}, keys: c.Key + ","})
		i = &w[len(w)-1]
		i.begin(c, now)
	case ledger.Retried:
		i.begin(c, now)
	default: // nothing changes
	}
	out.Seen = i.seenItem
	return w, out
}

func relateModel(i *item, now int64) (ledger.Relation, int) {
	switch {
	case i == nil:
		return ledger.New, 1
	case !i.State.Final():
		return ledger.Joined, 0
	case i.State == ledger.Failed && i.editor == "":
		return ledger.Retried, 0
	case i.State == ledger.Succeeded && now-i.since < sameFor.Microseconds():
		return ledger.Replayed, 0
	case i.State == ledger.Succeeded:
		return ledger.New, i.Occurrence + 1
	case i.State == ledger.Denied && i.personal && now-i.since < denyFor.Microseconds():
		return ledger.Same, 0
	default:
		return ledger.New, i.Occurrence
	}
}

func (i *item) begin(c command, now int64) {
	i.amount, i.votes, i.editor, i.need, i.personal = c.Amount, "", "", 0, false
	if c.Amount >= modelHeld {
		i.need, i.due = modelVotes, now+expireAfter.Microseconds()
		i.to(ledger.Waiting, now)
		return
	}
	i.to(ledger.Executing, now)
	i.Attempt++
	i.aimed, i.rest = true, 0
	i.lease, i.send = now+lease.Microseconds(), now+sendWithin.Microseconds()
}

// notAsked is what stands against what a person does to what waits as it was shown.
func (i *item) notAsked(c command, now int64) error {
	switch {
	case i.amount != c.Amount:
		return ledger.ErrDigest
	case i.State != ledger.Waiting || now >= i.due:
		return ledger.ErrTransition
	}
	return nil
}

func (w world) vote(c command, now int64) result {
	i := w.find(c.ID)
	if wrong := i.notAsked(c, now); wrong != nil {
		return result{Err: wrong.Error(), Sum: -1}
	}
	switch {
	case slices.Contains(splitVotes(i.votes), c.Person):
		return result{Err: ledger.ErrVoted.Error(), Sum: -1}
	case c.Yes && c.Person == i.editor:
		return result{Err: ledger.ErrEditor.Error(), Sum: -1}
	}
	i.votes += c.Person + ","
	switch {
	case !c.Yes:
		i.to(ledger.Denied, now)
		i.personal = true
	case len(splitVotes(i.votes)) == i.need:
		i.to(ledger.Approved, now)
		i.rest = now
	default:
		i.to(ledger.Waiting, now)
	}
	return result{Seen: i.seenItem, Sum: -1}
}

func (w world) advance(c command, now int64) result {
	i := w.find(c.ID)
	switch {
	case i.Version != c.From:
		return result{Err: ledger.ErrConflict.Error(), Sum: -1}
	case c.To == ledger.Executing && i.State == ledger.Executing && i.aimed:
		return result{Err: otherError, Sum: -1}
	case !ledger.Next(ledger.Advancing, i.State, c.To):
		return result{Err: ledger.ErrTransition.Error(), Sum: -1}
	}
	i.to(c.To, now)
	switch c.To {
	case ledger.Approved, ledger.Unknown:
		i.rest = now + settle.Microseconds()
	case ledger.Executing:
		i.aimed, i.send = true, now+sendWithin.Microseconds()
	default: // nothing more
	}
	return result{Seen: i.seenItem, Sum: -1}
}

func (i *item) wake() int64 {
	switch i.State {
	case ledger.Waiting:
		return i.due
	case ledger.Approved:
		return i.rest
	case ledger.Executing:
		return i.lease
	case ledger.Unknown:
		return max(i.rest, i.lease)
	default:
		return 1 << 62
	}
}

func (w world) claim(now int64) result {
	var due []*item
	for n := range w {
		if w[n].wake() <= now {
			due = append(due, &w[n])
		}
	}
	slices.SortStableFunc(due, func(a, b *item) int { return cmp.Compare(a.wake(), b.wake()) })
	out := result{Sum: -1}
	for _, i := range due {
		i.lapse(now)
		if (i.State != ledger.Approved && i.State != ledger.Unknown) || i.wake() > now {
			continue
		}
		state := ledger.Unknown
		if i.State == ledger.Approved {
			state, i.rest, i.aimed = ledger.Executing, 0, false
			i.Attempt++
		}
		i.to(state, now)
		i.lease, i.send = now+lease.Microseconds(), now+sendWithin.Microseconds()
		if state == ledger.Unknown {
			i.rest = i.send + settle.Microseconds()
		}
		out.Claimed += i.text()
	}
	return out
}

func (i *item) lapse(now int64) {
	switch {
	case i.State == ledger.Waiting:
		i.to(ledger.Expired, now)
	case i.State == ledger.Executing && !i.aimed:
		i.to(ledger.Approved, now)
	case i.State == ledger.Executing:
		rest := i.send + settle.Microseconds()
		i.to(ledger.Unknown, now)
		i.rest = rest
	default: // is not over
	}
}
