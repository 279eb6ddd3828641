package decision

import (
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Domain is what stands behind the first label of a host that names a tool,
// as in "stripe.sallyport.localhost": for SDKs whose base URL takes no path.
// With "" only paths name tools.
type Domain string

// ParseDomain reads a domain in lower case, or "".
func ParseDomain(text string) (Domain, error) {
	last := ""
	for label := range strings.SplitSeq(text, ".") {
		last = label
		if text != "" && (label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || label[0] == '-' || label[len(label)-1] == '-') {
			return "", fmt.Errorf("a domain is labels of a-z, 0-9 and '-' with dots between, like gw.example.com (got %q)", text)
		}
	}
	if strings.Trim(last, "0123456789") == "" && text != "" {
		return "", fmt.Errorf("a domain is a name, not an address (got %q)", text)
	}
	return Domain(text), nil
}

// Label is the tool's name in an authority, "" when the path alone names the
// tool. It is what stands in front of the domain, in lower case, whatever it is:
// what looks like a name of a tool and is none must be refused, not passed over.
func (d Domain) Label(authority string) string {
	if d == "" {
		return ""
	}
	host := lower(strings.TrimSuffix(withoutPort(authority), "."))
	label, ok := strings.CutSuffix(host, "."+string(d))
	if !ok {
		return ""
	}
	return label
}

// lower is of ASCII alone: no other letter becomes one of a name.
func lower(text string) string {
	for i := range len(text) {
		if 'A' <= text[i] && text[i] <= 'Z' {
			out := []byte(text)
			for ; i < len(out); i++ {
				if 'A' <= out[i] && out[i] <= 'Z' {
					out[i] += 'a' - 'A'
				}
			}
			return string(out)
		}
	}
	return text
}

// Path is a request's path with the tool as its first segment, whoever names
// the tool. A host and a path that name two tools of the tenant are refused, and
// so is a host that names none: two readers would understand them in two ways.
// When the returned decision is not nil, it refuses.
func (d Domain) Path(id string, t *tenant.Tenant, authority, path string) (string, *Decision) {
	label := d.Label(authority)
	if label == "" {
		return path, nil
	}
	refused := Refuse(id, reason.ToolUnknown)
	refused.Bundle = t.Version
	if _, ok := t.Tool(label); !ok {
		return path, &refused
	}
	switch name, _ := splitTool(path); {
	case name == label:
		return path, nil
	case named(t, name):
		refused.Reason = reason.ToolAmbiguous
		refused.Hint = "the host names " + label + " and the path names " + name
		return path, &refused
	}
	return "/" + label + path, nil
}

func named(t *tenant.Tenant, name string) bool {
	_, ok := t.Tool(name)
	return ok
}

// withoutPort cuts ":10000" off; an IPv6 address keeps its brackets.
func withoutPort(authority string) string {
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		return authority[:i]
	}
	return authority
}
