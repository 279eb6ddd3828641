package action

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

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
			v.List = append(v.List, arbitrary(r, p.item))
		}
	case Object:
		v.Fields = map[string]Value{}
		for i := range p.fields {
			if f := &p.fields[i]; f.Required || len(v.Fields) == 0 || r.IntN(2) == 0 {
				v.Fields[f.Name] = arbitrary(r, f)
			}
		}
	case Decimal:
		v.Text = arbitraryDecimal(r, p)
	case Time:
		v.Text = arbitraryTime(r, p)
	default:
		for v.Text = arbitraryText(r); int64(len(v.Text)) > p.most(); {
			v.Text = arbitraryText(r)
		}
	}
	return v
}

func arbitraryID(r *rand.Rand, p *param) string {
	const digits, words = "0123456789", "0123456789abcXYZ_"
	if p.pattern != nil {
		return arbitraryMatch(r, p)
	}
	if p.chars == digitChars {
		return string(digits[1+r.IntN(9)]) + strings.Repeat(string(digits[r.IntN(10)]), r.IntN(17))
	}
	text := ""
	if len(p.prefixes) > 0 {
		text = p.prefixes[r.IntN(len(p.prefixes))]
	}
	for range 1 + r.IntN(20) {
		text += string(words[r.IntN(len(words))])
	}
	return text
}

func arbitraryDecimal(r *rand.Rand, p *param) string {
	whole := p.Min + r.Int64N(min(p.most(), 1<<20)-p.Min)
	text := strconv.FormatInt(whole, 10) + "."
	for range p.Scale {
		text += string("0123456789"[r.IntN(10)])
	}
	if canonical, whole, ok := parseDecimal(text, p.Scale); ok && p.decimalInRange(canonical, whole) {
		return canonical
	}
	return arbitraryDecimal(r, p)
}

func arbitraryTime(r *rand.Rand, p *param) string {
	t := time.Unix(r.Int64N(lastSecond), 0).UTC()
	if !p.unix && r.IntN(2) == 0 {
		t = t.Add(time.Duration(r.IntN(1e9)))
	}
	return t.Format(time.RFC3339Nano)
}

// arbitraryMatch is a text of one of the shapes that patterns are written for.
func arbitraryMatch(r *rand.Rand, p *param) string {
	for {
		for _, text := range []string{
			fmt.Sprintf("%s-%d", []string{"AB", "SUP", "ZEBRA"}[r.IntN(3)], 1+r.IntN(1e6)),
			fmt.Sprintf("%s@%s", []string{"a", "b.c+d", "ada.l"}[r.IntN(3)], []string{"x", "d.example", "a.b.c"}[r.IntN(3)]),
			fmt.Sprintf("%010d.%06d", 1e9+r.IntN(1e9), r.IntN(1e6)),
		} {
			if p.acceptsText(text) {
				return text
			}
		}
	}
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
			for range 60 {
				args := arbitraryArgs(r, a.op)
				a.op.nameCurrency(args)
				holds(t, c, Call{Tool: c.Name(), Action: a.Name, Args: args})
			}
		}
	}
}

// arbitraryArgs are some of an operation's arguments: all that it needs, each by
// itself or by what stands for it.
func arbitraryArgs(r *rand.Rand, op *operation) Args {
	args := Args{}
	for i := range op.params {
		p := &op.params[i]
		if p.standsFor == "" && (p.needed || p.constant != nil || r.IntN(2) == 0) {
			args[p.Name] = arbitrary(r, p)
		}
	}
	for i := range op.params {
		p := &op.params[i]
		if _, given := args[p.standsFor]; p.standsFor != "" && r.IntN(2) == 0 && given {
			delete(args, p.standsFor)
			args[p.Name] = arbitrary(r, p)
		}
	}
	return args
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
      - {name: from, in: query, kind: time, format: unix, at: 'created[gte]'}
      - {name: until, in: query, kind: time}
      - {name: rate, in: query, kind: decimal, scale: 2}
      - {name: shown, in: query, kind: list, join: ',', items: {kind: enum, values: [one, two, three]}}
      - {name: many, in: query, kind: list, join: '&', items: {kind: id, chars: digits}}
      - {name: numbers, kind: list, join: ';', items: {kind: integer}}
      - {name: owner, in: query, kind: id, chars: digits, at: query, spelled: 'type:ticket owner:"{}"'}
    business_key: [args.mode, args.amount]
    provider_key: x-once
    dedupe_window: 24h
  - name: kinds.pay
    summary: Pay {amount}
    effect: true
    method: POST
    path: /pay
    body: json
    params:
      - {name: amount, kind: money, unit: major, quoted: true, currency: args.currency, at: amount.value, required: true, safe: true, min: 1}
      - {name: currency, kind: enum, values: [USD, jpy, KWD], at: amount.code, required: true}
    business_key: [args.amount]
  - name: kinds.give
    summary: Give {amount}
    effect: true
    method: POST
    path: /give
    body: form
    params: [{name: amount, kind: money, unit: major, currency: KWD, max: 900000, required: true, safe: true}]
    business_key: [args.amount]
  - name: kinds.mail
    summary: Read mail in {key}
    method: GET
    path: /m/{key}/{mail}/x
    params:
      - {name: mail, kind: id, pattern: '[a-z.+~]+@[a-z.~]+'}
      - {name: key, kind: id, pattern: '[A-Z]{2,9}-[1-9][0-9]*', safe: true}
  - name: kinds.open
    summary: Open
    effect: false
    method: PUT
    path: /o
    body: json
    params: [{name: open, kind: bool, at: o.open, required: true}]
  - name: kinds.close
    summary: Close
    effect: false
    method: PUT
    path: /o
    body: json
    params: [{name: close, kind: enum, values: [now, later], at: o.close, required: true}, {name: note, kind: string, at: o.note}]
  - name: kinds.json
    summary: Send it
    effect: false
    method: POST
    path: /a
    body: json
    params:
      - {name: tags, kind: list, at: a.b.tags, items: {kind: string, max: 200}}
      - {name: counts, kind: list, at: 'a.only[].counts', items: {kind: integer, min: -3}}
      - {name: pairs, kind: list, items: {kind: object, fields: [{name: key, kind: enum, values: [x, y], required: true, at: K}, {name: at, kind: time}]}}
      - {name: ratio, kind: decimal, scale: 3, min: -20, at: 'a.only[].ratio'}
      - {name: quota, kind: decimal, scale: 2, quoted: true, max: 900}
      - {name: due, kind: time}
      - {name: since, kind: time, format: unix}
      - {name: size, kind: integer, quoted: true}
      - name: address
        kind: object
        fields:
          - {name: city, kind: string, required: true}
          - {name: mail, kind: id, pattern: '[a-z.+]+@[a-z.]+'}
          - {name: geo, kind: object, fields: [{name: lat, kind: decimal, scale: 6, min: -90, max: 90}, {name: codes, kind: list, items: {kind: id, chars: digits}}]}
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
