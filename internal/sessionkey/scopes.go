package sessionkey

import (
	"strings"
	"sync"

	"github.com/sallyport/sallyport/internal/surrogate"
)

// maxScopes is how many scopes are kept.
const maxScopes = 8192

// Scopes spells the headers that tell the mask what to seal with. It keeps them,
// because a session calls often; it is safe for concurrent use.
type Scopes struct {
	source Source
	mu     sync.Mutex
	keys   Keys // of what was made
	made   map[scoped]string
}

type scoped struct{ tenant, session, customer, tool string }

// NewScopes returns Scopes under a source's keys. Without keys there are none.
func NewScopes(source Source) *Scopes { return &Scopes{source: source, made: map[scoped]string{}} }

// Header is the scope of an answer of a tool in a session, about a customer or,
// when that is "", about nobody that is known; "" when the session has no name.
func (s *Scopes) Header(tenant, session, tool, customer string) string {
	at := scoped{tenant, session, customer, tool}
	s.mu.Lock()
	defer s.mu.Unlock()
	if keys := s.source(); !keys.same(s.keys) {
		s.keys = keys
		clear(s.made)
	}
	if header, ok := s.made[at]; ok {
		return header
	}
	key, ok := s.keys.Derive(tenant, session)
	if !ok {
		return ""
	}
	if len(s.made) >= maxScopes {
		clear(s.made)
	}
	header := surrogate.Scope{Key: key, Subject: s.keys.Subject(tenant, session, customer), Tool: tool}.Header()
	at.customer = strings.Clone(customer) // it may be cut out of a whole request
	s.made[at] = header
	return header
}

// Digest is Keys.Digest.
func (s *Scopes) Digest(tenant, digest string) string { return s.source().Digest(tenant, digest) }

// same says that two are one slice, as those of a Source that did not change.
func (k Keys) same(other Keys) bool {
	return len(k) == len(other) && (len(k) == 0 || &k[0] == &other[0])
}
