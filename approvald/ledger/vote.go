package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/internal/reason"
)

// Vote implements Store.
func (s *SQL) Vote(ctx context.Context, vote VoteRequest) (Intent, error) {
	var r *row
	err := s.write(ctx, of(vote.Tenant), func(ctx context.Context, w *work) (err error) {
		if r, err = w.byID(ctx, vote.Tenant, vote.Intent); err != nil {
			return err
		}
		return w.vote(ctx, r, vote)
	})
	if err != nil {
		return Intent{}, fmt.Errorf("vote on %s: %w", vote.Intent, err)
	}
	return r.Intent, nil
}

func (w *work) vote(ctx context.Context, r *row, vote VoteRequest) error {
	switch {
	case vote.Person == "":
		return fmt.Errorf("%w: a vote needs a person", ErrTransition)
	case vote.Digest != r.Digest:
		return ErrDigest
	case r.State != Waiting || !w.now.Before(r.DueAt):
		return ErrTransition
	case r.voted(vote.Person):
		return ErrVoted
	case vote.Approve && r.editedBy(vote.Person): // whatever the voter's page knew of it
		return ErrEditor
	}
	v := Vote{Person: vote.Person, Approve: vote.Approve, Digest: vote.Digest, Reason: vote.Reason, At: w.now}
	err := w.later(ctx, "INSERT INTO votes (intent, person, approve, digest, reason, at) VALUES (?, ?, ?, ?, ?, ?)",
		r.seq, v.Person, v.Approve, v.Digest, v.Reason, micros(v.At))
	if err != nil {
		return err
	}
	r.Votes = append(r.Votes, v)
	to := r.tally()
	switch to {
	case Approved:
		r.NotBefore = w.now
	case Denied:
		r.Reason, r.Say = reason.PersonDenied, vote.Reason
	default: // more votes are needed
	}
	return w.move(ctx, r, Voting, to, vote.Person, r.Reason)
}

func (r *row) voted(person string) bool {
	for _, v := range r.Votes {
		if v.Person == person {
			return true
		}
	}
	return false
}

func (r *row) editedBy(person string) bool {
	return slices.ContainsFunc(r.Edits, func(e Edit) bool { return e.Person == person })
}

// tally says what the votes come to: one denial ends it.
func (r *row) tally() State {
	approvals := 0
	for _, v := range r.Votes {
		if !v.Approve {
			return Denied
		}
		approvals++
	}
	if r.Hold != nil && approvals >= r.Hold.Votes {
		return Approved
	}
	return Waiting
}

// dropVotes makes people vote anew.
func (w *work) dropVotes(ctx context.Context, r *row) error {
	r.Votes = nil
	if r.seq == 0 {
		return nil
	}
	return w.later(ctx, "DELETE FROM votes WHERE intent = ?", r.seq)
}
