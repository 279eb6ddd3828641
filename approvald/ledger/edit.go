package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

// Edit implements Store.
func (s *SQL) Edit(ctx context.Context, e EditRequest) (Intent, Ruling, error) {
	if err := e.prepare(); err != nil {
		return Intent{}, Ruling{}, fmt.Errorf("edit %s: %w", e.Intent, err)
	}
	var r *row
	var ruling Ruling
	err := s.write(ctx, of(e.To.Tenant), func(ctx context.Context, w *work) (err error) {
		if r, err = w.byID(ctx, e.To.Tenant, e.Intent); err != nil {
			return err
		}
		ruling, err = w.edit(ctx, r, &e)
		return err
	})
	if err != nil {
		return Intent{}, Ruling{}, fmt.Errorf("edit %s: %w", e.Intent, err)
	}
	return r.Intent, ruling, nil
}

func (e *EditRequest) prepare() error {
	if e.Person == "" {
		return errors.New("an edit needs a person")
	}
	return e.To.prepare()
}

func (w *work) edit(ctx context.Context, r *row, e *EditRequest) (Ruling, error) {
	q := &e.To
	switch {
	case e.Digest != r.Digest:
		return Ruling{}, ErrDigest
	case r.State != Waiting || !w.now.Before(r.DueAt):
		return Ruling{}, ErrTransition
	case q.Call.Tool != r.Call.Tool || q.Call.Action != r.Call.Action || q.Call.ClientKey != r.Call.ClientKey:
		return Ruling{}, errors.New("an edit changes arguments alone")
	}
	situation, err := w.meanwhile(ctx, r, q)
	if err != nil {
		return Ruling{}, err
	}
	ruling, err := w.ruling(ctx, q, &situation, r.ID, q.Sums)
	if err != nil || ruling.Refuse {
		return ruling, err
	}
	if err := w.keepVersion(ctx, r, e.Person); err != nil {
		return Ruling{}, err
	}
	if situation.Earlier != nil {
		r.Earlier, r.Occurrence = situation.Earlier.ID, max(r.Occurrence, situation.Occurrence)
	}
	if ruling.Hold != nil {
		hold := *ruling.Hold
		r.Hold = &hold
	}
	r.Call, r.Digest, r.Facts = q.Call, action.Digest(q.Call), q.Facts
	r.Amount, r.Bundle, r.Rule = q.Amount, q.Bundle, ruling.Rule
	r.putOff(q.ExpireAfter)
	r.escalates(q.Escalation)
	return ruling, w.reword(ctx, r, e)
}

// meanwhile is what there is of the effect that an intent would have: one on its
// way is ErrTaken, and one that was done is the earlier of the two.
func (w *work) meanwhile(ctx context.Context, r *row, q *OpenRequest) (Situation, error) {
	s := Situation{Occurrence: r.Occurrence}
	other, _, err := w.byKey(ctx, q, businessKey)
	switch {
	case err != nil:
		return s, err
	case other == nil || other.ID == r.ID:
	case !other.State.Final():
		return s, fmt.Errorf("%w: %s", ErrTaken, other.ID)
	case other.State == Succeeded:
		s.Occurrence, s.Earlier = other.Occurrence+1, &other.Intent
		return s, nil
	}
	s.Earlier, err = w.before(ctx, r)
	return s, err
}

// reword writes an intent that was changed, with all that follows.
func (w *work) reword(ctx context.Context, r *row, e *EditRequest) error {
	if err := w.dropVotes(ctx, r); err != nil {
		return err
	}
	if err := w.move(ctx, r, Editing, Waiting, e.Person, reason.Edited); err != nil {
		return err
	}
	if err := errors.Join(w.release(ctx, r), w.reserve(ctx, r, e.To.Reserve)); err != nil {
		return err
	}
	return w.alias(ctx, &e.To, r, businessKey)
}

// putOff gives people the whole time from the first change on. A later one gives
// no more: whoever changes it again and again does not keep it from expiring.
func (r *row) putOff(expireAfter time.Duration) {
	due := r.Edits[0].At.Add(expireAfter)
	if len(r.Edits) == 1 || due.After(r.DueAt) {
		r.DueAt = due
	}
}

// keepVersion keeps what is asked before it is changed.
func (w *work) keepVersion(ctx context.Context, r *row, person string) error {
	v := Edit{Person: person, Digest: r.Digest, Args: r.Call.Args, At: w.now}
	args, err := w.sealer.Seal(r.Tenant, r.ID, editColumn(len(r.Edits)), action.MarshalArgs(v.Args))
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, "INSERT INTO edits (intent, place, person, digest, args, at) VALUES (?, ?, ?, ?, ?, ?)",
		r.seq, len(r.Edits), v.Person, v.Digest, args, micros(v.At))
	r.Edits = append(r.Edits, v)
	return err
}

// editColumn is what the arguments before an edit are sealed as.
func editColumn(place int) string { return fmt.Sprintf("edit %d", place) }

// addEdits reads those of the intents that have some.
func (v view) addEdits(ctx context.Context, found []*row) error {
	for _, r := range found {
		if len(r.Edits) == 0 {
			continue
		}
		if err := v.readEdits(ctx, r); err != nil {
			return fmt.Errorf("edits of %s: %w", r.ID, err)
		}
	}
	return nil
}

func (v view) readEdits(ctx context.Context, r *row) (err error) {
	rows, err := v.tx.QueryContext(ctx, "SELECT place, person, digest, args, at FROM edits WHERE intent = ? ORDER BY place", r.seq)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var spoilt error
	n := 0
	for ; rows.Next() && n < len(r.Edits); n++ {
		e := &r.Edits[n]
		var place int
		var args []byte
		if err := rows.Scan(&place, &e.Person, &e.Digest, &args, instant{&e.At}); err != nil {
			return err
		}
		if r.Bodies == Whole {
			spoilt = errors.Join(spoilt, v.openEdit(r, e, place, args))
		}
	}
	if n != len(r.Edits) {
		spoilt = errors.Join(spoilt, errors.New("edits are missing"))
	}
	r.spoil(spoilt)
	return rows.Err()
}

func (v view) openEdit(r *row, e *Edit, place int, sealed []byte) error {
	args, err := v.sealer.Open(r.Tenant, r.ID, editColumn(place), sealed)
	if err != nil {
		return err
	}
	e.Args, err = action.UnmarshalArgs(args)
	return err
}
