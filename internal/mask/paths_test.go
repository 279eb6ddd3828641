package mask_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// passing is a policy with paths.
func passing(paths ...string) mask.Policy {
	p := mask.Default()
	p.Paths = mask.NewPaths(paths)
	return p
}

// A text exactly where a path ends is read, and a name anywhere else is masked.
func TestPaths(t *testing.T) {
	transitions := passing("transitions.name", "transitions.to.name", "fields.status.name", "values.name", "names.name")
	for name, tc := range map[string]struct{ in, want, media string }{
		"a list":                 {in: `{"transitions":[{"id":"11","name":"In Progress","to":{"name":"Doing"}}]}`, want: `{"transitions":[{"id":"11","name":"In Progress","to":{"name":"Doing"}}]}`},
		"an object":              {in: `{"fields":{"status":{"name":"Open"}}}`, want: `{"fields":{"status":{"name":"Open"}}}`},
		"in other spelling":      {in: `{"Fields":{"sta_tus":{"NAME":"Open"}}}`, want: `{"Fields":{"sta_tus":{"NAME":"Open"}}}`},
		"keys in any order":      {in: `{"transitions":[{"to":{"id":"1","name":"Doing"},"name":"In Progress"}]}`, want: `{"transitions":[{"to":{"id":"1","name":"Doing"},"name":"In Progress"}]}`},
		"lists in lists":         {in: `{"values":[[{"name":"Ask"}]]}`, want: `{"values":[[{"name":"Ask"}]]}`},
		"a person beside":        {in: `{"fields":{"status":{"name":"Open"},"reporter":{"name":"Ada Lovelace"}}}`, want: `{"fields":{"status":{"name":"Open"},"reporter":{"name":"[name]"}}}`},
		"further in":             {in: `{"fields":{"status":{"by":{"name":"Ada Lovelace"}}}}`, want: `{"fields":{"status":{"by":{"name":"[name]"}}}}`},
		"further out":            {in: `{"status":{"name":"Ada Lovelace"},"name":"Ada Lovelace"}`, want: `{"status":{"name":"[name]"},"name":"[name]"}`},
		"behind another key":     {in: `{"issue":{"fields":{"status":{"name":"Ada Lovelace"}}}}`, want: `{"issue":{"fields":{"status":{"name":"[name]"}}}}`},
		"another key":            {in: `{"fields":{"status":{"display_name":"Ada Lovelace"}}}`, want: `{"fields":{"status":{"display_name":"[name]"}}}`},
		"on the way":             {in: `{"names":"Ada Lovelace"}`, want: `{"names":"[name]"}`},
		"an object there":        {in: `{"fields":{"status":{"name":{"first":"Ada"}}}}`, want: `{"fields":{"status":{"name":{"first":"[name]"}}}}`},
		"a list there":           {in: `{"fields":{"status":{"name":["Ada Lovelace"]}}}`, want: `{"fields":{"status":{"name":["[name]"]}}}`},
		"behind the end":         {in: `{"fields":{"status":{"name":{"name":"Ada Lovelace"}}}}`, want: `{"fields":{"status":{"name":{"name":"[name]"}}}}`},
		"an address there":       {in: `{"fields":{"status":{"name":"ada@example.com"}}}`, want: `{"fields":{"status":{"name":"[email]"}}}`},
		"a name told elsewhere":  {in: `{"fields":{"status":{"name":"Ada Lovelace"},"assignee":{"name":"Ada Lovelace"}}}`, want: `{"fields":{"status":{"name":"[name]"},"assignee":{"name":"[name]"}}}`},
		"a key with an escape":   {in: `{"fields":{"status":{"nam\u0065":"Ada Lovelace"}}}`, want: `{"fields":{"status":{"nam\u0065":"[name]"}}}`},
		"JSON in a text":         {in: `{"note":"{\"values\":[{\"name\":\"Ada Lovelace\"}]}"}`, want: `{"note":"{\"values\":[{\"name\":\"[name]\"}]}"}`},
		"lines of text":          {in: `{"values":[{"name":"Ada Lovelace"}]}` + "\n", want: `{"values":[{"name":"[name]"}]}` + "\n", media: "text/plain"},
		"structured over MCP":    {in: `{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"values":[{"name":"Ask"}]}}}`, want: `{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"values":[{"name":"Ask"}]}}}`},
		"a text over MCP":        {in: `{"result":{"content":[{"type":"text","text":"{\"values\":[{\"name\":\"Ask\"}],\"name\":\"Ada Lovelace\"}"}]}}`, want: `{"result":{"content":[{"type":"text","text":"{\"values\":[{\"name\":\"Ask\"}],\"name\":\"[name]\"}"}]}}`},
		"an event over MCP":      {in: "data: {\"result\":{\"structuredContent\":{\"values\":[{\"name\":\"Ask\"}],\"name\":\"Ada Lovelace\"}}}\n\n", want: "data: {\"result\":{\"structuredContent\":{\"values\":[{\"name\":\"Ask\"}],\"name\":\"[name]\"}}}\n\n", media: "text/event-stream"},
		"a resource's text":      {in: `{"result":{"contents":[{"text":"{\"values\":[{\"name\":\"Ada Lovelace\"}]}"}]}}`, want: `{"result":{"contents":[{"text":"{\"values\":[{\"name\":\"[name]\"}]}"}]}}`},
		"a text in such a text":  {in: `{"result":{"content":[{"text":"{\"text\":\"{\\\"values\\\":[{\\\"name\\\":\\\"Ada Lovelace\\\"}]}\"}"}]}}`, want: `{"result":{"content":[{"text":"{\"text\":\"{\\\"values\\\":[{\\\"name\\\":\\\"[name]\\\"}]}\"}"}]}}`},
		"base64":                 {in: `{"content":"eyJ2YWx1ZXMiOlt7Im5hbWUiOiJBZGEgTG92ZWxhY2UifV19"}`, want: `{"content":"eyJ2YWx1ZXMiOlt7Im5hbWUiOiJbbmFtZV0ifV19"}`},
		"a list is the document": {in: `[{"values":[{"name":"Ask"}]}]`, want: `[{"values":[{"name":"Ask"}]}]`},
	} {
		media := tc.media
		if media == "" {
			media = "application/json"
		}
		p := transitions
		p.Media = append(p.Media, "text/event-stream")
		out, _, err := mask.Body(nil, []byte(tc.in), media, p, surrogate.Mark{})
		if string(out) != tc.want || err != nil {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, out, tc.want)
		}
	}
}

// What a tenant says about a key goes before.
func TestPathsOpenNoKeyOfTheTenant(t *testing.T) {
	const body = `{"values":[{"name":"Ask","kind":"Ask"}]}`
	for want, change := range map[string]func(*mask.Policy){
		`{"values":[{"name":null,"kind":"Ask"}]}`:  func(p *mask.Policy) { p.Drop = map[string]bool{"name": true} },
		`{"values":[{"name":"Ask","kind":"Ask"}]}`: func(p *mask.Policy) { p.Pass = map[string]bool{"name": true} },
	} {
		p := passing("values.name")
		change(&p)
		if out, _, err := mask.Body(nil, []byte(body), "application/json", p, surrogate.Mark{}); string(out) != want || err != nil {
			t.Errorf("%s, %v, want %s", out, err, want)
		}
	}
}

// However many paths there are, none opens another's place.
func TestManyPaths(t *testing.T) {
	var paths []string
	for i := range 5_000 {
		paths = append(paths, "k"+strconv.Itoa(i)+".name")
	}
	p := passing(paths...)
	if again, err := mask.ParsePolicy(p.AppendJSON(nil)); err != nil || !again.Paths.Equal(p.Paths) || len(again.Paths.Names()) != len(paths) {
		t.Fatal(err)
	}
	in := `{"other":{"name":"Ada"},"k":{"name":"Ada"},"k1":{"x":{"name":"Ada"}}}`
	if out, report, err := mask.Body(nil, []byte(in), "application/json", p, surrogate.Mark{}); err != nil || report[pii.Name] != 3 {
		t.Errorf("%s %v %v", out, report, err)
	}
	if names := mask.NewPaths([]string{"A_b.c", "ab.C"}).Names(); strings.Join(names, " ") != "ab.c" {
		t.Errorf("folded are %q", names)
	}
}
