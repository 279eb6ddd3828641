package limit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/durable"
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
	var counters map[string]counter
	if err := json.Unmarshal(data, &counters); err != nil || counters == nil {
		return damaged(path)
	}
	held := map[string]int{}
	for _, c := range counters {
		if c.Used < 0 || c.End.IsZero() {
			return damaged(path)
		}
		held[c.Tenant]++
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counters, m.held = counters, held
	m.sweep(now)
	return nil
}

func damaged(path string) error {
	return fmt.Errorf("%s is damaged: remove it to begin all limits anew", path)
}

// Keep writes the counters to a file every second when they changed, and once
// more when ctx ends; only that last error is returned. One before is made good
// by the next second, and a full disk must not stop counting in memory.
func (m *Meter) Keep(ctx context.Context, path string, clock clockwork.Clock) error {
	ticker := clock.NewTicker(keepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return m.save(path)
		case <-ticker.Chan():
			_ = m.save(path) // tried again: what failed still counts as changed
		}
	}
}

// save writes what changed since the last save that went well.
func (m *Meter) save(path string) error {
	m.mu.Lock()
	if !m.changed {
		m.mu.Unlock()
		return nil
	}
	m.changed = false
	counters := maps.Clone(m.counters) // calls do not wait for JSON and the disk
	m.mu.Unlock()
	err := write(path, counters)
	if err != nil {
		m.mu.Lock()
		m.changed = true
		m.mu.Unlock()
	}
	return err
}

// encode is what json.Marshal would write, in no order: to sort the keys and to
// look at types costs more than all else about them.
func encode(counters map[string]counter) ([]byte, error) {
	out := make([]byte, 0, 192*len(counters)+2)
	out = append(out, '{')
	var err error
	for key, c := range counters {
		out = append(appendText(out, key), `:{"tenant":`...)
		out = append(appendText(out, c.Tenant), `,"used":`...)
		out = append(strconv.AppendInt(out, c.Used, 10), `,"end":"`...)
		if out, err = c.End.AppendText(out); err != nil {
			return nil, err
		}
		out = append(out, `"},`...)
	}
	return append(bytes.TrimSuffix(out, []byte(",")), '}'), nil
}

// appendText appends a JSON string; nearly all need no escapes.
func appendText(out []byte, text string) []byte {
	escapes := func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }
	if strings.ContainsFunc(text, escapes) {
		quoted, _ := json.Marshal(text) //nolint:errchkjson // a text has no error
		return append(out, quoted...)
	}
	return append(append(append(out, '"'), text...), '"')
}

func write(path string, counters map[string]counter) error {
	data, err := encode(counters)
	if err != nil {
		return err
	}
	return durable.Replace(path, data, 0o600)
}
