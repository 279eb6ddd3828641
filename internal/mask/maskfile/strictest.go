package maskfile

import (
	"maps"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
)

// Strictest is a policy for a JSON answer that may be of any of the tools: it
// masks whatever one of them would mask, and takes no more bytes than each.
func (r Rules) Strictest(tools []string) mask.Policy {
	p := r.all
	p.Keys, p.Pass, p.Drop = maps.Clone(r.all.Keys), maps.Clone(r.all.Pass), maps.Clone(r.all.Drop)
	p.Media = []string{"application/json", "application/problem+json"}
	for _, tool := range tools {
		p = stricter(p, r.For(tool))
	}
	// A key that one tool passes is hidden all the same if another one names it.
	for key := range p.Keys {
		delete(p.Pass, key)
	}
	for key := range p.Drop {
		delete(p.Pass, key)
	}
	return p
}

// stricter adds b's masking to a, whose maps it changes. A key of two types hides
// its whole value.
func stricter(a, b mask.Policy) mask.Policy {
	a.Types |= b.Types
	a.Show &= b.Show
	a.Regions |= b.Regions
	a.MaxBody = min(a.MaxBody, b.MaxBody)
	for key, t := range b.Keys {
		if had, ok := a.Keys[key]; ok && had != t {
			t = pii.Text
		}
		if a.Keys == nil {
			a.Keys = map[string]pii.Type{}
		}
		a.Keys[key] = t
	}
	for key := range b.Drop {
		if a.Drop == nil {
			a.Drop = map[string]bool{}
		}
		a.Drop[key] = true
	}
	for key := range a.Pass {
		if !b.Pass[key] {
			delete(a.Pass, key)
		}
	}
	return a
}
