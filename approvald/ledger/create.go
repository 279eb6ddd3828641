package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/action"
)

// create asks the rule and writes a new intent.
func (w *work) create(ctx context.Context, q *OpenRequest, situation Situation, failures int) (Opened, error) {
	ruling, err := w.rule(ctx, q, &situation)
	if err != nil || ruling.Refuse {
		return Opened{Relation: Refused, Ruling: ruling}, err
	}
	r := &row{Intent: Intent{
		ID: newID(), Tenant: q.Tenant, BusinessKey: q.BusinessKey,
		Occurrence: situation.Occurrence, Failures: failures, CreatedAt: w.now,
	}}
	if situation.Earlier != nil {
		r.Earlier = situation.Earlier.ID
	}
	return w.begin(ctx, q, r, New, ruling)
}

// retry asks the rule and makes a new attempt of an intent that surely had no
// effect. What was asked, and on whose authority, is taken from this call.
func (w *work) retry(ctx context.Context, q *OpenRequest, r *row) (Opened, error) {
	before, err := w.before(ctx, r)
	if err != nil {
		return Opened{}, err
	}
	ruling, err := w.rule(ctx, q, &Situation{Occurrence: r.Occurrence, Earlier: before})
	if err != nil || ruling.Refuse {
		return Opened{Relation: Refused, Ruling: ruling}, err
	}
	return w.begin(ctx, q, r, Retried, ruling)
}

// rule asks the rule, with sums that do not count a repeated intent twice.
func (w *work) rule(ctx context.Context, q *OpenRequest, situation *Situation) (Ruling, error) {
	except, sums := "", q.Sums
	if again := situation.Repeated; again != nil {
		except = again.ID
		if q.Again != nil {
			sums = q.Again(*again)
		}
	}
	return w.ruling(ctx, q, situation, except, sums)
}

// ruling asks the rule with sums that leave out one intent.
func (w *work) ruling(ctx context.Context, q *OpenRequest, situation *Situation, except string, sums []SumQuery) (Ruling, error) {
	var err error
	if situation.Sums, situation.Oldest, err = readSums(ctx, w.tx, w.now, q.Tenant, except, sums); err != nil {
		return Ruling{}, err
	}
	ruling := q.Rule(*situation)
	if ruling.Hold != nil && ruling.Hold.Votes < 1 {
		return Ruling{}, errors.New("a hold without votes holds nothing")
	}
	return ruling, nil
}

// begin fills an intent from the call and leads it to Executing or Waiting.
func (w *work) begin(ctx context.Context, q *OpenRequest, r *row, relation Relation, ruling Ruling) (Opened, error) {
	r.Identity, r.Decision, r.Call, r.Digest, r.Facts = q.Identity, q.Decision, q.Call, action.Digest(q.Call), q.Facts
	r.Amount, r.Said, r.Bundle, r.Rule, r.Hold, r.Votes = q.Amount, q.Said, q.Bundle, ruling.Rule, nil, nil
	r.Reason, r.Say, r.Outcome, r.Delivered, r.Bodies = "", "", nil, false, Whole
	to := Executing
	if ruling.Hold != nil {
		hold := *ruling.Hold
		to, r.Hold, r.DueAt = Waiting, &hold, w.now.Add(q.ExpireAfter)
		r.escalates(q.Escalation)
	} else {
		r.attempt(w.now)
		r.Target = q.Target
		r.lease(w.now, q.Owner, q.Lease, q.SendWithin)
	}
	if err := w.write(ctx, q, r, to, ruling); err != nil {
		return Opened{}, err
	}
	return Opened{Relation: relation, Intent: r.Intent, Ruling: ruling}, nil
}

func (w *work) write(ctx context.Context, q *OpenRequest, r *row, to State, ruling Ruling) error {
	if err := w.dropVotes(ctx, r); err != nil {
		return err
	}
	if err := w.move(ctx, r, Opening, to, "agent:"+q.Identity.Agent, ruling.Reason); err != nil {
		return err
	}
	if err := w.reserve(ctx, r, q.Reserve); err != nil {
		return err
	}
	for _, kind := range []keyKind{businessKey, clientKey} {
		if err := w.alias(ctx, q, r, kind); err != nil {
			return fmt.Errorf("alias: %w", err)
		}
	}
	return nil
}
