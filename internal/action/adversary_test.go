package action

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever stands in a request of a shipped operation beyond what its catalog
// lists, is refused: one extra header, parameter or field, in every place where
// one can stand, and every way to say another method than the one it has.
func TestOneThingMoreIsRefused(t *testing.T) {
	eachShipped(t, func(t *testing.T, c *Catalog, a *Action, r Request) {
		for _, h := range []Header{
			{"x-http-method-override", "DELETE"}, {"x-http-method", "DELETE"}, {"x-method-override", "DELETE"}, {"x-original-url", "/admin"},
			{"x-rewrite-url", "/admin"}, {"stripe-account", "acct_1"}, {"x-on-behalf-of", "1"}, {"slack-no-retry", "1"}, {"x-foo", ""}, {"range", "bytes=0-1"},
			{"if-none-match", "*"}, {"content-encoding", "gzip"}, {"content-encoding", "br"}, {"content-encoding", "identity, gzip"}, {"content-type", "text/plain"},
			{"expect", "100-continue"}, {"upgrade", "h2c"}, {"content-language", "en"}, {"trailer", "x"},
		} {
			more := clone(r)
			more.Header = append(more.Header, h)
			if h.Name != "content-type" || len(r.Body) > 0 {
				refused(t, c, more, "header "+h.Name+": "+h.Value)
			}
		}
		for _, pair := range []string{"_method=DELETE", "x=1", "expand[]=customer", "expand=all", "include=users", "callback=f", "%5fmethod=PUT", "="} {
			more := clone(r)
			more.RawQuery = strings.TrimPrefix(more.RawQuery+"&"+pair, "&")
			refused(t, c, more, "query "+pair)
		}
		for _, body := range bodiesWithMore(r, a) {
			more := clone(r)
			more.Body = []byte(body)
			if a.op.body == noBody {
				more.Header = append(more.Header, Header{"content-type", form})
			}
			refused(t, c, more, "body "+body)
		}
		for _, path := range []string{
			r.Path + "/", r.Path + "//", "/" + r.Path, r.Path + "/update_many", r.Path + "/..", r.Path + "/.", r.Path + "%2f", r.Path + "%00", r.Path + ";x=1",
			r.Path + "%20", strings.ToUpper(r.Path), strings.Replace(r.Path, "/", "/./", 1), strings.Replace(r.Path, "/", "/x/../", 1), r.Path + "?x=1", r.Path + ".xml",
			strings.Replace(r.Path, "a", "а", 1) + "а", r.Path + "\\..\\x",
		} {
			other := clone(r)
			other.Path = path
			refused(t, c, other, "path "+path)
		}
	})
}

// bodiesWithMore are bodies with one thing more than the request's.
func bodiesWithMore(r Request, a *Action) []string {
	switch a.op.body {
	case formBody:
		var out []string
		for _, more := range []string{"_method=DELETE", "x=1", "metadata[a]=b", "on_behalf_of=1", "stripe_account=acct_1"} {
			out = append(out, strings.TrimPrefix(string(r.Body)+"&"+more, "&"))
		}
		return out
	case jsonBody:
		out := []string{"[" + string(r.Body) + "]", string(r.Body) + string(r.Body), string(r.Body) + "\n" + string(r.Body), `{"batch":[` + string(r.Body) + `]}`}
		var body map[string]any
		if json.Unmarshal(r.Body, &body) != nil {
			return out
		}
		return append(out, withMore(body, body)...)
	default:
		return []string{"_method=DELETE", "{}", "x"}
	}
}

// withMore adds a field to each object inside a body, one at a time.
func withMore(root, at map[string]any) []string {
	var out []string
	for _, name := range []string{"_method", "x", "__proto__", "ｂody"} {
		at[name] = "DELETE"
		text, _ := json.Marshal(root)
		delete(at, name)
		out = append(out, string(text))
	}
	for _, value := range at {
		if list, ok := value.([]any); ok && len(list) == 1 {
			value = list[0]
		}
		if object, ok := value.(map[string]any); ok {
			out = append(out, withMore(root, object)...)
		}
	}
	return out
}

// However a request is respelled, it is refused, or it is the call that any
// other reader finds in it: no second key, no second spelling of a number, no
// look-alike of a name, no JSON inside a text.
func TestOtherSpellingsSayWhatOthersRead(t *testing.T) {
	eachShipped(t, func(t *testing.T, c *Catalog, a *Action, r Request) {
		same := func(other Request, how string) {
			t.Helper()
			got, named, mismatch := c.Match(other)
			if mismatch != nil {
				return
			}
			agrees(t, named, other, got)
			holds(t, c, got)
			if t.Failed() {
				t.Fatal(how)
			}
		}
		for _, method := range []string{"get", "Post", "HEAD", "OPTIONS", "TRACE", "CONNECT", "GET", "POST", "PUT", "PATCH", "DELETE", "GET ", ""} {
			if method == r.Method {
				continue
			}
			other := clone(r)
			other.Method = method
			refusedOrOther(t, c, other, a, method)
		}
		for _, pair := range strings.Split(r.RawQuery, "&") {
			for _, changed := range respelled(pair) {
				other := clone(r)
				other.RawQuery = strings.Replace(r.RawQuery, pair, changed, 1)
				same(other, "query "+changed)
			}
			if pair != "" && !strings.HasPrefix(pair, "properties=") { // the one key that stands once for each item
				other := clone(r)
				other.RawQuery += "&" + pair
				refused(t, c, other, "twice "+pair)
			}
		}
		if a.op.body == formBody {
			for _, pair := range strings.Split(string(r.Body), "&") {
				for _, changed := range respelled(pair) {
					other := clone(r)
					other.Body = bytes.Replace(r.Body, []byte(pair), []byte(changed), 1)
					same(other, "form "+changed)
				}
				if pair != "" {
					other := clone(r)
					other.Body = append(other.Body, "&"+pair...)
					refused(t, c, other, "twice "+pair)
				}
			}
		}
		if a.op.body == jsonBody && len(r.Body) > 0 {
			for _, changed := range rewritten(string(r.Body)) {
				other := clone(r)
				other.Body = []byte(changed)
				same(other, changed)
			}
		}
	})
}

// respelled are other ways to write a pair; most of them are not the same.
func respelled(pair string) []string {
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return nil
	}
	out := []string{name, name + "==" + value, " " + pair, pair + " ", "&" + pair, name + "[]=" + value, name + "%00=" + value, name + "=%ef%bb%bf" + value}
	for _, v := range []string{"+", "-", "0", "00", "%30", "１", "٤", "1e2", "0x10", "1.0", "%20", "\t", "{}", "%22", "null", "true"} {
		out = append(out, name+"="+v+value, name+"="+value+v, name+"="+v)
	}
	for _, like := range [][2]string{{"a", "а"}, {"c", "с"}, {"e", "е"}, {"o", "ο"}, {"p", "р"}, {"_", "＿"}, {"s", "ѕ"}} {
		out = append(out, strings.Replace(pair, like[0], like[1], 1))
	}
	return append(out, strings.ToUpper(pair), name+"="+strings.ToUpper(value))
}

// rewritten are other ways to write a JSON body.
func rewritten(body string) []string {
	out := []string{" " + body + "\n", "\ufeff" + body, strings.ReplaceAll(body, ":", " : "), strings.Replace(body, `"`, `'`, 2), "//\n" + body, body + "\x00"}
	for _, key := range []string{"body", "status", "id", "text", "ticket", "properties", "internal"} {
		for _, other := range []string{strings.ToUpper(key), key + " ", " " + key, key + "\\u0000", strings.Replace(key, "i", "і", 1) + "\u200b", `\u00` + "62ody"} {
			out = append(out, strings.Replace(body, `"`+key+`":`, `"`+other+`":`, 1))
		}
		for _, first := range []string{"null", `"x"`, "1", "{}", "[]", "true"} {
			out = append(out, strings.Replace(body, `"`+key+`":`, `"`+key+`":`+first+`,"`+key+`":`, 1))
		}
	}
	var parsed map[string]any
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&parsed) == nil {
		out = append(out, replaced(parsed, parsed)...)
	}
	return out
}

// replaced puts another kind of value in the place of each, one at a time.
func replaced(root, at map[string]any) []string {
	var out []string
	for name, value := range at {
		text, _ := json.Marshal(value)
		number := strings.Trim(string(text), `"`)
		for _, other := range []any{
			string(text), []any{value}, map[string]any{"$": value}, nil, json.RawMessage(`"` + strings.ReplaceAll(number, `"`, `\"`) + ` "`),
			json.RawMessage("1e2"), json.RawMessage("1.0"), json.RawMessage("-0"), json.RawMessage(`"01"`), json.RawMessage(`"１"`), json.RawMessage(`"true"`), json.RawMessage("0"),
		} {
			at[name] = other
			if body, err := json.Marshal(root); err == nil && !slices.Contains(out, string(body)) {
				out = append(out, string(body))
			}
		}
		at[name] = value
		if list, ok := value.([]any); ok && len(list) == 1 {
			value = list[0]
		}
		if object, ok := value.(map[string]any); ok {
			out = append(out, replaced(root, object)...)
		}
	}
	return out
}

// eachShipped runs over the requests of all shipped operations, each with all
// and with few arguments.
func eachShipped(t *testing.T, check func(*testing.T, *Catalog, *Action, Request)) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range ShippedNames() {
		c := shippedCatalog(t, name)
		for _, a := range c.Actions() {
			t.Run(a.Name, func(t *testing.T) {
				for range 2 {
					request, err := c.Build(a.Name, arbitraryArgs(r, a.op))
					if err != nil {
						t.Fatal(err)
					}
					check(t, c, a, request)
				}
			})
		}
	}
}

func clone(r Request) Request {
	r.Header, r.Body = slices.Clone(r.Header), slices.Clone(r.Body)
	return r
}

func refused(t *testing.T, c *Catalog, r Request, how string) {
	t.Helper()
	if call, _, mismatch := c.Match(r); mismatch == nil {
		t.Errorf("%s %s?%s with %s is named %s %s", r.Method, r.Path, r.RawQuery, how, call.Action, MarshalArgs(call.Args))
	}
}

// refusedOrOther holds that another method is refused, or another action that
// the catalog lists at this address.
func refusedOrOther(t *testing.T, c *Catalog, r Request, a *Action, method string) {
	t.Helper()
	call, other, mismatch := c.Match(r)
	if mismatch == nil && (other == a || other.op.method != method) {
		t.Errorf("%s %s is named %s", method, r.Path, call.Action)
	}
}
