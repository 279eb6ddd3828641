package approvald

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Times of asking whether the ledger's store takes anything. What was found is told
// for a while: whoever asks often asks the store no more often.
const (
	pulseFor    = 5 * time.Second
	pulseWithin = 2 * time.Second
)

// ErrStore says that the ledger's store takes nothing. The log says why: whoever asks
// need not be anybody.
var ErrStore = errors.New("the ledger's store takes nothing: effects are refused, reads go on")

// pulse knows whether a store takes writes. It asks when it is asked itself.
type pulse struct {
	touch  func(context.Context) error
	clock  clockwork.Clock
	logger *slog.Logger

	mu     sync.Mutex
	asking chan struct{} // closed when the store has answered; nil while nobody asks
	at     time.Time     // of the answer
	err    error
}

// take is nil while the store takes writes. One that does not say so in time does not.
func (p *pulse) take() error {
	answered := p.ask()
	if answered != nil {
		select {
		case <-answered:
		case <-p.clock.After(pulseWithin):
			return ErrStore
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// ask asks the store, unless somebody does already or it has answered just now: then
// there is nothing to wait for.
func (p *pulse) ask() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asking == nil {
		if !p.at.IsZero() && p.clock.Now().Before(p.at.Add(pulseFor)) {
			return nil
		}
		p.asking = make(chan struct{})
		go p.answer(p.asking)
	}
	return p.asking
}

func (p *pulse) answer(done chan struct{}) {
	defer close(done)
	err := p.touch(context.Background())
	if err != nil {
		p.logger.Error("The ledger's store takes nothing", "error", err)
		err = ErrStore
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asking, p.at, p.err = nil, p.clock.Now(), err
}
