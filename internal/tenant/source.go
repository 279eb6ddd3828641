package tenant

import "context"

// Bundle is one immutable version of a tenant's files.
type Bundle struct {
	Name    string            // the tenant's name, the folder's name in a file source
	Files   map[string][]byte // by slash-separated name inside the bundle
	Version string            // "sha256:…" over names and contents, as Version computes it
}

// Source is where bundles come from.
type Source interface {
	// Watch sends every tenant's bundle, sorted by name, whenever one of them
	// changed. The first value is complete: whoever serves waits for it. A
	// source that cannot be read returns an error at once; one that fails later
	// keeps its last value and reports through its own health. The channel is
	// closed when ctx ends.
	Watch(ctx context.Context) (<-chan []Bundle, error)
}
