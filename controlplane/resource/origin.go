package resource

import (
	"fmt"
	"strconv"
	"strings"
)

// Origin is one upstream: scheme, host and port, and whether its address may be
// a private one. Tenants that use the same origin share its cluster.
type Origin struct {
	TLS     bool
	Host    string
	Port    uint32
	Private bool
}

// ParseOrigin reads "https://api.example.com" and "http://127.0.0.1:8080".
func ParseOrigin(text string, private bool) (Origin, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	o := Origin{TLS: scheme == "https", Host: rest, Port: 80, Private: private}
	if o.TLS {
		o.Port = 443
	}
	if !ok || scheme != "http" && scheme != "https" || rest == "" || strings.ContainsAny(rest, "/?#@") {
		return Origin{}, fmt.Errorf("an origin is http:// or https://, a host and a port (got %q)", text)
	}
	if host, port, ok := splitPort(rest); ok {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Origin{}, fmt.Errorf("an origin's port is 1 to 65535 (got %q)", text)
		}
		o.Host, o.Port = host, uint32(n)
	}
	if o.Host = strings.Trim(o.Host, "[]"); o.Host == "" {
		return Origin{}, fmt.Errorf("an origin needs a host (got %q)", text)
	}
	return o, nil
}

// splitPort cuts at the last colon that is not inside an IPv6 address.
func splitPort(text string) (host, port string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.HasSuffix(text, "]") {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// address is what Envoy can listen on: a number, without brackets.
func address(host string) (string, bool) {
	if inside, ok := strings.CutPrefix(host, "["); ok {
		inside, ok = strings.CutSuffix(inside, "]")
		return inside, ok && strings.Contains(inside, ":") && strings.Trim(inside, "0123456789abcdefABCDEF:.") == ""
	}
	return host, strings.Count(host, ".") == 3 && strings.Trim(host, "0123456789.") == ""
}

// Cluster is the name of the origin's cluster.
func (o Origin) Cluster() string {
	scheme := "http"
	if o.TLS {
		scheme = "https"
	}
	name := fmt.Sprintf("tool/%s/%s/%d", scheme, o.Host, o.Port)
	if o.Private {
		name += "/private"
	}
	return name
}

// authority is the Host header the upstream gets.
func (o Origin) authority() string {
	host := o.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.TLS && o.Port == 443 || !o.TLS && o.Port == 80 {
		return host
	}
	return host + ":" + strconv.Itoa(int(o.Port))
}
