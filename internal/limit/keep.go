package limit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/jonboulle/clockwork"
)

// keepEvery is how old a counter on disk can be: what a crash forgets.
const keepEvery = time.Second

// Load takes over the counters of a file that Keep wrote; an absent file has
// none. A damaged one is an error: silently free limits would be an opening.
func (m *Meter) Load(path string, now time.Time) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	counters := map[string]counter{}
	if err := json.Unmarshal(data, &counters); err != nil {
		return fmt.Errorf("%s is damaged: remove it to begin all limits anew", path)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counters = counters
	m.sweep(now)
	return nil
}

// Keep writes the counters to a file every second when they changed, and once
// more when ctx ends.
func (m *Meter) Keep(ctx context.Context, path string, clock clockwork.Clock) error {
	ticker := clock.NewTicker(keepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return m.save(path)
		case <-ticker.Chan():
			if err := m.save(path); err != nil {
				return err
			}
		}
	}
}

// save replaces the file at once: a reader sees the old one or the new one.
func (m *Meter) save(path string) error {
	m.mu.Lock()
	if !m.changed {
		m.mu.Unlock()
		return nil
	}
	m.changed = false
	data, err := json.Marshal(m.counters)
	m.mu.Unlock()
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".limits-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
