package action

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/money"
)

// FuzzMatch holds three laws over every request that is named: Build writes it
// as a request of the same call; that request is stable; and an ordinary reader
// of forms, queries and JSON finds the same values in the agent's own bytes,
// which is what a read's tool is sent.
func FuzzMatch(f *testing.F) {
	catalogs := []*Catalog{compiled(f, kindsYAML)}
	for _, name := range ShippedNames() {
		catalogs = append(catalogs, shippedCatalog(f, name))
	}
	add := func(method, path, query, mediaType, body string) { f.Add(method, path, query, mediaType, []byte(body)) }
	add("POST", "/v1/refunds", "", form, "charge=ch_1&amount=4000&reason=duplicate")
	add("GET", "/v1/charges", "customer=cus_1&limit=3", "", "")
	add("GET", "/v1/charges/ch_1", "", "", "")
	add("PUT", "/api/v2/tickets/1", "", "application/json", `{"ticket":{"id":1,"comment":{"body":"x \u00e9","public":false}}}`)
	add("POST", "/a", "", "application/json", `{"a":{"b":{"tags":["x"],"owner":12},"count":-3,"mode":"ü"},"price":5,"loud":true,"text":"t"}`)
	add("POST", "/a/fast/b", "page=-1&q[]=%20", form, "pay[amount]=5&currency=usd&note=a+b%26")
	random := rand.New(rand.NewPCG(5, 6))
	for _, c := range catalogs {
		for _, a := range c.Actions() {
			r, err := c.Build(a.Name, arbitraryArgs(random, a.op))
			if err != nil {
				f.Fatal(err)
			}
			add(r.Method, r.Path, r.RawQuery, a.op.body.mediaType(), string(r.Body))
		}
	}
	f.Fuzz(func(t *testing.T, method, path, query, mediaType string, body []byte) {
		r := Request{Method: method, Path: path, RawQuery: query, Header: []Header{{"content-type", mediaType}}, Body: body}
		for _, c := range catalogs {
			call, a, mismatch := c.Match(r)
			if mismatch != nil {
				if call.Args != nil || len(mismatch.Field) > maxField+len("query header ") {
					t.Fatalf("a refusal holds %v, %q", call.Args, mismatch.Field)
				}
				continue
			}
			holds(t, c, call)
			agrees(t, a, r, call)
		}
	})
}

// agrees holds that another reader finds the arguments of a call in its request,
// and nothing else.
func agrees(t *testing.T, a *Action, r Request, call Call) {
	t.Helper()
	others := othersRead(t, a, r)
	for name, v := range call.Args {
		p := &a.op.params[indexOf(a, name)]
		at := p.place.field(p.at)
		if other, ok := others[at]; ok && !p.reads(other, v) {
			t.Errorf("%s is %v here and %q to another reader", name, v, other)
		}
		for key := range others {
			if key == at || strings.HasPrefix(key, at+".") || strings.HasPrefix(key, at+only) || slices.Contains(p.repeats, key) {
				delete(others, key)
			}
		}
	}
	if len(others) > 0 {
		t.Errorf("another reader finds %v too", others)
	}
}

// reads says that a text means a value, without the reader that made it.
func (p *param) reads(text string, v Value) bool {
	switch {
	case p.Kind == List && p.join == repeated:
		return strings.Join(texts(v), "\x00") == text
	case p.Kind == List && p.join != "":
		return p.before+strings.Join(texts(v), p.join)+p.after == text
	case p.Kind == List || p.Kind == Object:
		return true // the law of Build holds what is inside
	case p.Kind == Decimal:
		a, ok := new(big.Rat).SetString(text)
		b, also := new(big.Rat).SetString(v.Text)
		return ok && also && a.Cmp(b) == 0
	case p.Major:
		decimals, _ := money.Exponent(v.Text)
		a, ok := new(big.Rat).SetString(text)
		b := new(big.Rat).SetFrac(big.NewInt(v.Int), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
		return ok && a.Cmp(b) == 0
	case p.Kind == Time && p.unix:
		at, err := time.Parse(time.RFC3339Nano, v.Text)
		return err == nil && strconv.FormatInt(at.Unix(), 10) == text
	case p.Kind == Time:
		a, err := time.Parse(time.RFC3339Nano, text)
		b, err2 := time.Parse(time.RFC3339Nano, v.Text)
		return err == nil && err2 == nil && a.Equal(b)
	}
	spelled, _ := v.Spell()
	return p.before+spelled+p.after == text
}

func texts(v Value) []string {
	var out []string
	for _, item := range v.List {
		text, _ := item.Spell()
		out = append(out, text)
	}
	return out
}

func indexOf(a *Action, name string) int {
	for i, p := range a.Params {
		if p.Name == name {
			return i
		}
	}
	return -1
}

// othersRead reads the query and the body with the standard library.
func othersRead(t *testing.T, a *Action, r Request) map[string]string {
	t.Helper()
	out := map[string]string{}
	pairs := func(from place, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			t.Fatalf("another reader refuses %q: %v", text, err)
		}
		for name, all := range values {
			out[from.field(name)] = strings.Join(all, "\x00")
		}
	}
	pairs(inQuery, r.RawQuery)
	switch {
	case len(r.Body) == 0:
	case a.op.body == formBody:
		pairs(inBody, string(r.Body))
	case a.op.body == jsonBody:
		var object map[string]any
		dec := json.NewDecoder(strings.NewReader(string(r.Body)))
		dec.UseNumber()
		if err := dec.Decode(&object); err != nil {
			t.Fatalf("another reader refuses %q: %v", r.Body, err)
		}
		flatten("", object, out)
	}
	return out
}

func flatten(at string, object map[string]any, out map[string]string) {
	for key, value := range object {
		position := strings.TrimPrefix(at+"."+key, ".")
		switch v := value.(type) {
		case map[string]any:
			flatten(position, v, out)
		case string:
			out[position] = v
		case json.Number:
			out[position] = v.String()
		case bool:
			out[position] = map[bool]string{true: "true", false: "false"}[v]
		case []any:
			out[position] = "list"
			if len(v) == 1 {
				delete(out, position)
				flatten("", map[string]any{position + only: v[0]}, out)
			}
		default:
			out[position] = "null"
		}
	}
}

// FuzzJSON holds that what is read here, the standard library reads too.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,-0.5e+3,true,null,"\ud83d\ude00"]}`, `"\u0041"`, ` [ ] `, `{"a":1,"a":2}`, `01`, `1.`, `"\x"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, err := parseJSON(text)
		if err != nil {
			return
		}
		var other any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&other); err != nil {
			t.Fatalf("%q is JSON here only: %v", text, err)
		}
		if diff := cmp.Diff(other, plain(&root)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// plain is a node as encoding/json has it.
func plain(n *node) any {
	switch n.kind {
	case boolNode:
		return n.text == "true"
	case numberNode:
		return json.Number(n.text)
	case stringNode:
		return n.text
	case arrayNode:
		out := []any{}
		for i := range n.items {
			out = append(out, plain(&n.items[i]))
		}
		return out
	case objectNode:
		out := map[string]any{}
		for i, key := range n.keys {
			out[key] = plain(&n.items[i])
		}
		return out
	default:
		return nil
	}
}
