package tenant

import "context"

// Bundle is one immutable version of a tenant's files.
type Bundle struct {
	Name    string            // the tenant's name, the folder's name in a file source
	Files   map[string][]byte // by slash-separated name inside the bundle
	Version string            // "sha256:…" over what decides, as Version computes it
	Shadow  string            // the same of its shadow, as ShadowVersion computes it; "" without one
	Unread  string            // why its files cannot be read now, in which case the others are those read last; else ""
}

// Same says that two bundles of a tenant are the same to whoever loads them.
func (b Bundle) Same(other Bundle) bool {
	return b.Name == other.Name && b.Version == other.Version && b.Shadow == other.Shadow && b.Unread == other.Unread
}

// Source is where bundles come from.
type Source interface {
	// Watch sends every tenant's bundle, sorted by name, whenever one of them
	// changed. The first value is complete: whoever serves waits for it. A
	// single tenant that cannot be read is there with Unread, and keeps no other
	// from being served. A source that cannot be read at all returns an error at
	// once; one that fails later keeps its last value and says so in its log. The
	// channel is closed when ctx ends.
	Watch(ctx context.Context) (<-chan []Bundle, error)
}
