package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/jonboulle/clockwork"
)

// Account is one customer of both services, with its own data and state.
type Account struct {
	Name       string // names the data set: "acme" or "globex"
	StripeKey  string // accepted as the bearer token or as the Basic user
	ZendeskKey string // `email/token:KEY`, accepted as Basic; KEY alone as bearer
	SlackKey   string // accepted as the bearer token; "" for an account without Slack
}

// Options are what New needs.
type Options struct {
	Accounts []Account // at least one; names and keys are distinct
	Clock    clockwork.Clock
}

// Provider serves all accounts.
type Provider struct {
	clock    clockwork.Clock
	accounts []Account

	mu       sync.Mutex
	state    map[string]*state // by account name
	journal  []Request
	received int
	faults   []Fault
}

// New makes a provider with the data of every account. It fails when an account
// has no data set, no key, or a key that another one has.
func New(o Options) (*Provider, error) {
	if o.Clock == nil || len(o.Accounts) == 0 {
		return nil, errors.New("provider: a clock and at least one account are needed")
	}
	seen := map[string]bool{}
	for _, a := range o.Accounts {
		if _, ok := seeds[a.Name]; !ok {
			return nil, fmt.Errorf("provider: no data set is named %q", a.Name)
		}
		for _, distinct := range []string{"name " + a.Name, a.StripeKey, a.ZendeskKey} {
			if distinct == "" || seen[distinct] {
				return nil, fmt.Errorf("provider: account %s: the name and both keys must be given and be distinct", a.Name)
			}
			seen[distinct] = true
		}
		if a.SlackKey != "" && seen[a.SlackKey] {
			return nil, fmt.Errorf("provider: account %s: its key of Slack is another one's", a.Name)
		}
		seen[a.SlackKey] = a.SlackKey != ""
	}
	p := &Provider{clock: o.Clock, accounts: o.Accounts}
	p.Reset()
	return p, nil
}

// Reset puts all data back to how New made it and forgets requests, idempotency
// keys and faults. Requests that are in flight end against the old data.
func (p *Provider) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = make(map[string]*state, len(p.accounts))
	for _, a := range p.accounts {
		p.state[a.Name] = newState(a.Name, p.clock.Now())
	}
	p.journal, p.faults = nil, nil
}

// Handler serves both services, at the paths that the real ones have.
func (p *Provider) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v1/"):
			p.serve(w, r, stripe{})
		case strings.HasPrefix(r.URL.Path, "/api/v2/"):
			p.serve(w, r, zendesk{})
		case strings.HasPrefix(r.URL.Path, "/api/"):
			p.serve(w, r, slack{})
		default:
			http.NotFound(w, r)
		}
	})
}

// Refunds are the refunds made of a charge, in the order they were made, over
// all accounts (charge ids are distinct).
func (p *Provider) Refunds(charge string) []Refund {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Refund
	for _, s := range p.state {
		for _, r := range s.refunds {
			if r.Charge == charge {
				out = append(out, *r)
			}
		}
	}
	return out
}

// Comments are the comments of a ticket, the oldest first, over all accounts
// (ticket ids are distinct).
func (p *Provider) Comments(ticket int64) []Comment {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Comment
	for _, s := range p.state {
		for _, c := range s.comments[ticket] {
			out = append(out, *c)
		}
	}
	return out
}
