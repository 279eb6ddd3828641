package issuer

import (
	"encoding/json"
	"net/http"
)

// refusal is RFC 6749's error. It is what a client reads; the cause is logged.
type refusal struct {
	status      int
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

// Error is the description.
func (r *refusal) Error() string { return r.Description }

// The codes of RFC 6749 and 8693.
const (
	invalidRequest       = "invalid_request"
	invalidClient        = "invalid_client"
	invalidTarget        = "invalid_target"
	invalidScope         = "invalid_scope"
	unauthorizedClient   = "unauthorized_client"
	unsupportedGrantType = "unsupported_grant_type"
	unavailable          = "temporarily_unavailable"
)

func refuse(code, description string) *refusal {
	r := &refusal{status: http.StatusBadRequest, Code: code, Description: description}
	switch code {
	case invalidClient:
		r.status = http.StatusUnauthorized
	case unavailable:
		r.status = http.StatusServiceUnavailable
	}
	return r
}

// unknownClient says the same of everything that is wrong with a client's proof:
// neither which clients there are nor what they use can be found out with it.
func unknownClient() *refusal {
	return refuse(invalidClient, "The client is not known, or what it shows is not right or not valid any more.")
}

func (r *refusal) write(w http.ResponseWriter) {
	if r.status == http.StatusUnauthorized {
		w.Header().Set("www-authenticate", `Basic realm="sallyport"`)
	}
	answer(w, r.status, r)
}

// answer writes what no cache may keep.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("content-type", "application/json")
	w.Header().Set("cache-control", "no-store")
	w.Header().Set("pragma", "no-cache")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
