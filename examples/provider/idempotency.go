package provider

import (
	"net/http"
	"net/url"
	"time"
)

// keepKeys is how long Stripe remembers an idempotency key.
const keepKeys = 24 * time.Hour

// maxKey is the longest idempotency key Stripe takes.
const maxKey = 255

// idempotent is one remembered key. While answer is nil, the first request with
// it is in flight.
type idempotent struct {
	key     string
	method  string
	path    string
	params  string // sorted and encoded, so that their order does not matter
	request string
	made    time.Time
	answer  *response
}

// claim looks a key up, or notes that this request is the first with it. A
// response that is not nil is the answer; nothing must be done then.
func (s *state) claim(key string, req request) (*idempotent, *response) {
	if key == "" {
		return nil, nil
	}
	if len(key) > maxKey {
		res := stripe{}.fail(http.StatusBadRequest, "", "Idempotency keys must be at most 255 characters.")
		return nil, &res
	}
	first, ok := s.keys[key]
	if !ok || req.now.Sub(first.made) >= keepKeys {
		entry := &idempotent{key: key, method: req.method, path: req.path, params: params(req), request: req.id, made: req.now}
		s.keys[key] = entry
		return entry, nil
	}
	res := first.again(req)
	return nil, &res
}

// again answers a later request with the same key.
func (i *idempotent) again(req request) response {
	switch {
	case i.method != req.method || i.path != req.path:
		return idempotencyError(http.StatusBadRequest, "", "Keys for idempotent requests can only be used for the same endpoint they were first used for ('"+
			i.path+"' vs '"+req.path+"'). Try using a key other than '"+i.key+"' if you meant to execute a different request.")
	case i.params != params(req):
		return idempotencyError(http.StatusBadRequest, "", "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '"+
			i.key+"' if you meant to execute a different request.")
	case i.answer == nil:
		return idempotencyError(http.StatusConflict, "idempotency_key_in_use", "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): "+
			i.key+". Please try again later.")
	}
	res := *i.answer
	res.header = http.Header{"Idempotent-Replayed": {"true"}, "Original-Request": {i.request}, "Idempotency-Key": {i.key}}
	return res
}

// settle keeps the answer, or forgets the key when nothing was begun.
func (s *state) settle(entry *idempotent, res response) {
	switch {
	case entry == nil:
	case res.stored:
		entry.answer = &res
	case s.keys[entry.key] == entry:
		delete(s.keys, entry.key)
	}
}

// params are the form parameters of a request in one order. Those that cannot
// be read compare by their bytes.
func params(req request) string {
	values, err := url.ParseQuery(string(req.body))
	if err != nil {
		return string(req.body)
	}
	return values.Encode()
}

func idempotencyError(status int, code, message string) response {
	return response{status: status, body: stripeError{Error: stripeProblem{Type: "idempotency_error", Code: code, Message: message}}}
}
