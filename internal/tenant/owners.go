package tenant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/durable"
)

// Owners remembers in a file which tenant registered each (issuer, audience)
// first. Without it the first by name would have it after a restart, and a new
// tenant could take an old one's tokens. Processes on the same data share the
// file.
type Owners struct{ path string }

// NewOwners names a file that need not be there.
func NewOwners(path string) Owners { return Owners{path} }

// owned is one registration in the file.
type owned struct {
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
	Tenant   string `json:"tenant"`
}

// settle says what stands against each compiled tenant and writes down who owns
// what. What cannot be written down is nobody's: a tenant with registrations
// that are new then stays as it was.
func (o Owners) settle(live, compiled map[string]*Tenant, named map[string]bool) map[string]config.Problems {
	refused, err := o.change(func(r registry) map[string]config.Problems {
		r.keep(live, compiled, named)
		return r.admit(compiled)
	})
	if err == nil {
		return refused
	}
	refused = map[string]config.Problems{}
	for name, t := range compiled {
		if t != nil && len(t.Access.Issuers) > 0 {
			var problems config.Problems
			problems.Add(fileClients+": issuers", "who registered them first cannot be kept: "+err.Error(), nil)
			refused[name] = problems
		}
	}
	return refused
}

// change reads, changes and writes under the lock, which other processes keep
// to as well. The lock's file stays: to remove it would give two writers two.
func (o Owners) change(apply func(registry) map[string]config.Problems) (map[string]config.Problems, error) {
	lock, err := os.OpenFile(o.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return nil, err
	}
	r, err := o.read()
	if err != nil {
		return nil, err
	}
	before := maps.Clone(r)
	refused := apply(r)
	if maps.Equal(before, r) {
		return refused, nil
	}
	return refused, o.write(r)
}

func (o Owners) read() (registry, error) {
	r := registry{}
	data, err := os.ReadFile(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	var all []owned
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&all); err != nil {
		return nil, fmt.Errorf("%s is not what the gateway wrote: %w; restore it from a backup", o.path, err)
	}
	for _, one := range all {
		r[registration{one.Issuer, one.Audience}] = one.Tenant
	}
	return r, nil
}

func (o Owners) write(r registry) error {
	all := make([]owned, 0, len(r))
	for reg, name := range r {
		all = append(all, owned{reg.issuer, reg.audience, name})
	}
	slices.SortFunc(all, func(a, b owned) int {
		return strings.Compare(a.Issuer+"\x00"+a.Audience, b.Issuer+"\x00"+b.Audience)
	})
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return durable.Replace(o.path, append(data, '\n'), 0o600)
}
