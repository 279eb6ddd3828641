package provider

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Effects count what was done since the last Reset, by what it was done to:
// refunds by charge, comments added by ticket, and the others when there are any.
type Effects struct {
	Refunds  map[string]int `json:"refunds"`
	Comments map[string]int `json:"comments"`
	Updates  map[string]int `json:"updates,omitempty"`  // of customers and subscriptions
	Deleted  map[string]int `json:"deleted,omitempty"`  // customers
	Messages map[string]int `json:"messages,omitempty"` // by channel of Slack
}

// Control serves the tests' side:
//
//	POST /_fake/faults    a Fault; 204, or 400 with the reason
//	GET  /_fake/requests  every Request received
//	GET  /_fake/effects   Effects
//	POST /_fake/reset     starts afresh; 204
func (p *Provider) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_fake/faults", p.postFault)
	mux.HandleFunc("GET /_fake/requests", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, p.Requests()) })
	mux.HandleFunc("GET /_fake/effects", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, p.Effects()) })
	mux.HandleFunc("POST /_fake/reset", func(w http.ResponseWriter, _ *http.Request) {
		p.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func (p *Provider) postFault(w http.ResponseWriter, r *http.Request) {
	var f Fault
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	err := dec.Decode(&f)
	if err == nil {
		err = p.Inject(f)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Effects counts over all accounts.
func (p *Provider) Effects() Effects {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := Effects{Refunds: map[string]int{}, Comments: map[string]int{}}
	for name, s := range p.state {
		for _, r := range s.refunds {
			out.Refunds[r.Charge]++
		}
		out.count(s)
		for _, t := range seeds[name].tickets {
			if added := len(s.comments[t.id]) - len(t.messages); added > 0 {
				out.Comments[strconv.FormatInt(t.id, 10)] = added
			}
		}
	}
	return out
}

func (e *Effects) count(s *state) {
	add := func(to *map[string]int, name string, n int) {
		if *to == nil {
			*to = map[string]int{}
		}
		(*to)[name] += n
	}
	for id, n := range s.updates {
		add(&e.Updates, id, n)
	}
	for id := range s.deleted {
		add(&e.Deleted, id, 1)
	}
	for _, m := range s.messages {
		add(&e.Messages, m.channel, 1)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
