package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Advance implements Store.
func (s *SQL) Advance(ctx context.Context, step Step) (Intent, error) {
	var r *row
	err := s.write(ctx, of(step.Tenant), func(ctx context.Context, w *work) (err error) {
		if r, err = w.byID(ctx, step.Tenant, step.ID); err != nil {
			return err
		}
		return w.advance(ctx, r, step)
	})
	if err != nil {
		return Intent{}, fmt.Errorf("advance intent %s to %s: %w", step.ID, step.To, err)
	}
	return r.Intent, nil
}

func (w *work) advance(ctx context.Context, r *row, step Step) error {
	switch {
	case step.Actor == "":
		return errors.New("a step needs an actor")
	case r.Version != step.Version:
		return ErrConflict
	}
	r.Reason, r.Say = step.Reason, step.Say
	switch step.To {
	case Waiting:
		if err := w.ask(ctx, r, step); err != nil {
			return err
		}
	case Approved, Unknown:
		r.NotBefore = w.now.Add(step.NotBefore)
	case Executing:
		if step.Recount != nil {
			if err := w.recount(ctx, r, step); err != nil {
				return err
			}
			break
		}
		if r.State == Executing && (step.Target == "" || step.SendWithin <= 0 || r.Target != "") {
			return errors.New("an executing intent can only be given its target and a time to be sent in, once")
		}
		r.Target, r.SendBefore = step.Target, w.now.Add(step.SendWithin)
	case Succeeded, Failed:
		if step.To == Failed {
			r.Failures++
		}
		r.Delivered = step.Delivered
		r.Outcome = step.Outcome.stored(w)
	default: // nothing more follows, or move refuses it
	}
	return w.move(ctx, r, Advancing, step.To, step.Actor, step.Reason)
}

// recount makes other reservations those of an intent that is not aimed yet.
func (w *work) recount(ctx context.Context, r *row, step Step) error {
	if r.State != Executing || r.Target != "" || step.Target != "" {
		return errors.New("only an executing intent without a target is counted anew")
	}
	sums, _, err := readSums(ctx, w.tx, w.now, r.Tenant, r.ID, step.Recount.Sums)
	if err != nil {
		return err
	}
	step.Recount.Before(sums)
	return errors.Join(countable(step.Recount.Reserve), w.release(ctx, r), w.reserve(ctx, r, step.Recount.Reserve))
}

// ask makes people vote, or vote anew: whoever voted before did so on another
// question.
func (w *work) ask(ctx context.Context, r *row, step Step) error {
	if step.Hold == nil || step.Hold.Votes < 1 || step.DueAfter <= 0 {
		return errors.New("a step to waiting needs a hold with votes and a time to expire")
	}
	hold := *step.Hold
	r.Hold, r.DueAt = &hold, w.now.Add(step.DueAfter)
	r.escalates(step.Escalation)
	return w.dropVotes(ctx, r)
}

// stored is an outcome as the database gives it back.
func (o *Outcome) stored(w *work) *Outcome {
	if o == nil {
		return nil
	}
	kept := *o
	if kept.At = fromMicros(micros(o.At)); kept.At.IsZero() {
		kept.At = w.now
	}
	return &kept
}
