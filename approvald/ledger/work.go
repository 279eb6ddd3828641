package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// work is one transaction that changes intents. Everything in it happens at
// one time.
type work struct {
	view
	now     time.Time
	changed []string // intent ids, to wake their watchers after the commit
}

// gateway is the actor of what the ledger does by itself.
const gateway = "gateway"

// move brings an intent into a state and writes it with all that follows:
// its reservations and its row for the record. A transition that Next does not
// know is ErrTransition. The caller has set every other member.
func (w *work) move(ctx context.Context, r *row, by Move, to State, actor string, why reason.Code) error {
	from := r.State
	if !Next(by, from, to) {
		return fmt.Errorf("%w: %s to %s", ErrTransition, from, to)
	}
	r.State = to
	if to != Executing && (to != Unknown || by != Claiming) {
		r.LeaseOwner, r.LeaseUntil = "", time.Time{}
	}
	if in(to, Approved, Waiting, Denied) { // the attempt was not sent
		r.SendBefore, r.SentAt, r.Target = time.Time{}, time.Time{}, ""
	}
	if to.Final() || to == Waiting {
		r.NotBefore = time.Time{}
	}
	if err := w.put(ctx, r); err != nil {
		return err
	}
	if from.keeping() == reserved && to.Final() {
		if err := w.settle(ctx, r); err != nil {
			return err
		}
	}
	if from == to && in(to, Unknown, Executing) { // looked at again, or aimed: nothing for the record
		return nil
	}
	return w.record(ctx, r, actor, why)
}

// put writes an intent at its next version, or as a new one.
func (w *work) put(ctx context.Context, r *row) error {
	r.Version++
	r.UpdatedAt = w.now
	w.changed = append(w.changed, r.ID)
	p, err := r.pack(w.sealer)
	if err != nil {
		return err
	}
	columns := append(r.columns(p), column{name: "wake_at", value: r.wakeAt()})
	values := make([]any, 0, len(columns)+2)
	for _, c := range columns {
		if c.name == "version" && r.seq != 0 {
			values = append(values, r.Version-1)
		}
		values = append(values, c.value)
	}
	if r.seq == 0 {
		return w.later(ctx, insertIntent(), values...)
	}
	return w.later(ctx, updateIntent(), append(values, r.seq)...)
}

// later is a statement whose result nobody looks at.
func (w *work) later(ctx context.Context, query string, args ...any) error {
	_, err := w.tx.ExecContext(sqldb.Later(ctx), query, args...)
	return err
}

func insertIntent() string {
	columns := append(names(""), "wake_at")
	return "INSERT INTO intents (" + strings.Join(columns, ", ") + ") VALUES (" + placeholders(len(columns)) + ")"
}

// updateIntent takes the version that was read before the next one: of a row that
// has another by now it would make NULL, which the column refuses.
func updateIntent() string {
	set := strings.Join(append(names(""), "wake_at"), " = ?, ") + " = ? WHERE seq = ?"
	return "UPDATE intents SET " + strings.Replace(set, "version = ?", "version = CASE version WHEN ? THEN CAST(? AS BIGINT) END", 1)
}

// seqOf finds the number of an intent by its id: that of a new one is not known yet.
const seqOf = "(SELECT seq FROM intents WHERE id = ?)"

// record puts a row about the intent as it is now into the outbox.
func (w *work) record(ctx context.Context, r *row, actor string, why reason.Code) error {
	err := w.later(ctx,
		"INSERT INTO outbox (at, tenant, decision, intent, version, state, actor, reason, action, digest, amount, currency) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		micros(w.now), r.Tenant, r.Decision, r.ID, r.Version, string(r.State), actor, string(why),
		r.Call.Action, r.Digest, r.Amount.Minor, r.Amount.Currency)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// lease gives the intent to an owner until the lease lapses.
func (r *row) lease(now time.Time, owner string, lease, sendWithin time.Duration) {
	r.LeaseOwner, r.LeaseUntil, r.SendBefore = owner, now.Add(lease), now.Add(sendWithin)
}

// attempt counts a new sending; the provider's key changes with it.
func (r *row) attempt(now time.Time) {
	r.Attempt++
	r.SentAt, r.NotBefore, r.Target = now, time.Time{}, ""
}
