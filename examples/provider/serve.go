package provider

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxBody is what a request may carry.
const maxBody = 1 << 20

// request is what a service sees of an HTTP request.
type request struct {
	id     string
	method string
	path   string
	query  string
	header http.Header
	body   []byte
	now    time.Time
}

// response is what a service answers.
type response struct {
	status int
	header http.Header
	body   any
	// stored is false for answers that Stripe does not keep under an
	// idempotency key, because nothing was begun.
	stored bool
}

// service is one of the two APIs. Its methods are called with the lock held.
type service interface {
	authorised(Account, http.Header) bool
	handle(*state, request) response
	fail(status int, code, message string) response
	// key is the idempotency key to honour; "" for none.
	key(request) string
}

// serve runs one request: note it, know its account, claim its idempotency key,
// meet its fault, do it, keep the answer, send it.
func (p *Provider) serve(w http.ResponseWriter, r *http.Request, s service) {
	req, index, fault, err := p.receive(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	if fault.Fault == DropBefore {
		p.drop(index)
	}
	res := p.answer(req, fault, s)
	switch fault.Fault {
	case DropAfterEffect:
		p.drop(index)
	case StatusAfterEffect:
		res = s.fail(fault.Status, "", "An error was injected after the effect.")
	}
	p.write(w, index, req, res)
}

// answer is everything between the receipt and the sending.
func (p *Provider) answer(req request, fault Fault, s service) response {
	account, ok := p.account(req.header, s)
	if !ok {
		return s.fail(http.StatusUnauthorized, "", "Invalid API Key provided.")
	}
	if fault.Fault == Status {
		return s.fail(fault.Status, "", "An error was injected.")
	}
	p.mu.Lock()
	data := p.state[account.Name]
	entry, early := data.claim(s.key(req), req)
	p.mu.Unlock()
	if early != nil {
		return *early
	}
	if fault.Fault == Slow {
		// The work goes on when the client leaves, as it would at the provider.
		<-p.clock.After(time.Duration(fault.DelayMS) * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	res := s.handle(data, req)
	data.settle(entry, res)
	return res
}

// receive notes the request in the journal and takes the fault meant for it.
func (p *Provider) receive(r *http.Request) (request, int, Fault, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return request{}, 0, Fault{}, err
	}
	if len(body) > maxBody {
		return request{}, 0, Fault{}, fmt.Errorf("the body has more than %d bytes", maxBody)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.received++
	req := request{
		id: fmt.Sprintf("req_%06d", p.received), method: r.Method, path: r.URL.Path, query: r.URL.RawQuery,
		header: r.Header, body: body, now: p.clock.Now(),
	}
	p.note(Request{ID: p.received, Method: req.method, Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body)})
	return req, p.received, p.takeFault(r.Method, r.URL.Path), nil
}

// drop closes the connection without an answer. net/http keeps this panic to
// itself; it works for HTTP/1 and HTTP/2 alike, which hijacking does not.
func (p *Provider) drop(index int) {
	p.finish(index, 0)
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http offers no other way
}

func (p *Provider) write(w http.ResponseWriter, index int, req request, res response) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(res.body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.finish(index, res.status)
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-cache, no-store")
	header.Set("Request-Id", req.id)
	for name, values := range res.header {
		header[name] = values
	}
	w.WriteHeader(res.status)
	_, _ = w.Write(body.Bytes())
}

func (p *Provider) account(h http.Header, s service) (Account, bool) {
	for _, a := range p.accounts {
		if s.authorised(a, h) {
			return a, true
		}
	}
	return Account{}, false
}

// same compares two keys in constant time.
func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
