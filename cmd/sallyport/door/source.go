package door

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Token is a token and when it was fetched and ends.
type Token struct {
	Raw           string
	From, Expires time.Time
}

// Fetch gets a new token.
type Fetch func(context.Context) (Token, error)

var errEnded = errors.New("the token endpoint gives tokens that end at once")

// retryEvery is how long a renewal that failed waits, while the token is good.
const retryEvery = time.Second

// Source keeps one token fresh: two thirds into its life it is renewed behind the
// calls, with one request at a time. It is safe for concurrent use.
type Source struct {
	fetch Fetch
	clock clockwork.Clock

	mu      sync.Mutex
	current Token
	after   time.Time     // the next renewal is not tried before
	running chan struct{} // closed when the request on its way has ended
	err     error         // of the last one
}

// NewSource returns a Source without a token yet.
func NewSource(fetch Fetch, clock clockwork.Clock) *Source {
	return &Source{fetch: fetch, clock: clock}
}

// Token returns a token that is good now. It waits only when there is none.
func (s *Source) Token(ctx context.Context) (string, error) {
	for tried := false; ; tried = true {
		s.mu.Lock()
		now := s.clock.Now()
		good := now.Before(s.current.Expires)
		if !good && tried && s.running == nil {
			defer s.mu.Unlock()
			return "", cmp.Or(s.err, errEnded)
		}
		if s.due(now, good) {
			s.renew(ctx)
		}
		raw, running := s.current.Raw, s.running
		s.mu.Unlock()
		if good {
			return raw, nil
		}
		select {
		case <-running:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// due says whether a renewal should begin.
func (s *Source) due(now time.Time, good bool) bool {
	if s.running != nil {
		return false
	}
	life := s.current.Expires.Sub(s.current.From)
	return !good || !now.Before(s.current.From.Add(life*2/3)) && !now.Before(s.after)
}

// renew starts the one request on its way. It outlives the call that began it.
func (s *Source) renew(ctx context.Context) {
	done := make(chan struct{})
	s.running = done
	go func() {
		got, err := s.fetch(context.WithoutCancel(ctx))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.err, s.running = err, nil
		if err == nil {
			s.current = got
		} else {
			s.after = s.clock.Now().Add(retryEvery)
		}
		close(done)
	}()
}

// Drop forgets a token that the gateway does not take any more.
func (s *Source) Drop(raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Raw == raw {
		s.current = Token{}
	}
}
