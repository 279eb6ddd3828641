package e2e

import (
	"fmt"
	"strings"
)

// variant is a call with one thing more or another, which must be refused.
type variant struct {
	what string
	shippedCall
	headers []string
}

// variants are what no shipped operation takes.
func (c shippedCall) variants() []variant {
	var out []variant
	add := func(what, method, path, body string, headers ...string) {
		out = append(out, variant{what, shippedCall{c.action, method, path, body}, headers})
	}
	for _, h := range [][2]string{
		{"stripe-account", "acct_1"}, {"x-on-behalf-of", "1"}, {"x-zendesk-onbehalfof", "a@shop.example"}, {"x-slack-user", "U1"}, {"x-foo", "1"}, {"range", "bytes=0-1"},
		{"if-match", "*"}, {"content-encoding", "gzip"}, {"prefer", "return=minimal"}, {"sudo", "root"}, {"x-atlassian-user", "admin"},
	} {
		add("header "+h[0], c.method, c.path, c.body, h[0], h[1])
	}
	join := "?"
	plain, query, asks := strings.Cut(c.path, "?")
	if asks {
		join = "&"
		if first, _, _ := strings.Cut(query, "&"); !strings.HasPrefix(first, "properties=") {
			add("a parameter twice", c.method, c.path+"&"+first, c.body)
			add("a parameter twice, escaped", c.method, c.path+"&%"+fmt.Sprintf("%02X", first[0])+first[1:], c.body)
		}
	}
	for _, more := range []string{"x=1", "_method=DELETE", "expand%5B%5D=customer", "expand=changelog", "include=users", "archived=true", "idProperty=email", "notifyUsers=false", "token=xoxb-1", "callback=f", "="} {
		add("parameter "+more, c.method, c.path+join+more, c.body)
	}
	for _, end := range []string{"/", "//x", "%2f", "%2F..%2Fx", "/batch", "/..%3b/x", "%00", ";x=1", "%20", ".xml", "%252e%252e"} {
		add("path with "+end, c.method, plain+end+c.path[len(plain):], c.body)
	}
	for _, method := range []string{"HEAD", "OPTIONS", "PATCH", "LINK"} {
		add("method "+method, method, c.path, "")
	}
	switch {
	case strings.HasPrefix(c.body, "{"):
		for _, more := range []string{`"x":1`, `"_method":"DELETE"`, `"update":{}`, `"inputs":[]`, `"blocks":"[]"`, `"visibility":{"type":"role"}`, `"objectWriteTraceId":"1"`, `"raiseOnBehalfOf":"a"`} {
			add("field "+more, c.method, c.path, "{"+more+","+c.body[1:])
		}
		key, _, _ := strings.Cut(c.body[2:], `"`)
		add("a field twice", c.method, c.path, `{"`+key+`":null,`+c.body[1:])
		add("a field twice, escaped", c.method, c.path, fmt.Sprintf(`{"\u%04x%s":"x",`, key[0], key[1:])+c.body[1:])
		add("a list of it", c.method, c.path, "["+c.body+"]")
		add("two of it", c.method, c.path, c.body+c.body)
		add("as a form", c.method, c.path, key+"=x")
	case c.body != "":
		first, _, _ := strings.Cut(c.body, "&")
		for _, more := range []string{first, strings.Replace(first, "=", "[]=", 1), "x=1", "expand[]=charge", "metadata[a]=b", "on_behalf_of=acct_1", "token=xoxb-1", "_method=DELETE"} {
			add("field "+more, c.method, c.path, c.body+"&"+more)
		}
		add("as JSON", c.method, c.path, `{"x":1}`)
	default:
		add("a body", c.method, c.path, "x=1")
		add("a body of JSON", c.method, c.path, "{}")
	}
	return out
}
