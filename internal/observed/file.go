package observed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/follow"
)

// File is where Servers stand between processes.
type File struct{ path string }

// NewFile names a file that need not be there.
func NewFile(path string) File { return File{path} }

// Write replaces the file, so that nobody ever reads half of it.
func (f File) Write(s *Servers) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	data, err := json.MarshalIndent(s.All(), "", "  ")
	if err != nil {
		return err
	}
	return durable.Replace(f.path, append(data, '\n'), 0o600)
}

// Load takes over what the file says. A file that is not there says nothing; one
// that cannot be read leaves what was known.
func (f File) Load(s *Servers) error {
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var all []Server
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&all); err != nil {
		return fmt.Errorf("%s is not what the gateway wrote: %w; remove it and start again", f.path, err)
	}
	next := make(map[key]Server, len(all))
	for _, server := range all {
		next[key{server.Tenant, server.Tool}] = server
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = next
	return nil
}

// Follow keeps Servers equal to the file until ctx ends.
func (f File) Follow(ctx context.Context, s *Servers, clock clockwork.Clock, logger *slog.Logger) error {
	return follow.File(ctx, clock, logger, "What MCP servers offer could not be read and the last stays", func() error { return f.Load(s) })
}
