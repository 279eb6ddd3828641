package issuer

import (
	"sync"

	"github.com/sallyport/sallyport/internal/grant"
)

// maxAssertions is how many assertions of one client are remembered until they
// expire.
const maxAssertions = 1 << 14

// used remembers the assertions of each client by themselves: one that signs
// without end shuts nobody out but itself.
type used struct {
	mu      sync.Mutex
	clients map[string]*grant.Nonces
}

func newUsed() *used { return &used{clients: map[string]*grant.Nonces{}} }

// by is what a client has used. Its name MUST be verified: it stays for ever.
func (u *used) by(client string) *grant.Nonces {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.clients[client]
	if n == nil {
		n = grant.NewNonces(maxAssertions)
		u.clients[client] = n
	}
	return n
}
