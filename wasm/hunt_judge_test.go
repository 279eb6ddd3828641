package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// judge knows what must become of an answer's values.
type judge struct {
	policy mask.Policy
	scope  *surrogate.Scope  // of the session that asked, nil for none
	others []surrogate.Scope // of other sessions
}

// whole compares what came with what was planted, from the beginning to the end, or
// to where a connection broke.
func (j judge) whole(got []byte, bits []bit, broken bool) error {
	rest, err := j.follow(got, bits, broken)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("then comes %.200q", rest)
	}
	return err
}

// follow is what comes behind the bits.
func (j judge) follow(got []byte, bits []bit, broken bool) (rest []byte, err error) {
	all := got
	for _, b := range bits {
		if broken && len(got) == 0 {
			return nil, nil
		}
		from := got
		if got, err = j.bit(got, b); err != nil {
			if broken && bytes.HasPrefix([]byte(b.text), from) && b.typ == pii.None {
				return nil, nil
			}
			return nil, fmt.Errorf("%w at %d: want %q (%s %q), got %.160q behind %q", err, len(all)-len(from), b.text, b.typ, b.field, from, all[max(0, len(all)-len(from)-60):len(all)-len(from)])
		}
	}
	return got, nil
}

var (
	errOther = fmt.Errorf("another text")
	errClear = fmt.Errorf("no stand-in")
)

// bit is what follows the bit in what came.
func (j judge) bit(got []byte, b bit) ([]byte, error) {
	stays := j.stays(b)
	if dropped := j.policy.Drop[mask.Fold(b.field)] && b.field != ""; dropped {
		b.text, stays = "null", true
	}
	switch {
	case stays:
		if !bytes.HasPrefix(got, []byte(b.text)) {
			return nil, errOther
		}
		return got[len(b.text):], nil
	case b.coded != nil:
		end := bytes.IndexAny(got, `"\\`)
		inside, err := base64.StdEncoding.DecodeString(string(got[:max(0, end)]))
		if err != nil {
			return nil, err
		}
		return got[end:], j.whole(inside, b.coded, false)
	}
	got, opened := bytes.CutPrefix(got, []byte(b.quote))
	got, err := j.standIn(got, b)
	got, closed := bytes.CutPrefix(got, []byte(b.quote))
	if err == nil && (!opened || !closed) {
		err = errClear
	}
	return got, err
}

// stays reports a bit that is shown as it is.
func (j judge) stays(b bit) bool {
	if b.coded != nil {
		return !slices.ContainsFunc(b.coded, func(b bit) bool { return !j.stays(b) })
	}
	return b.typ == pii.None || !b.sent && !j.policy.Types.Has(b.typ) || b.typ == pii.Name && j.policy.Pass[mask.Fold(b.field)]
}

// standIn is what follows the value's surrogate, which its own session alone opens, or
// its mark.
func (j judge) standIn(got []byte, b bit) ([]byte, error) {
	mark := "[" + b.typ.String() + "]"
	if j.scope == nil || b.typ == pii.Secret {
		if !bytes.HasPrefix(got, []byte(mark)) {
			return nil, errClear
		}
		return got[len(mark):], nil
	}
	end := bytes.IndexByte(got, ']') + 1
	token := surrogate.Find(nil, got[:end])
	if len(token) != 1 || token[0].Start != 0 {
		return nil, errClear
	}
	s, err := surrogate.NewSession(j.scope.Key)
	if err != nil {
		return nil, err
	}
	plain, about, err := s.Open(token[0])
	if err != nil {
		return nil, err
	}
	if about != j.scope.Subject || !slices.Contains([]string{b.plain, b.text, `"` + b.plain + `"`}, string(plain)) {
		return nil, fmt.Errorf("it opens to %q about %v", plain, about)
	}
	for _, other := range j.others {
		if s, err = surrogate.NewSession(other.Key); err != nil {
			return nil, err
		}
		if _, _, err = s.Open(token[0]); err == nil {
			return nil, fmt.Errorf("it opens in another session")
		}
	}
	return got[token[0].End:], nil
}
