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
	atOnce       = 256 // connections
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
	sets     atomic.Pointer[map[source]keySet]
	mu       sync.Mutex // held to change sets and busy
	busy     map[source]bool
	fetching sync.WaitGroup
	room     chan struct{}
}

// NewKeys returns a Keys without any; Follow fetches them.
func NewKeys() *Keys {
	k := &Keys{busy: map[source]bool{}, room: make(chan struct{}, atOnce)}
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
	defer k.fetching.Wait()
	for {
		k.refresh(ctx, list(), clock.Now(), logger)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
	}
}

// refresh begins to fetch what is due, each issuer by itself so that none waits
// for a slow one, and forgets what is not registered any more.
func (k *Keys) refresh(ctx context.Context, issuers []*access.Issuer, now time.Time, logger *slog.Logger) {
	k.mu.Lock()
	defer k.mu.Unlock()
	sets, listed := *k.sets.Load(), map[source]bool{}
	for _, i := range issuers {
		s := source{i.JWKS, i.Loopback}
		listed[s] = true
		old, known := sets[s]
		if k.busy[s] || known && !due(old, now) {
			continue
		}
		k.busy[s] = true
		k.fetching.Go(func() {
			k.room <- struct{}{}
			got := fetch(ctx, s, old, now, logger)
			<-k.room
			k.took(s, got)
		})
	}
	kept := maps.Clone(sets)
	maps.DeleteFunc(kept, func(s source, _ keySet) bool { return !listed[s] })
	if len(kept) != len(sets) {
		k.sets.Store(&kept)
	}
}

// took takes over what one issuer answered.
func (k *Keys) took(s source, got keySet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.busy, s)
	next := maps.Clone(*k.sets.Load())
	next[s] = got
	k.sets.Store(&next)
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
