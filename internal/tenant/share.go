package tenant

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/shared"
)

// What tenants have in common.
var (
	catalogs shared.Things[content, action.Catalog]
	limits   shared.Things[content, limit.Limits]
	toolsets shared.Things[content, toolset]
	engines  shared.Things[content, policy.Engine]
)

// content is a digest of all that a thing is made of.
type content [sha256.Size]byte

func contentOf(parts ...string) content {
	h := sha256.New()
	for _, part := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return content(h.Sum(nil))
}

// toolset is all tools of a tenant.
type toolset struct{ tools []*Tool }

// toolParts are what a toolset is made of: tools.yaml and the catalogs it names.
func (l *loader) toolParts() []string {
	out := []string{string(l.bundle.Files[fileTools])}
	for _, tool := range l.tenant.Tools {
		out = append(out, tool.Catalog.Version())
	}
	return out
}

// shareTools takes the tools of a tenant that has the same, if there is one.
func (l *loader) shareTools() {
	l.tenant.toolset, _ = toolsets.Get(contentOf(l.toolParts()...), func() (*toolset, error) { // it never fails
		return &toolset{l.tenant.Tools}, nil
	})
	l.tenant.Tools = l.tenant.toolset.tools
}

// compile compiles rules, or finds the engine that was made of the same.
func (l *loader) compile(model, rules []byte) (*policy.Engine, config.Problems) {
	source := l.rules(model, rules)
	parts := append(l.toolParts(), string(model), string(rules), fmt.Sprintf("%q %q", source.Sums, source.Groups))
	return unlessMistaken(&engines, contentOf(parts...), func() (*policy.Engine, config.Problems) { return policy.Compile(source) })
}

// compileCatalog compiles a catalog, or finds the one that was made of the same.
func compileCatalog(file string, data []byte) (*action.Catalog, config.Problems) {
	return unlessMistaken(&catalogs, contentOf(file, string(data)), func() (*action.Catalog, config.Problems) { return action.Compile(file, data) })
}

// parseLimits reads limits, or finds those that were made of the same.
func parseLimits(file string, data []byte) (*limit.Limits, config.Problems) {
	return unlessMistaken(&limits, contentOf(file, string(data)), func() (*limit.Limits, config.Problems) { return limit.Parse(file, data) })
}

// errMistaken is of what has problems, which is not shared.
var errMistaken = errors.New("mistaken")

func unlessMistaken[T any](all *shared.Things[content, T], key content, build func() (*T, config.Problems)) (made *T, problems config.Problems) {
	found, err := all.Get(key, func() (*T, error) {
		if made, problems = build(); made == nil || len(problems) > 0 {
			return nil, errMistaken
		}
		return made, nil
	})
	if err != nil {
		return made, problems
	}
	return found, nil
}
