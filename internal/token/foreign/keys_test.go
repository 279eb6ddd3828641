package foreign

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/token/access"
)

// An issuer that does not answer keeps no other one waiting, and is asked once at
// a time; one that is not registered any more is forgotten.
func TestEachIssuerIsFetchedByItself(t *testing.T) {
	asked, release := atomic.Int64{}, make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		<-release
	}))
	t.Cleanup(hanging.Close)
	p, keys, logger := newProvider(t), NewKeys(), slog.New(slog.DiscardHandler)
	slow, quick := p.registration(), p.registration()
	slow.JWKS = hanging.URL
	until := func(what string, is func() bool) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); !is(); runtime.Gosched() {
			if time.Now().After(deadline) {
				close(release)
				t.Fatal(what)
			}
		}
	}
	found := func() bool { _, ok := keys.find(source{quick.JWKS, true}, keyName{"ed", jose.EdDSA}); return ok }
	keys.refresh(t.Context(), []*access.Issuer{slow, quick}, now, logger)
	until("it waits for the slow one", found)
	until("the slow one is not asked", func() bool { return asked.Load() == 1 })
	p.show("ec")
	keys.refresh(t.Context(), []*access.Issuer{slow, quick}, now.Add(refreshEvery), logger)
	until("the next turn waits for the slow one", func() bool { return !found() })
	if n := asked.Load(); n != 1 {
		t.Errorf("the slow one is asked %d times at once", n)
	}
	close(release)
	keys.fetching.Wait()
	keys.refresh(t.Context(), []*access.Issuer{slow}, now.Add(refreshEvery), logger)
	if _, ok := (*keys.sets.Load())[source{quick.JWKS, true}]; ok {
		t.Error("keys of an issuer that is gone are kept")
	}
}
