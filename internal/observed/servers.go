// Package observed is what the gateway last saw of the tools' MCP servers: the
// digest of each tool they offer. approvald asks the servers and writes it down;
// the checks follow the file, so that a tool whose server says something else
// than what was reviewed is refused and hidden at once, in every process.
//
// A catalog says what was reviewed, a file what was seen; a tool has changed
// when they differ. So it is the catalog's change alone that brings it back, and
// nothing here has to be told.
package observed

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Server is what one MCP server offers.
type Server struct {
	Tenant string            `json:"tenant"`
	Tool   string            `json:"tool"`
	Origin string            `json:"origin"` // with the path: elsewhere is another server
	Since  time.Time         `json:"since"`  // when it was first seen like this
	Tools  map[string]string `json:"tools"`  // digest by name
}

type key struct{ tenant, tool string }

// Servers are the servers of all tenants. The zero value knows none; it is safe
// for concurrent use.
type Servers struct {
	mu      sync.RWMutex
	all     map[key]Server
	writing sync.Mutex // held from reading all of them to the file's new name
}

// Of is the server of a tenant's tool, with nothing seen of it yet; false for a
// tool that is not over MCP.
func Of(tenantName string, tool *tenant.Tool) (Server, bool) {
	path, _, ok := tool.Catalog.MCP()
	return Server{Tenant: tenantName, Tool: tool.Name, Origin: tool.Origin + path}, ok
}

// Saw takes over what a server offers now. It says whether that is new.
func (s *Servers) Saw(seen Server) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{seen.Tenant, seen.Tool}
	if last, ok := s.all[k]; ok && last.Origin == seen.Origin && maps.Equal(last.Tools, seen.Tools) {
		return false
	}
	if s.all == nil {
		s.all = map[key]Server{}
	}
	s.all[k] = seen
	return true
}

// All are the servers that were seen, by tenant and tool.
func (s *Servers) All() []Server {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.SortedFunc(maps.Values(s.all), func(a, b Server) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Tool, b.Tool))
	})
}

// Changed says that the server of an action offers another tool than the one
// that was reviewed, or does not offer it any more. What was not seen yet has
// not changed: approvald looks before it sends the first call.
func (s *Servers) Changed(tenantName string, tool *tenant.Tool, act *action.Action) bool {
	name, digest, over := act.MCPTool()
	if !over {
		return false
	}
	of, ok := Of(tenantName, tool)
	if !ok {
		return true // an action of another tool
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	seen, known := s.all[key{tenantName, tool.Name}]
	return known && seen.Origin == of.Origin && seen.Tools[name] != digest
}
