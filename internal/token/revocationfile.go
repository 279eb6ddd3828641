package token

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/follow"
)

// RevocationFile is a file of JSON lines that only grows: whoever can write it
// can revoke, and nobody needs a gateway that runs. An entry stays for ever; a
// token of its time is long expired.
type RevocationFile struct{ path string }

// NewRevocationFile names a file that need not be there.
func NewRevocationFile(path string) RevocationFile { return RevocationFile{path} }

// Add appends an entry; it is durable when Add returns nil.
func (f RevocationFile) Add(r Revocation) error {
	switch {
	case (r.Agent != "" || r.Session != "" || r.Tool != "") && r.Tenant == "":
		return errors.New("an agent, a session or a tool is one of a tenant: name it")
	case r.Restore && r.Tool == "":
		return errors.New("only a tool can be restored")
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n')) // one write, so that two of them do not mix
	return errors.Join(err, file.Sync(), file.Close())
}

// Now adds an entry that counts from now on and returns it as it was added. Tokens
// know whole seconds: one that was issued in this one goes too.
func (f RevocationFile) Now(now time.Time, r Revocation) (Revocation, error) {
	r.At = now.UTC().Truncate(time.Second).Add(time.Second)
	return r, f.Add(r)
}

// List returns all entries, the oldest first. A line that cannot be read is an
// error: it may be the one that matters.
func (f RevocationFile) List() ([]Revocation, error) {
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f.parse(data)
}

func (f RevocationFile) parse(data []byte) ([]Revocation, error) {
	var out []Revocation
	number := 0
	for line := range bytes.Lines(data) {
		number++
		var r Revocation
		strict := json.NewDecoder(bytes.NewReader(line))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&r); err != nil || r.At.IsZero() || r.Restore && r.Tool == "" {
			return nil, fmt.Errorf("%s:%d is no revocation: mend the line, or remove it and revoke anew", f.path, number)
		}
		out = append(out, r)
	}
	return out, nil
}

// Revocable is who holds to a set of what is revoked: a Verifier or Revoked.
type Revocable interface{ Revoke(set *Revocations) }

// Load puts the file's set in force.
func (f RevocationFile) Load(v Revocable) error {
	entries, err := f.List()
	if err != nil {
		return err
	}
	v.Revoke(setOf(entries))
	return nil
}

// Follow keeps the set in force equal to the file until ctx ends, then returns
// nil. While the file cannot be read, or has fewer entries than it had, the last
// set stays: nothing comes back because somebody is writing. To take an entry
// back, remove its line and start the gateway again.
func (f RevocationFile) Follow(ctx context.Context, v Revocable, clock clockwork.Clock, logger *slog.Logger) error {
	most := 0
	return follow.File(ctx, clock, logger, "Revocations could not be read and the last ones stay", func() error {
		entries, err := f.List()
		switch {
		case err != nil:
			return err
		case len(entries) < most:
			return fmt.Errorf("%s has %d entries less than it had", f.path, most-len(entries))
		}
		most = len(entries)
		v.Revoke(setOf(entries))
		return nil
	})
}
