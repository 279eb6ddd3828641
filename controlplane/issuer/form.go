package issuer

import (
	"io"
	"mime"
	"net/http"
	"net/url"
)

const maxForm = 64 << 10 // bytes

// readForm takes a request's parameters from its body alone: what stands in an
// address is logged on its way. A parameter that comes twice is refused.
func readForm(r *http.Request) (url.Values, *refusal) {
	media, _, err := mime.ParseMediaType(r.Header.Get("content-type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, refuse(invalidRequest, "The body must be application/x-www-form-urlencoded.")
	}
	if r.URL.RawQuery != "" {
		return nil, refuse(invalidRequest, "Parameters belong into the body, not into the address.")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm+1))
	if err != nil || len(body) > maxForm {
		return nil, refuse(invalidRequest, "The body is broken off, or larger than 64 KiB.")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, refuse(invalidRequest, "The body cannot be read as a form.")
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, refuse(invalidRequest, "A parameter is given more than once.")
		}
		if values[0] == "" {
			delete(form, name) // RFC 6749: as if it were absent
		}
	}
	for _, own := range []string{"customer", "requester", "session"} {
		if form.Has(own) {
			return nil, refuse(invalidRequest, "The gateway finds out itself who the customer of a ticket is. Leave "+own+" out.")
		}
	}
	return form, nil
}
