package up

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sallyport/sallyport/controlplane/store"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/tenant"
)

// base is what every service of a process stands on.
type base struct {
	config   Config
	paths    paths
	ring     *keyring.Ring
	secrets  *secret.Cache
	file     *secret.File
	tenants  *tenant.Set
	follower *tenant.Follower
	metrics  *prometheus.Registry
	takes    atomic.Pointer[func() error] // whether the ledger's store takes effects; nil where there is none
}

// newBase opens the data folder. It makes what is not there yet.
func newBase(c Config) (*base, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	p := c.paths()
	for _, dir := range []string{p.data, p.local, p.run, p.keys(), filepath.Dir(p.ledger()), p.envoy(), p.clickhouse(), p.spool(Extauthz), p.spool(Approvald), p.spool(Issuer)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder cannot be made: %w; choose another one with --data", err)
		}
	}
	if err := daemon.NoCoreDumps(); err != nil {
		return nil, err
	}
	ring, err := keyring.Open(p.keys())
	if err != nil {
		return nil, err
	}
	file, err := secret.OpenFile(p.secrets(), p.identity())
	if err != nil {
		return nil, err
	}
	source, err := store.NewFolder(store.Options{Root: c.Tenants, Clock: c.Clock, Logger: c.Logger})
	if err != nil {
		return nil, err
	}
	set := tenant.NewSet()
	return &base{
		config: c, paths: p, ring: ring, file: file, secrets: secret.NewCache(),
		tenants: set, follower: tenant.NewFollower(source, set, tenant.NewOwners(p.issuers()), c.Logger),
		metrics: newMetrics(),
	}, nil
}

// keep reads a secret string of the data folder, or makes it. Of two processes that
// make it one wins.
func keep(path string) (string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := durable.Create(path, []byte(random()+"\n"), 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		data, err = os.ReadFile(path)
	}
	return strings.TrimSpace(string(data)), err
}

// random is 192 bits in hex.
func random() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// follow keeps tenants, secrets and signing keys up to date until ctx ends; ready is closed
// once they are complete.
func (b *base) follow(ctx context.Context, ready chan<- struct{}, changed func()) error {
	all, err := b.file.Load() // or the first calls would find no credential
	if err != nil {
		return err
	}
	b.secrets.Swap(all)
	failed := make(chan error, 3)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { failed <- secret.Follow(ctx, b.file, b.secrets, b.config.Clock, b.config.Logger) }()
	go func() { failed <- b.ring.Follow(ctx, b.config.Clock, b.config.Logger) }()
	first := true
	go func() {
		failed <- b.follower.Run(ctx, func() {
			changed()
			if first {
				first = false
				close(ready)
			}
		})
	}()
	err = <-failed
	cancel()
	return errors.Join(err, <-failed, <-failed)
}
