package provider

import (
	"net/http"
	"slices"
)

// maxJournal is how many requests are remembered; the oldest go first.
const maxJournal = 10_000

// Request is one request as it was received, with its key.
type Request struct {
	ID     int         `json:"id"` // counts from 1
	Method string      `json:"method"`
	Path   string      `json:"path"` // with its query
	Header http.Header `json:"headers"`
	Body   string      `json:"body"`
	Status int         `json:"status"` // 0 while in flight, and when the connection was dropped
}

// Requests are the requests received since the last Reset, in their order; the
// last 10,000 are kept.
func (p *Provider) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.journal)
}

// note is called with the lock held.
func (p *Provider) note(r Request) {
	if len(p.journal) >= maxJournal {
		p.journal = slices.Delete(p.journal, 0, maxJournal/10)
	}
	p.journal = append(p.journal, r)
}

// finish writes the status of a request, unless it was forgotten meanwhile.
func (p *Provider) finish(id, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.journal) - 1; i >= 0; i-- {
		if p.journal[i].ID == id {
			p.journal[i].Status = status
			return
		}
	}
}
