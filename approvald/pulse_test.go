package approvald

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/testkit"
)

// A store is asked when somebody wants to know, and not more often than it needs.
func TestPulse(t *testing.T) {
	clock, log := clockwork.NewFakeClock(), &testkit.Log{}
	asked, sick := 0, error(nil)
	p := &pulse{clock: clock, logger: log.Logger(), touch: func(context.Context) error { asked++; return sick }}
	for n, step := range []struct {
		later time.Duration
		sick  error
		want  error
		asked int
	}{
		{0, nil, nil, 1},
		{pulseFor - 1, errors.New("at db.internal: disk full"), nil, 1},
		{1, errors.New("at db.internal: disk full"), ErrStore, 2},
		{pulseFor - 1, nil, ErrStore, 2},
		{1, nil, nil, 3},
	} {
		clock.Advance(step.later)
		sick = step.sick
		if err := p.take(); !errors.Is(err, step.want) || asked != step.asked {
			t.Errorf("%d: %v after asking %d times", n, err, asked)
		}
	}
	if !strings.Contains(log.String(), "db.internal: disk full") || strings.Contains(ErrStore.Error(), "db.internal") {
		t.Errorf("the log, and not the answer, has the reason: %s", log)
	}
}

// A store that does not answer takes nothing, and is not asked by everybody.
func TestPulseOfASilentStore(t *testing.T) {
	clock, log := clockwork.NewFakeClock(), &testkit.Log{}
	begun, answer := make(chan struct{}, 9), make(chan struct{})
	p := &pulse{clock: clock, logger: log.Logger(), touch: func(context.Context) error {
		begun <- struct{}{}
		<-answer
		return nil
	}}
	told := make(chan error, 3)
	for range cap(told) {
		go func() { told <- p.take() }()
	}
	<-begun
	if err := clock.BlockUntilContext(t.Context(), cap(told)); err != nil {
		t.Fatal(err)
	}
	clock.Advance(pulseWithin)
	for range cap(told) {
		if err := <-told; !errors.Is(err, ErrStore) {
			t.Errorf("while it is silent: %v", err)
		}
	}
	if len(begun) != 0 {
		t.Errorf("it was asked %d times more", len(begun))
	}
	close(answer)
	testkit.Eventually(t, "it has answered", func() bool { return p.take() == nil })
}
