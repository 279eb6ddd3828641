package mask

import (
	"errors"
	"slices"
	"strconv"

	"github.com/sallyport/sallyport/internal/pii"
)

// ErrPolicy is returned for a policy that ParsePolicy cannot read.
var ErrPolicy = errors.New("mask policy is malformed")

// AppendJSON appends the policy as ParsePolicy reads it, the same bytes every time:
// {"types":["email"],"keys":{"subject":"text"},"pass":["name"],"drop":["memo"],"paths":["state.name"],"regions":["GB"],"max":1048576,"media":["text/*"],"show":["card"]}.
func (p Policy) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"types":[`...)
	dst = append(appendTypes(dst, p.Types), `],"keys":{`...)
	for _, key := range sorted(p.Keys) {
		dst = append(appendItem(dst, key), ':')
		dst = appendString(dst, p.Keys[key].String())
	}
	dst = append(dst, `},"pass":[`...)
	for _, key := range sorted(p.Pass) {
		dst = appendItem(dst, key)
	}
	dst = append(dst, `],"drop":[`...)
	for _, key := range sorted(p.Drop) {
		dst = appendItem(dst, key)
	}
	dst = append(dst, `],"paths":[`...)
	for _, path := range p.Paths.named {
		dst = appendItem(dst, path)
	}
	dst = append(dst, `],"regions":[`...)
	for _, code := range pii.RegionCodes() {
		if p.Regions.Has(code) {
			dst = appendItem(dst, code)
		}
	}
	dst = strconv.AppendInt(append(dst, `],"max":`...), int64(p.MaxBody), 10)
	dst = append(dst, `,"media":[`...)
	for _, m := range p.Media {
		dst = appendItem(dst, m)
	}
	return append(appendTypes(append(dst, `],"show":[`...), p.Show), `]}`...)
}

func appendTypes(dst []byte, set pii.Set) []byte {
	for t := 0; t < pii.Types; t++ {
		if set.Has(pii.Type(t)) {
			dst = appendItem(dst, pii.Type(t).String())
		}
	}
	return dst
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// appendItem appends a string, behind a comma unless it is the first.
func appendItem(dst []byte, s string) []byte {
	if c := dst[len(dst)-1]; c != '[' && c != '{' {
		dst = append(dst, ',')
	}
	return appendString(dst, s)
}

func appendString(dst []byte, s string) []byte {
	return append(appendEscaped(append(dst, '"'), []byte(s)), '"')
}

// ParsePolicy reads what AppendJSON wrote. Every member must be there, once,
// and no other: a policy cut short must not open anything.
func ParsePolicy(data []byte) (Policy, error) {
	r := reader{lexer: lexer{src: data}}
	var p Policy
	seen := map[string]bool{}
	r.object(func(key string) {
		if seen[key] {
			r.bad = true
		}
		seen[key] = true
		r.member(&p, key)
	})
	if r.space(); r.bad || r.pos != len(data) || len(seen) != 9 || p.MaxBody < 1 || p.MaxBody > MaxBody {
		return Policy{}, ErrPolicy
	}
	return p, nil
}

// reader is a lexer that remembers the first mistake instead of returning it.
type reader struct {
	lexer
	bad bool
}

func (r *reader) member(p *Policy, key string) {
	switch key {
	case "types":
		r.array(func() { p.Types = p.Types.With(r.typ()) })
	case "show":
		r.array(func() { p.Show = p.Show.With(r.typ()) })
	case "keys":
		p.Keys = map[string]pii.Type{}
		r.object(func(key string) { p.Keys[key] = r.typ() })
	case "pass":
		p.Pass = map[string]bool{}
		r.array(func() { p.Pass[r.text()] = true })
	case "drop":
		p.Drop = map[string]bool{}
		r.array(func() { p.Drop[r.text()] = true })
	case "paths":
		var paths []string
		r.array(func() { paths = append(paths, r.text()) })
		p.Paths = NewPaths(paths)
	case "regions":
		r.array(func() { p.Regions = r.region(p.Regions) })
	case "max":
		p.MaxBody = r.number()
	case "media":
		r.array(func() { p.Media = append(p.Media, r.text()) })
	default:
		r.bad = true
	}
}

func (r *reader) typ() pii.Type {
	t, ok := pii.ParseType(r.text())
	r.bad = r.bad || !ok
	return t
}

func (r *reader) region(in pii.Regions) pii.Regions {
	out, ok := in.With(r.text())
	r.bad = r.bad || !ok
	return out
}

func (r *reader) text() string {
	r.space()
	start, end, err := r.str()
	if err != nil {
		r.bad = true
		return ""
	}
	text, _ := unescape(nil, nil, r.src[start:end])
	return string(text)
}

func (r *reader) number() int {
	r.space()
	start := r.pos
	if r.skipNumber() != nil {
		r.bad = true
	}
	n, err := strconv.Atoi(string(r.src[start:r.pos]))
	r.bad = r.bad || err != nil
	return n
}

func (r *reader) object(member func(key string)) {
	r.list('{', '}', func() {
		key := r.text()
		r.space()
		r.bad = r.bad || !r.take(':')
		if !r.bad {
			member(key)
		}
	})
}

func (r *reader) array(item func()) { r.list('[', ']', item) }

func (r *reader) list(open, end byte, item func()) {
	r.space()
	if r.bad = r.bad || !r.take(open); r.bad {
		return
	}
	if r.space(); r.take(end) {
		return
	}
	for {
		item()
		r.space()
		if r.bad || r.take(end) {
			return
		}
		r.bad = !r.take(',')
	}
}
