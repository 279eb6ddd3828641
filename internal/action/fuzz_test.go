package action

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzMatch holds three laws over every request that is named: Build writes it
// as a request of the same call; that request is stable; and an ordinary reader
// of forms, queries and JSON finds the same values in the agent's own bytes,
// which is what a read's tool is sent.
func FuzzMatch(f *testing.F) {
	stripe, zendesk, kinds := shippedCatalog(f, "stripe"), shippedCatalog(f, "zendesk"), compiled(f, kindsYAML)
	add := func(method, path, query, mediaType, body string) { f.Add(method, path, query, mediaType, []byte(body)) }
	add("POST", "/v1/refunds", "", form, "charge=ch_1&amount=4000&reason=duplicate")
	add("GET", "/v1/charges", "customer=cus_1&limit=3", "", "")
	add("GET", "/v1/charges/ch_1", "", "", "")
	add("PUT", "/api/v2/tickets/1", "", "application/json", `{"ticket":{"id":1,"comment":{"body":"x \u00e9","public":false}}}`)
	add("POST", "/a", "", "application/json", `{"a":{"b":{"tags":["x"],"owner":12},"count":-3,"mode":"ü"},"price":5,"loud":true,"text":"t"}`)
	add("POST", "/a/fast/b", "page=-1&q[]=%20", form, "pay[amount]=5&currency=usd&note=a+b%26")
	f.Fuzz(func(t *testing.T, method, path, query, mediaType string, body []byte) {
		r := Request{Method: method, Path: path, RawQuery: query, Header: []Header{{"content-type", mediaType}}, Body: body}
		for _, c := range []*Catalog{stripe, zendesk, kinds} {
			call, a, mismatch := c.Match(r)
			if mismatch != nil {
				if call.Args != nil || len(mismatch.Field) > maxField+len("query header ") {
					t.Fatalf("a refusal holds %v, %q", call.Args, mismatch.Field)
				}
				continue
			}
			holds(t, c, call)
			others := othersRead(t, a, r)
			for name, v := range call.Args {
				p := a.op.params[indexOf(a, name)]
				text, scalar := v.Spell()
				if other, ok := others[p.place.field(p.at)]; scalar && ok && other != text {
					t.Fatalf("%s is %q here and %q to another reader", name, text, other)
				}
				delete(others, p.place.field(p.at))
				for _, position := range p.repeats {
					delete(others, position)
				}
			}
			if len(others) > 0 {
				t.Fatalf("another reader finds %v too", others)
			}
		}
	})
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
		default:
			out[position] = "list"
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
