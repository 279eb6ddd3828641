package foreign

import (
	"context"
	"encoding/json"
	"errors"
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
	atOnce       = 256       // connections
)

// source is where an issuer's keys are.
type source struct {
	url      string
	loopback bool
}

// keyName is what finds a key: two of one kid may be for two algorithms.
type keyName struct {
	kid       string
	algorithm jose.SignatureAlgorithm
}

// keySet is the last good answer of a source.
type keySet struct {
	keys    map[keyName]any
	fetched time.Time // when it was tried last
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
func (k *Keys) find(s source, name keyName) (any, bool) {
	set, ok := (*k.sets.Load())[s]
	if !ok {
		return nil, false
	}
	key, ok := set.keys[name]
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

// fetch asks one issuer. On an error the old keys stay. A set without a key that
// is taken here is an answer: what was shown before is worth nothing any more.
func fetch(ctx context.Context, s source, old keySet, now time.Time, logger *slog.Logger) keySet {
	got := keySet{fetched: now, missed: &atomic.Bool{}}
	keys, err := download(ctx, s)
	switch {
	case err != nil:
		got.keys, got.failed = old.keys, err.Error()
		if old.failed != got.failed {
			logger.WarnContext(ctx, "An issuer's keys could not be fetched and the last ones stay", "url", s.url, "error", err)
		}
	case len(keys) == 0:
		got.failed = "it shows no key that is taken here"
		if old.failed != got.failed {
			logger.WarnContext(ctx, "An issuer shows no key that is taken here, so none of its tokens is good", "url", s.url)
		}
	default:
		got.keys = keys
	}
	return got
}

func download(ctx context.Context, s source) (map[keyName]any, error) {
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
	var set struct {
		Keys *[]json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(data, &set) != nil || set.Keys == nil {
		return nil, errors.New("what it answers is no JWKS")
	}
	return usable(*set.Keys), nil
}

// usable are the keys of a set that verify signatures here. The others are passed
// over, as RFC 7517 says: a key of a kind that is new must not hide those beside it.
func usable(set []json.RawMessage) map[keyName]any {
	keys := map[keyName]any{}
	for _, text := range set {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) != nil || key.KeyID == "" || key.Use == "enc" {
			continue
		}
		for _, algorithm := range access.AlgorithmsOf(key.Key) {
			if key.Algorithm == "" || key.Algorithm == string(algorithm) {
				keys[keyName{key.KeyID, algorithm}] = key.Key
			}
		}
	}
	return keys
}
