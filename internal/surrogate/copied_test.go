package surrogate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Whatever value is sealed, and however a model copies its surrogate, the same value opens.
func TestAnyValueComesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := session(t, 9, 1)
	letters := []rune("abcXYZ019 @.-+()[]:\"\\\n\t'é王小明😀\u0301\u200b")
	for n := range 3000 {
		typ := pii.Email + pii.Type(n%int(pii.Secret-pii.Email))
		var text strings.Builder
		for size := 1 + r.IntN(surrogate.MaxValue-4); text.Len() < size; {
			text.WriteRune(letters[r.IntN(len(letters))])
		}
		if text.String()[0] == '[' { // may be a stand-in
			continue
		}
		v := surrogate.Value{Type: typ, Text: []byte(text.String()), Field: []byte("body"), Show: n%2 == 0}
		made := string(s.Mint(nil, v))
		for _, copied := range []string{made, swapped(r, made), "**" + made + "**", "“" + made + "”,", "-" + made + "'s\n", "(" + made + ")", "[" + made + "]", made + made[:1]} {
			tokens := surrogate.Find(nil, []byte(copied))
			if len(tokens) != 1 {
				t.Fatalf("%q of %q holds %d", copied, v.Text, len(tokens))
			}
			if got, about, err := s.Open(tokens[0]); err != nil || string(got) != text.String() || about != ann || tokens[0].Type != typ {
				t.Fatalf("%q gave %q about %v, %v, want %q", copied, got, about, err, v.Text)
			}
			if surrogate.Torn([]byte(copied)) {
				t.Fatalf("%q is called torn", copied)
			}
		}
	}
}

// swapped is text with each letter in a case of its own.
func swapped(r *rand.Rand, text string) string {
	b := []byte(text)
	for i, c := range b {
		if c|0x20 >= 'a' && c|0x20 <= 'z' && r.IntN(2) == 0 {
			b[i] = c ^ 0x20
		}
	}
	return string(b)
}

// fullWidth is text in full-width signs.
func fullWidth(text string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, text)
}

// What is left of one opens nothing and is seen, and no other text is taken for it.
func TestTorn(t *testing.T) {
	s := session(t, 1, 1)
	for typ := pii.Email; typ < pii.Secret; typ++ {
		made := mint(s, typ, values[typ])
		body := strings.IndexByte(made, ':')
		for what, torn := range map[string]string{
			"no brackets": strings.Trim(made, "[]"), "no end": made[:len(made)-1] + " and so on", "no beginning": made[1:], "other brackets": "(" + strings.Trim(made, "[]") + ")",
			"escaped brackets": `\[` + made[1:len(made)-1] + `\]`, "an escaped end": made[:len(made)-1] + `\]`, "escaped underscores": strings.ReplaceAll(made[:body], "_", `\_`) + `\` + made[body:],
			"full-width": fullWidth(made), "a full-width colon": strings.Replace(made, ":", "：", 1), "other corners": "【" + made[1:len(made)-1] + "】", "corners without an end": "【" + made[1:],
			"a space behind the colon": strings.Replace(made, ":", ": ", 1), "two lines": made[:body+20] + "\n  " + made[body+20:], "three lines": made[:body+9] + "\r\n" + made[body+9:body+30] + " \u3000" + made[body+30:],
			"spaces within": "[ " + made[1:len(made)-1] + " ]", "no-break spaces": made[:body+12] + "\u00a0" + made[body+12:], "a soft hyphen": made[:body+12] + "\u00ad" + made[body+12:], "a joiner": "[\u200b" + made[1:],
			"abbreviated in corners": "【" + made[1:body] + "：" + made[body+1:body+9] + "…】",
			"abbreviated":            made[:body+9] + "…]", "abbreviated by dots": made[:body+9] + "...]", "beside a whole one": made + strings.ToUpper(made[1:]),
		} {
			for _, token := range surrogate.Find(nil, []byte(torn)) {
				if got, _, err := s.Open(token); err == nil && what != "beside a whole one" {
					t.Errorf("%s, %s: %q opened as %q", typ, what, torn, got)
				}
			}
			if !surrogate.Torn([]byte(torn)) {
				t.Errorf("%s, %s: %q is not seen", typ, what, torn)
			}
		}
	}
	for _, whole := range []string{
		"", ":", "name:", "[name]", "[name:...]", "[name: see below]", "[name: the customer who asked for it]", "［姓名：王小明］", `\[name\]`, "[address: warehouse north of the river near the mill]",
		mint(s, pii.Name, "Ann Lee") + "\n [and] " + mint(s, pii.Email, "a@b.co") + " \\* [x: y] 【注】：",
		strings.Replace(mint(s, pii.Card, values[pii.Card]), ":4242]", ": 42 42]", 1), "[email:" + strings.Repeat("a ", 40) + "]", "[note:" + strings.Repeat("a", 20) + "\n" + strings.Repeat("a", 40) + "]", "[secret: " + strings.Repeat("a", 40) + "]",
		"email: ann@example.com", "phone:4155550132", "name:d41d8cd98f00b204e9800998ecf8427e", "[address:warehouse north]",
		"secret:" + strings.Repeat("a", 40), "note:" + strings.Repeat("a", 40), "https://x.example/name:" + strings.Repeat("a", 30),
	} {
		if surrogate.Torn([]byte(whole)) {
			t.Errorf("%q is called torn", whole)
		}
	}
}

// A value that another tool, field, version, session or tenant's key sealed has another
// surrogate, if there are few such values; one about another customer always.
func TestSurrogatesOfOtherPlaces(t *testing.T) {
	for typ := pii.Email; typ < pii.Secret; typ++ {
		v := surrogate.Value{Type: typ, Text: []byte(values[typ]), Field: []byte("body")}
		s := session(t, 1, 1)
		here := string(s.Mint(nil, v))
		other := func(tool, field string, about surrogate.Subject) string {
			s.Enter(tool, about)
			v.Field = []byte(field)
			return string(s.Mint(nil, v))
		}
		if same := other("zendesk", "body", ann) == here; same == surrogate.Bound(typ) {
			t.Errorf("%s: the same at another tool: %v", typ, same)
		}
		if same := other("stripe", "note", ann) == here; same == surrogate.Bound(typ) {
			t.Errorf("%s: the same in another field: %v", typ, same)
		}
		if other("stripe", "body", surrogate.Subject{9}) == here {
			t.Errorf("%s: the same of another customer", typ)
		}
		if other("stripe", "body", ann) != here {
			t.Errorf("%s: not the same where it was", typ)
		}
		v.Field = []byte("body")
		for what, another := range map[string]*surrogate.Session{"version": session(t, 2, 1), "session": session(t, 1, 2)} {
			if string(another.Mint(nil, v)) == here || another.Own([]byte(here)) != 0 {
				t.Errorf("%s: the same of another %s", typ, what)
			}
		}
	}
}
