package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// lasting is a provider that outlives the gateway whose example it is, and can keep the
// answer to a refund that it has made.
type lasting struct {
	server  *httptest.Server
	serves  atomic.Pointer[provider.Provider]
	keeps   atomic.Bool
	made    chan struct{} // a refund is made, and its answer kept
	release chan struct{}
}

func newLasting(t *testing.T) *lasting {
	l := &lasting{made: make(chan struct{}), release: make(chan struct{})}
	l.server = httptest.NewServer(l)
	t.Cleanup(l.server.Close)
	return l
}

func (l *lasting) address() string { return l.server.Listener.Addr().String() }

// ServeHTTP is the provider's.
func (l *lasting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/v1/refunds") || r.Method != http.MethodPost || !l.keeps.CompareAndSwap(true, false) {
		l.serves.Load().Handler().ServeHTTP(w, r)
		return
	}
	kept := httptest.NewRecorder()
	l.serves.Load().Handler().ServeHTTP(kept, r)
	l.made <- struct{}{}
	<-l.release
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(kept.Code)
	_, _ = w.Write(kept.Body.Bytes())
}

// asked are the refunds that a provider was asked for, by their key.
func (l *lasting) asked() (n int, keys map[string]bool) {
	keys = map[string]bool{}
	for _, r := range l.serves.Load().Requests() {
		if r.Method == http.MethodPost && r.Path == "/v1/refunds" {
			n++
			keys[r.Header.Get("idempotency-key")] = true
		}
	}
	return n, keys
}

// An effect is on its way at its provider, which has made it and not answered yet, when
// the gateway ends. The next one settles it: it was done once.
func TestEffectOnItsWayWhenTheGatewayEnds(t *testing.T) {
	for name, c := range map[string]struct {
		external []up.Service
		tries    int // at the provider, all under one key
	}{
		"killed":  {[]up.Service{up.Approvald}, 2},
		"stopped": {nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLasting(t)
			first := rig.Start(t, rig.Options{Origin: l.address(), External: c.external})
			l.serves.Store(first.Provider())
			var process *rig.Process
			if c.external != nil {
				process = first.Alone(t, "approvald")
			}
			testkit.Eventually(t, "the Desk answers", func() bool { return first.DeskAnswers(t) })
			charge, token := first.Charge(t, "acme", "cus_ada", "usd"), first.Token(rig.Billing("acme", "cus_ada"))
			l.keeps.Store(true)
			heard := make(chan answer, 1)
			go func() { heard <- refund(t, first, token, charge, "1000", "idempotency-key", "k-1") }()
			<-l.made
			if process != nil {
				process.Kill()
				if got := <-heard; got.status != http.StatusConflict || !strings.Contains(got.body, `"code":"outcome_lost"`) {
					t.Errorf("who called is told %d %s", got.status, got.body)
				}
				close(l.release)
				first.Stop()
			} else {
				ended := make(chan struct{})
				go func() { defer close(ended); first.Stop() }()
				testkit.Eventually(t, "it takes no calls", func() bool { return !first.DeskAnswers(t) })
				close(l.release)
				if got := <-heard; got.status != http.StatusOK {
					t.Errorf("who called is told %d %s", got.status, got.body)
				}
				<-ended
			}

			second := rig.Start(t, rig.Options{Again: first, Origin: l.address()})
			second.Clock.Advance(10 * time.Minute) // what is on its way cannot land any more
			testkit.Eventually(t, "it is settled", func() bool { return second.State(t, charge) == "succeeded" })
			again := refund(t, second, second.Token(rig.Billing("acme", "cus_ada")), charge, "1000", "idempotency-key", "k-1")
			if again.status != http.StatusOK || again.header.Get("x-sallyport-replayed") != "true" {
				t.Errorf("the same call afterwards: %d %s", again.status, again.body)
			}
			once(t, first, charge, 1000)
			if n, keys := l.asked(); n != c.tries || len(keys) != 1 {
				t.Errorf("the provider was asked %d times, under %d keys", n, len(keys))
			}
		})
	}
}
