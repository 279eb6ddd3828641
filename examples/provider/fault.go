package provider

import (
	"fmt"
	"strings"
)

// Kinds of faults.
const (
	DropBefore        = "drop_before"         // the connection closes, nothing was done
	DropAfterEffect   = "drop_after_effect"   // the request is done, then the connection closes
	Slow              = "slow"                // the request is done after DelayMS of the clock
	Status            = "status"              // Status is answered, nothing was done
	StatusAfterEffect = "status_after_effect" // the request is done, then Status is answered
)

// Fault is something that shall go wrong with the next requests that match it.
type Fault struct {
	Fault   string `json:"fault"`    // one of the kinds
	Method  string `json:"method"`   // "" for any
	Path    string `json:"path"`     // exact, or a prefix that ends in "*"
	Status  int    `json:"status"`   // 400 to 599, for the two status kinds
	DelayMS int64  `json:"delay_ms"` // for Slow
	Times   int    `json:"times"`    // how many requests it meets; 0 means one
}

// Inject adds a fault behind those already there; a request meets the first
// one that matches it. It fails when the fault could never be met.
func (p *Provider) Inject(f Fault) error {
	switch f.Fault {
	case DropBefore, DropAfterEffect:
	case Slow:
		if f.DelayMS <= 0 {
			return fmt.Errorf("fault %s: delay_ms must be more than 0 (got %d)", f.Fault, f.DelayMS)
		}
	case Status, StatusAfterEffect:
		if f.Status < 400 || f.Status > 599 {
			return fmt.Errorf("fault %s: status must be 400 to 599 (got %d)", f.Fault, f.Status)
		}
	default:
		return fmt.Errorf("fault %q is not known", f.Fault)
	}
	if !strings.HasPrefix(f.Path, "/") || f.Times < 0 {
		return fmt.Errorf("fault %s: path must begin with / and times must not be negative", f.Fault)
	}
	f.Times = max(f.Times, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, f)
	return nil
}

// takeFault uses up one time of the first fault that matches.
func (p *Provider) takeFault(method, path string) Fault {
	for i := range p.faults {
		f := &p.faults[i]
		if f.Times == 0 || !f.meets(method, path) {
			continue
		}
		f.Times--
		return *f
	}
	return Fault{}
}

func (f Fault) meets(method, path string) bool {
	if f.Method != "" && f.Method != method {
		return false
	}
	if prefix, ok := strings.CutSuffix(f.Path, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return f.Path == path
}
