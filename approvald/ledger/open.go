package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

// Open implements Store.
func (s *SQL) Open(ctx context.Context, request OpenRequest) (Opened, error) {
	if err := request.prepare(); err != nil {
		return Opened{}, fmt.Errorf("open intent: %w", err)
	}
	var opened Opened
	err := s.write(ctx, of(request.Tenant), func(ctx context.Context, w *work) (err error) {
		opened, err = w.open(ctx, &request)
		return err
	})
	if err != nil {
		return Opened{}, fmt.Errorf("open intent: %w", err)
	}
	return opened, nil
}

// prepare refuses what would make an intent that nobody could name, lease or
// count, and fills in what follows from the rest.
func (q *OpenRequest) prepare() error {
	switch {
	case q.Tenant == "" || q.BusinessKey == "" || q.Owner == "" || q.Rule == nil:
		return errors.New("a tenant, a business key, an owner and a rule are needed")
	case q.Identity.Tenant != q.Tenant:
		return fmt.Errorf("the identity is of tenant %q, the request of %q", q.Identity.Tenant, q.Tenant)
	case q.Lease <= 0 || q.SendWithin <= 0 || q.ExpireAfter <= 0:
		return errors.New("lease, send and expiry times must be positive")
	}
	if err := countable(q.Reserve); err != nil {
		return err
	}
	if q.Asked == "" {
		q.Asked = action.Digest(q.Call)
	}
	q.Identity.IssuedAt, q.Identity.Expires = fromMicros(micros(q.Identity.IssuedAt)), fromMicros(micros(q.Identity.Expires))
	return nil
}

// countable refuses what is no amount to reserve.
func countable(reservations []Reservation) error {
	for _, r := range reservations {
		if r.Amount.Minor < 0 || r.Amount.Currency == "" {
			return fmt.Errorf("reservation of %s is no amount to reserve", r.Sum)
		}
	}
	return nil
}

// open finds the intent that the call's keys name and does what relate says.
func (w *work) open(ctx context.Context, q *OpenRequest) (Opened, error) {
	earlier, mine, misused, err := w.named(ctx, q)
	if err != nil {
		return Opened{}, err
	}
	if misused {
		return Opened{Relation: Refused, Ruling: Ruling{
			Refuse: true, Reason: reason.InputInvalid,
			Say: "this idempotency key was used before with other arguments",
		}}, nil
	}
	if earlier == nil {
		return w.create(ctx, q, Situation{Occurrence: 1}, 0)
	}
	again := relate(earlier.Intent, mine, q.Call.ClientKey != "", q.SameFor, q.DenyFor, w.now)
	switch again.relation {
	case New:
		return w.renew(ctx, q, earlier, again)
	case Retried:
		return w.retry(ctx, q, earlier)
	default:
		return w.show(ctx, q, earlier, again.relation)
	}
}

// show gives an earlier intent to whoever asks again, if the rule allows the
// call to him today. Of what the rule says only a refusal counts: nothing is
// done, so nobody is asked.
func (w *work) show(ctx context.Context, q *OpenRequest, r *row, relation Relation) (Opened, error) {
	situation := Situation{Occurrence: r.Occurrence, Repeated: &r.Intent}
	var err error
	if situation.Earlier, err = w.before(ctx, r); err != nil {
		return Opened{}, err
	}
	ruling, err := w.rule(ctx, q, &situation)
	if err != nil || ruling.Refuse {
		return Opened{Relation: Refused, Ruling: ruling}, err
	}
	if relation == Replayed {
		if err := w.deliver(ctx, r); err != nil {
			return Opened{}, err
		}
	}
	return Opened{Relation: relation, Intent: r.Intent}, w.alias(ctx, q, r, clientKey)
}

// renew creates an intent besides an earlier one that is over.
func (w *work) renew(ctx context.Context, q *OpenRequest, earlier *row, again repetition) (Opened, error) {
	situation := Situation{Occurrence: again.occurrence, Earlier: again.shows}
	if situation.Earlier == nil {
		before, err := w.before(ctx, earlier)
		if err != nil {
			return Opened{}, err
		}
		situation.Earlier = before
	}
	failures := 0
	if again.occurrence == earlier.Occurrence {
		failures = earlier.Failures
	}
	return w.create(ctx, q, situation, failures)
}

// before reads the intent that an intent names as its earlier one, if any.
func (w *work) before(ctx context.Context, r *row) (*Intent, error) {
	if r.Earlier == "" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	before, err := w.byID(ctx, r.Tenant, r.Earlier)
	if err != nil {
		return nil, err
	}
	return &before.Intent, nil
}

// Deliver implements Store.
func (s *SQL) Deliver(ctx context.Context, tenant, id string) error {
	err := s.write(ctx, of(tenant), func(ctx context.Context, w *work) error {
		r, err := w.byID(ctx, tenant, id)
		if err != nil || r.State != Succeeded {
			return err
		}
		return w.deliver(ctx, r)
	})
	if err != nil {
		return fmt.Errorf("deliver the outcome of %s: %w", id, err)
	}
	return nil
}

// deliver marks that an outcome is handed to an agent. It is a mark, no new
// version: the intent is over, and its age counts from when it ended.
func (w *work) deliver(ctx context.Context, r *row) error {
	if r.Delivered {
		return nil
	}
	r.Delivered = true
	return w.later(ctx, "UPDATE intents SET delivered = ? WHERE seq = ?", true, r.seq)
}
