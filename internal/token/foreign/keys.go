package foreign

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/egress"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Times and bounds of fetching keys.
const (
	lookEvery    = time.Second
	refreshEvery = 5 * time.Minute
	retryAfter   = 10 * time.Second // after a failure, and after a token with an unknown key
	fetchWithin  = 10 * time.Second
	maxSet       = 256 << 10 // bytes
	maxKeys      = 64
	atOnce       = 4
)

// source is where an issuer's keys are.
type source struct {
	url      string
	loopback bool
}

// keySet is the last good answer of a source.
type keySet struct {
	keys    map[string]any // by kid
	fetched time.Time      // when it was tried last
	failed  string
	missed  *atomic.Bool // somebody asked for a key that is not there
}

// Keys holds the keys of all registered issuers. Finding one is a look into
// memory.
type Keys struct {
	sets atomic.Pointer[map[source]keySet]
}

// NewKeys returns a Keys without any; Follow fetches them.
func NewKeys() *Keys {
	k := &Keys{}
	k.sets.Store(&map[source]keySet{})
	return k
}

// find returns a key. One that is not there is looked for soon.
func (k *Keys) find(s source, kid string) (any, bool) {
	set, ok := (*k.sets.Load())[s]
	if !ok {
		return nil, false
	}
	key, ok := set.keys[kid]
	if !ok && !set.missed.Load() {
		set.missed.Store(true)
	}
	return key, ok
}

// Follow keeps the keys of the issuers in list until ctx ends, then returns nil.
func (k *Keys) Follow(ctx context.Context, list func() []*access.Issuer, clock clockwork.Clock, logger *slog.Logger) error {
	ticker := clock.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		k.refresh(ctx, list(), clock.Now(), logger)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
	}
}

// refresh fetches what is due, a few at once, and forgets what is not registered
// any more.
func (k *Keys) refresh(ctx context.Context, issuers []*access.Issuer, now time.Time, logger *slog.Logger) {
	before, next := *k.sets.Load(), map[source]keySet{}
	var mu sync.Mutex
	var group sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for _, i := range issuers {
		s := source{i.JWKS, i.Loopback}
		old, known := before[s]
		mu.Lock()
		_, twice := next[s]
		mu.Unlock()
		if twice {
			continue
		}
		if !known {
			old = keySet{missed: &atomic.Bool{}}
		}
		mu.Lock()
		next[s] = old
		mu.Unlock()
		if known && !due(old, now) {
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			room <- struct{}{}
			defer func() { <-room }()
			got := fetch(ctx, s, old, now, logger)
			mu.Lock()
			defer mu.Unlock()
			next[s] = got
		}()
	}
	group.Wait()
	if !maps.EqualFunc(before, next, func(a, b keySet) bool { return a.fetched.Equal(b.fetched) }) {
		k.sets.Store(&next)
	}
}

func due(s keySet, now time.Time) bool {
	rest := refreshEvery
	if s.failed != "" || s.missed.Load() {
		rest = retryAfter
	}
	return now.Sub(s.fetched) >= rest
}

// fetch asks one issuer. On an error the old keys stay.
func fetch(ctx context.Context, s source, old keySet, now time.Time, logger *slog.Logger) keySet {
	keys, err := download(ctx, s)
	if err != nil {
		if old.failed != err.Error() {
			logger.WarnContext(ctx, "An issuer's keys could not be fetched and the last ones stay", "url", s.url, "error", err)
		}
		return keySet{keys: old.keys, fetched: now, failed: err.Error(), missed: &atomic.Bool{}}
	}
	return keySet{keys: keys, fetched: now, missed: &atomic.Bool{}}
}

func download(ctx context.Context, s source) (map[string]any, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	client := egress.Client(s.loopback, fetchWithin)
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxSet+1))
	if err != nil || response.StatusCode != http.StatusOK || len(data) > maxSet {
		return nil, fmt.Errorf("it answers %d with %d bytes", response.StatusCode, len(data))
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, fmt.Errorf("what it answers is no JWKS")
	}
	keys := map[string]any{}
	for _, key := range set.Keys {
		if key.KeyID != "" && key.Use != "enc" && access.AlgorithmsOf(key.Key) != nil && len(keys) < maxKeys {
			keys[key.KeyID] = key.Key
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("it shows no key that is taken here")
	}
	return keys, nil
}
