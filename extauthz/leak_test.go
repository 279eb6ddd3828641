package extauthz_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/reason"
)

// lines folds a text as MIME does, inside a JSON string.
func lines(text string) string {
	var out strings.Builder
	for part := range slices.Chunk([]byte(text), 76) {
		out.Write(part)
		out.WriteString(`\r\n`)
	}
	return out.String()
}

// A token that stands anywhere but in its own slot is refused, however it is
// written; in its slot it is replaced. None is passed on.
func TestNoTokenReachesATool(t *testing.T) {
	r := newRig(t, nil)
	token := r.token(identity("acme"))
	bare := strings.TrimPrefix(token, "spgw_")
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	percent := strings.Replace(token, "_", "%5F", 1)
	escaped := strings.Replace(token, "spgw", `\u0073\u0070gw`, 1)
	put := func(text string) string { return `{"ticket":{"comment":{"body":"` + text + `"}}}` }
	bearer := []string{"authorization", "Bearer " + token}
	for name, tt := range map[string]struct {
		method, target, media, body string
		headers                     []string
		allowed                     bool
	}{
		"bearer":                             {"GET", charges, "", "", bearer, true},
		"basic user":                         {"GET", charges, "", "", []string{"authorization", basic(token + ":")}, true},
		"basic password":                     {"GET", charges, "", "", []string{"authorization", basic("x:" + token)}, true},
		"api key":                            {"GET", charges, "", "", []string{"x-api-key", token}, true},
		"in every slot":                      {"GET", charges, "", "", append([]string{"x-api-key", token, "cookie", "a=" + token, "proxy-authorization", "Bearer " + token}, bearer...), true},
		"in a cookie too":                    {"GET", charges, "", "", append([]string{"cookie", "session=" + token}, bearer...), true},
		"in the path":                        {"GET", "/stripe/v1/charges/ch_" + token, "", "", bearer, false},
		"in the query":                       {"GET", charges + "&starting_after=ch_" + token, "", "", bearer, false},
		"in a header":                        {"GET", charges, "", "", append([]string{"user-agent", "agent " + token}, bearer...), false},
		"in a free header":                   {"GET", charges, "", "", append([]string{"x-stripe-client-user-agent", `{"key":"` + token + `"}`}, bearer...), false},
		"in a form":                          {"POST", refunds, form, "charge=ch_" + token + "&amount=1", bearer, false},
		"in JSON":                            {"PUT", ticket, typeJSON, put("key " + token), bearer, false},
		"in JSON, escaped":                   {"PUT", ticket, typeJSON, put(escaped), bearer, false},
		"in JSON, shouted":                   {"PUT", ticket, typeJSON, put(strings.ToUpper(token)), bearer, false},
		"in JSON, without prefix":            {"PUT", ticket, typeJSON, put("key " + bare), bearer, false},
		"without prefix, the end respelled":  {"GET", charges, "", "", append([]string{"user-agent", "agent " + bare[:len(bare)-44] + strings.Repeat("A", 44)}, bearer...), false}, // as ES256 can be
		"in JSON, base64":                    {"PUT", ticket, typeJSON, put(base64.StdEncoding.EncodeToString([]byte(token))), bearer, false},
		"in JSON, base64, shifted":           {"PUT", ticket, typeJSON, put(base64.StdEncoding.EncodeToString([]byte("x" + token))), bearer, false},
		"in JSON, base64, again":             {"PUT", ticket, typeJSON, put(base64.StdEncoding.EncodeToString([]byte("xy" + token))), bearer, false},
		"in JSON, hexadecimal":               {"PUT", ticket, typeJSON, put("key " + hex.EncodeToString([]byte(token))), bearer, false},
		"in JSON, shouted hexadecimal":       {"PUT", ticket, typeJSON, put(strings.ToUpper(hex.EncodeToString([]byte(token)))), bearer, false},
		"a number like it":                   {"PUT", ticket, typeJSON, put("order 737067775"), bearer, true},
		"in JSON, base64url":                 {"PUT", ticket, typeJSON, put(base64.RawURLEncoding.EncodeToString([]byte(token))), bearer, false},
		"without prefix, base64":             {"PUT", ticket, typeJSON, put(base64.StdEncoding.EncodeToString([]byte(bare))), bearer, false},
		"without prefix, base64, shifted":    {"PUT", ticket, typeJSON, put(base64.RawURLEncoding.EncodeToString([]byte("x" + bare))), bearer, false},
		"without prefix, base64, again":      {"PUT", ticket, typeJSON, put(base64.StdEncoding.EncodeToString([]byte("xy" + bare + "z"))), bearer, false},
		"without prefix, base64, in lines":   {"PUT", ticket, typeJSON, put(lines(base64.StdEncoding.EncodeToString([]byte(bare)))), bearer, false},
		"without prefix, in lines":           {"PUT", ticket, typeJSON, put(lines(bare)), bearer, false},
		"without prefix, hexadecimal":        {"PUT", ticket, typeJSON, put(strings.ToUpper(hex.EncodeToString([]byte(bare)))), bearer, false},
		"without prefix, base64 in a header": {"GET", charges, "", "", append([]string{"user-agent", "agent " + base64.StdEncoding.EncodeToString([]byte("Bearer "+bare))}, bearer...), false},
		"somebody else's":                    {"PUT", ticket, typeJSON, put("spgw_eyJhbGciOiJFZERTQSJ9.e30.AA"), bearer, false},
		"a form's escapes":                   {"POST", refunds, form, "charge=" + percent + "&amount=1", bearer, false},
		"a query's escapes":                  {"GET", charges + "&starting_after=" + url.QueryEscape("ch_"+token), "", "", bearer, false},
		"nothing of it":                      {"PUT", ticket, typeJSON, put("a comment with_underscores and base64 aGVsbG8="), bearer, true},
	} {
		t.Run(name, func(t *testing.T) {
			headers := slices.Clone(tt.headers)
			if tt.media != "" {
				headers = append(headers, "content-type", tt.media)
			}
			in := r.request(tt.method, tt.target, tt.body, headers...)
			out := ask(t, r.agent, in)
			row := r.one(t)
			if allowed(out) != tt.allowed {
				t.Fatalf("recorded %s", row.Reason)
			}
			if !tt.allowed {
				if row.Reason != string(reason.InputInvalid) && row.Reason != string(reason.InputUnlisted) && row.Reason != string(reason.PersonalData) {
					t.Errorf("refused with %s", row.Reason)
				}
				if text := out.String(); strings.Contains(text, bare[:40]) {
					t.Error("the refusal repeats the token")
				}
				return
			}
			for name, values := range forwarded(t, in, out) {
				if name == ":path" || strings.HasPrefix(name, "x-sallyport-") {
					continue
				}
				for _, v := range values {
					if strings.Contains(v, bare[len(bare)-40:]) || strings.Contains(v, base64.StdEncoding.EncodeToString([]byte(token))[:60]) {
						t.Errorf("%s goes on as %s", name, v)
					}
				}
			}
		})
	}
}
