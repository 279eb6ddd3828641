package token

import "sync"

// Revoked is what is revoked now, for whoever keeps calls open: they end when
// their agent or their tool is revoked. The zero value revokes nothing. It is
// safe for concurrent use.
type Revoked struct {
	mu      sync.Mutex
	set     *Revocations
	waiting map[*waiting]bool
}

type waiting struct {
	id   Identity
	tool string
	end  func()
}

// Revoke replaces the set and ends what it speaks about.
func (r *Revoked) Revoke(set *Revocations) {
	var over []*waiting
	r.mu.Lock()
	r.set = set
	for w := range r.waiting {
		if set.ends(w.id, w.tool) {
			over = append(over, w)
			delete(r.waiting, w)
		}
	}
	r.mu.Unlock()
	for _, w := range over {
		w.end()
	}
}

// Has says whether an identity is revoked.
func (r *Revoked) Has(id Identity) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set != nil && r.set.has(id)
}

// AfterFunc calls end once, when an identity is revoked or a tool is switched off,
// unless stop is called before. It MUST return at once.
func (r *Revoked) AfterFunc(id Identity, tool string, end func()) (stop func()) {
	w := &waiting{id, tool, end}
	r.mu.Lock()
	over := r.set.ends(id, tool)
	if !over {
		if r.waiting == nil {
			r.waiting = map[*waiting]bool{}
		}
		r.waiting[w] = true
	}
	r.mu.Unlock()
	if over {
		end()
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waiting, w)
	}
}

func (r *Revocations) ends(id Identity, tool string) bool {
	return r != nil && (r.has(id) || r.Tools[id.Tenant+"/"+tool])
}
