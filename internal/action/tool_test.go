package action

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
)

// arguments spells a call as a tool call has it.
func arguments(a *Action, args Args) string {
	out := []byte{'{'}
	for i := range a.op.params {
		p := &a.op.params[i]
		v, given := args[p.Name]
		if !given {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendText(out, p.Name), ':')
		out = p.appendValue(out, v)
	}
	return string(append(out, '}'))
}

// The same call, asked as an HTTP request and as arguments of a tool, is the
// same bytes: one digest, and so one intent.
func TestArgumentsAreTheSameCall(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range append(ShippedNames(), "kinds") {
		c := lawCatalog(t, name)
		for _, a := range c.Actions() {
			for range 200 {
				args := Args{}
				for i := range a.op.params {
					if p := &a.op.params[i]; p.needed || r.IntN(2) == 0 {
						args[p.Name] = arbitrary(r, p)
					}
				}
				if a.op.both(args) != nil {
					continue // named twice, by itself and by what stands for it
				}
				a.op.nameCurrency(args)
				request, err := c.Build(a.Name, args)
				if err != nil {
					t.Fatal(err)
				}
				want, _, mismatch := c.Match(request)
				if mismatch != nil {
					t.Fatal(mismatch)
				}
				got, mismatch := c.MatchArguments(a, read(t, arguments(a, args)))
				if mismatch != nil {
					t.Fatalf("%s %s: %v", a.Name, arguments(a, args), mismatch)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatal(diff)
				}
				if !bytes.Equal(MarshalArgs(want.Args), MarshalArgs(got.Args)) || Digest(want) != Digest(got) {
					t.Fatalf("one call, two spellings: %s", MarshalArgs(got.Args))
				}
			}
		}
	}
}

func read(tb testing.TB, text string) JSON {
	tb.Helper()
	value, err := ReadJSON(text)
	if err != nil {
		tb.Fatal(err)
	}
	return value
}

func TestArgumentsAreReadStrictly(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	a, ok := c.ByToolName("stripe_refund_create")
	if !ok {
		t.Fatal("no such tool")
	}
	for text, want := range map[string]struct {
		reason reason.Code
		field  string
	}{
		`{"charge":"ch_1","amount":4000}`:   {},
		`{"charge":"ch_1"}`:                 {},
		`{}`:                                {reason.InputMissing, "charge"},
		`[]`:                                {reason.InputInvalid, "arguments"},
		`"charge"`:                          {reason.InputInvalid, "arguments"},
		`null`:                              {reason.InputInvalid, "arguments"},
		`{"charge":"ch_1","amount":"4000"}`: {reason.InputInvalid, "amount"},
		`{"charge":"ch_1","amount":4e3}`:    {reason.InputInvalid, "amount"},
		`{"charge":"ch_1","amount":4000.0}`: {reason.InputInvalid, "amount"},
		`{"charge":"ch_1","amount":-1}`:     {reason.InputInvalid, "amount"},
		`{"charge":"ch_1","amount":9999999999999}`:        {reason.InputInvalid, "amount"},
		`{"charge":"ch_1","amount":null}`:                 {reason.InputInvalid, "amount"},
		`{"charge":["ch_1"]}`:                             {reason.InputInvalid, "charge"},
		`{"charge":"../refunds"}`:                         {reason.InputInvalid, "charge"},
		`{"charge":"ch_1","expand[]":"charge"}`:           {reason.InputUnlisted, "expand[]"},
		`{"Charge":"ch_1"}`:                               {reason.InputUnlisted, "Charge"},
		`{"charge":"ch_1","metadata":{"a":"b"}}`:          {reason.InputUnlisted, "metadata"},
		`{"charge":"ch_1","reason":"because"}`:            {reason.InputInvalid, "reason"},
		`{"charge":"ch_1","__proto__":{"amount":999999}}`: {reason.InputUnlisted, "__proto__"},
	} {
		call, mismatch := c.MatchArguments(a, read(t, text))
		if want.reason == "" {
			if mismatch != nil || len(call.Args) == 0 {
				t.Errorf("%s: %v", text, mismatch)
			}
			continue
		}
		if mismatch == nil || mismatch.Reason != want.reason || mismatch.Field != want.field || call.Args != nil {
			t.Errorf("%s: got %+v, args %v", text, mismatch, call.Args)
		}
	}
	if _, mismatch := c.MatchArguments(a, JSON{}); mismatch == nil || mismatch.Reason != reason.InputMissing {
		t.Errorf("without arguments: %v", mismatch)
	}
}

// Texts that no strict reader takes, and that another one would read in its own
// way.
func TestReadJSONRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"a key twice":         `{"charge":"ch_1","charge":"ch_2"}`,
		"a key twice, spelt":  `{"charge":"ch_1","ch\u0061rge":"ch_2"}`,
		"a leading zero":      `{"amount":04000}`,
		"two values":          `{} {}`,
		"nothing":             ``,
		"half a pair":         `{"a":"\ud800"}`,
		"deeper than it goes": strings.Repeat(`{"a":`, maxDepth+2) + "1" + strings.Repeat("}", maxDepth+2),
	} {
		if _, err := ReadJSON(text); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// Every schema is JSON, closed, and speaks of every argument.
func TestSchemas(t *testing.T) {
	for _, name := range append(ShippedNames(), "kinds") {
		for _, a := range lawCatalog(t, name).Actions() {
			var schema struct {
				Type       string                     `json:"type"`
				Properties map[string]json.RawMessage `json:"properties"`
				Required   []string                   `json:"required"`
				More       *bool                      `json:"additionalProperties"`
			}
			if err := json.Unmarshal(a.Schema(), &schema); err != nil {
				t.Fatalf("%s: %v in %s", a.Name, err, a.Schema())
			}
			if schema.Type != "object" || schema.More == nil || *schema.More || len(schema.Properties) != len(a.Params) {
				t.Errorf("%s: %s", a.Name, a.Schema())
			}
			for _, p := range a.Params {
				if p.Required != (indexIn(schema.Required, p.Name) >= 0) {
					t.Errorf("%s: %s", a.Name, a.Schema())
				}
			}
			if a.Description == "" || strings.ContainsAny(a.Description, "{}") {
				t.Errorf("%s is described as %q", a.Name, a.Description)
			}
		}
	}
}

func indexIn(list []string, text string) int {
	for i := range list {
		if list[i] == text {
			return i
		}
	}
	return -1
}

func TestSchemaOfARefund(t *testing.T) {
	a, _ := shippedCatalog(t, "stripe").ByToolName("stripe_refund_create")
	const want = `{"type":"object","properties":{` +
		`"charge":{"type":"string","pattern":"^(ch_|py_)[A-Za-z0-9_]+$","maxLength":128,"description":"An id that begins with ch_ or py_"},` +
		`"payment_intent":{"type":"string","pattern":"^(pi_)[A-Za-z0-9_]+$","maxLength":128,"description":"An id that begins with pi_"},` +
		`"amount":{"type":"integer","minimum":1,"maximum":999999999999,"description":"An amount in the currency's smallest unit from 1 to 999999999999, written plainly"},` +
		`"reason":{"type":"string","enum":["duplicate","fraudulent","requested_by_customer"],"description":"One of duplicate, fraudulent, requested_by_customer"}` +
		`},"additionalProperties":false}`
	if diff := cmp.Diff(want, string(a.Schema())); diff != "" {
		t.Error(diff)
	}
}

func TestToolNamesAreApart(t *testing.T) {
	const action = "  - {name: %s, summary: S, method: GET, path: %s}\n"
	head := "name: pets\ndialect: problem\nmax_body: 1KiB\nactions:\n"
	line := func(name, path string) string {
		return strings.NewReplacer("%s, s", name+", s", "path: %s", "path: "+path).Replace(action)
	}
	for what, text := range map[string]string{
		"is the same MCP tool as pets.a_b": head + line("pets.a_b", "/a") + line("pets.a.b", "/b"),
		"must be at most 64 bytes":         head + line("pets."+strings.Repeat("a", 60), "/a"),
		"the gateway's own MCP server":     head + line("pets.a", "/mcp"),
	} {
		_, problems := Compile("pets.yaml", []byte(text))
		if len(problems) == 0 || !strings.Contains(problems.Error(), what) {
			t.Errorf("%s: %v", what, problems)
		}
	}
}
