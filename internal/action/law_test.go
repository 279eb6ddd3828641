package action

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// arbitrary makes a value of an argument, hostile where its kind allows it.
func arbitrary(r *rand.Rand, p *param) Value {
	v := Value{Kind: p.Kind}
	switch p.Kind {
	case Enum:
		v.Text = p.Values[r.IntN(len(p.Values))]
	case ID:
		v.Text = arbitraryID(r, p)
	case Integer, Money:
		v.Int = p.Min + r.Int64N(min(p.most(), 1<<40)-p.Min+1)
	case Bool:
		v.Bool = r.IntN(2) == 0
	case List:
		for range 1 + r.IntN(5) {
			v.List = append(v.List, arbitraryText(r))
		}
	default:
		v.Text = arbitraryText(r)
	}
	return v
}

func arbitraryID(r *rand.Rand, p *param) string {
	const digits, words = "0123456789", "0123456789abcXYZ_"
	if p.chars == digitChars {
		return string(digits[1+r.IntN(9)]) + strings.Repeat(string(digits[r.IntN(10)]), r.IntN(17))
	}
	text := p.prefixes[r.IntN(len(p.prefixes))]
	for range 1 + r.IntN(20) {
		text += string(words[r.IntN(len(words))])
	}
	return text
}

func arbitraryText(r *rand.Rand) string {
	pieces := []string{
		"a", " ", "&", "=", "+", "%", "%00", "%2f", "\"", "\\", "/", "\n", "\t", "\x01", "\x7f", "é", "陈", "😀", "\u2028", "{", "}", "'", "<b>",
	}
	var text strings.Builder
	for range 1 + r.IntN(20) {
		text.WriteString(pieces[r.IntN(len(pieces))])
	}
	return text.String()
}

// The law of the gateway: what Build writes, Match reads back as the same
// call; and what Match read, Build writes in one way only.
func TestMatchReadsWhatBuildWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range append(ShippedNames(), "kinds") {
		c := lawCatalog(t, name)
		for _, a := range c.Actions() {
			for range 300 {
				args := Args{}
				for i := range a.op.params {
					p := &a.op.params[i]
					if p.Required || p.constant != nil || r.IntN(2) == 0 {
						args[p.Name] = arbitrary(r, p)
					}
				}
				a.op.nameCurrency(args)
				holds(t, c, Call{Tool: c.Name(), Action: a.Name, Args: args})
			}
		}
	}
}

func lawCatalog(tb testing.TB, name string) *Catalog {
	tb.Helper()
	if name == "kinds" {
		return compiled(tb, kindsYAML)
	}
	return shippedCatalog(tb, name)
}

func holds(t *testing.T, c *Catalog, want Call) {
	t.Helper()
	request, err := c.Build(want.Action, want.Args)
	if err != nil {
		t.Fatalf("build %v: %v", want, err)
	}
	got, _, mismatch := c.Match(request)
	if mismatch != nil {
		t.Fatalf("match %s %s?%s %s: %v", request.Method, request.Path, request.RawQuery, request.Body, mismatch)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if !bytes.Equal(MarshalArgs(want.Args), MarshalArgs(got.Args)) || Digest(want) != Digest(got) {
		t.Fatalf("one call has two spellings: %s", MarshalArgs(got.Args))
	}
	again, err := c.Build(got.Action, got.Args)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(request, again); diff != "" {
		t.Fatal(diff)
	}
}

// kindsYAML has what the shipped catalogs do not use: every kind in every
// place it may stand.
const kindsYAML = `
name: kinds
dialect: problem
max_body: 64KiB
outcomes: {applied: {status: [200]}, not_applied: {status: [404]}}
actions:
  - name: kinds.form
    summary: Pay {amount}
    effect: true
    method: POST
    path: /a/{mode}/b
    body: form
    params:
      - {name: mode, kind: enum, values: [fast, slow-1], safe: true}
      - {name: amount, kind: money, currency: args.currency, min: 1, safe: true, required: true, at: 'pay[amount]'}
      - {name: currency, kind: enum, values: [usd, jpy], required: true}
      - {name: note, kind: string, max: 4000}
      - {name: page, in: query, kind: integer, min: -5}
      - {name: filter, in: query, kind: string, at: 'q[]'}
    business_key: [args.mode, args.amount]
    provider_key: x-once
    dedupe_window: 24h
  - name: kinds.json
    summary: Send it
    effect: false
    method: POST
    path: /a
    body: json
    params:
      - {name: tags, kind: list, at: a.b.tags}
      - {name: count, kind: integer, min: -9, at: a.count}
      - {name: owner, kind: id, chars: digits, at: a.b.owner}
      - {name: price, kind: money, currency: USD}
      - {name: loud, kind: bool, absent: "false"}
      - {name: mode, kind: enum, values: ['x"y', 'ü'], at: a.mode}
      - {name: text, kind: string}
`

func compiled(tb testing.TB, source string) *Catalog {
	tb.Helper()
	c, problems := Compile("test.yaml", []byte(source))
	if err := problems.Err(); err != nil {
		tb.Fatal(err)
	}
	return c
}
