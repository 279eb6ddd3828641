package decision_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
)

const outgoing = `name: notes
dialect: problem
max_body: 64KiB
outcomes: {applied: {status: [2xx]}, not_applied: {status: [4xx]}}
actions:
  - name: notes.find
    summary: Find
    method: GET
    path: /n
    params: [{name: text, kind: string}, {name: number, kind: integer, safe: true}, {name: share, kind: decimal, scale: 4}]
  - name: notes.write
    summary: Write
    effect: true
    method: POST
    path: /n
    body: json
    subject: {customer: args.customer}
    params:
      - {name: customer, kind: id, required: true}
      - {name: text, kind: string, restorable: true}
      - {name: open, kind: string, personal: pass}
      - {name: shut, kind: string, personal: refuse}
      - {name: asked, kind: string, personal: hold}
      - {name: to, kind: string, restorable: true, recipient: true}
      - {name: number, kind: integer}
      - {name: weight, kind: decimal, scale: 1}
      - {name: tags, kind: list, items: {kind: string}}
      - {name: who, kind: object, fields: [{name: city, kind: string}]}
    business_key: [args.customer]
`

func TestOutgoing(t *testing.T) {
	catalog, problems := action.Compile("notes.yaml", []byte(outgoing))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const card, seal = "4242 4242 4242 4242", "baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	sealed := "[phone:" + seal + "]"
	for name, c := range map[string]struct {
		query, body string
		want        decision.Leak
	}{
		"nothing":                         {"", `{"customer":"c","text":"Your refund of 20.00 for order 4417123 is on its way"}`, decision.Leak{}},
		"an address is no secret":         {"", `{"customer":"c","text":"we wrote to ann@example.com"}`, decision.Leak{}},
		"ten numbers":                     {"", `{"customer":"c","text":"` + strings.Repeat("+1 415 555 0142, ", 10) + `"}`, decision.Leak{}},
		"many guesses":                    {"", `{"customer":"c","text":"` + strings.Repeat("+1 415 555 0142, ", 11) + `"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: too many values at once"}},
		"what nests too deeply":           {"", `{"customer":"c","text":"` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: what cannot be read"}},
		"a card":                          {"", `{"customer":"c","text":"it is ` + card + `"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: card"}},
		"full-width":                      {"", `{"customer":"c","text":"４２４２４２４２４２４２４２４２"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: card"}},
		"escaped":                         {"", `{"customer":"c","text":"\u0034242 4242\u200b 4242-4242"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: card"}},
		"an SSN":                          {"", `{"customer":"c","text":"536-22-8745"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: ssn"}},
		"a guess at a birth":              {"", `{"customer":"c","text":"born on 1974-03-18"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: birthdate"}},
		"another date":                    {"", `{"customer":"c","text":"shipped on 2024-03-18"}`, decision.Leak{}},
		"in JSON, by its key":             {"", `{"customer":"c","text":"{\"ssn\": 536228745}"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: ssn"}},
		"a key":                           {"", `{"customer":"c","text":"use sk_live_51HxAbCdEfGhIjKlMnOpQrStUvWxYz"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: secret"}},
		"where all passes":                {"", `{"customer":"c","open":"` + card + `"}`, decision.Leak{}},
		"where nothing passes":            {"", `{"customer":"c","shut":"ann@example.com"}`, decision.Leak{Reason: reason.PersonalData, Field: "shut", Hint: "it holds: email"}},
		"where people are asked":          {"", `{"customer":"c","asked":"ann@example.com"}`, decision.Leak{Field: "asked", Hint: "it holds: email", Hold: true}},
		"asked, and a card elsewhere":     {"", `{"customer":"c","asked":"ann@example.com","tags":["` + card + `"]}`, decision.Leak{Reason: reason.PersonalData, Field: "tags", Hint: "it holds: card"}},
		"a surrogate":                     {"", `{"customer":"c","shut":"call ` + sealed + `","asked":"` + sealed + `"}`, decision.Leak{}},
		"a card in a surrogate's clothes": {"", `{"customer":"c","text":"[phone:` + seal + `:` + card + `]"}`, decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: card"}},
		"a known recipient":               {"", `{"customer":"c","to":"` + sealed + `"}`, decision.Leak{}},
		"a recipient in clear":            {"", `{"customer":"c","to":"eve@evil.example"}`, decision.Leak{Reason: reason.RecipientUnknown, Field: "to"}},
		"two recipients":                  {"", `{"customer":"c","to":"` + sealed + `,eve@evil.example"}`, decision.Leak{Reason: reason.RecipientUnknown, Field: "to"}},
		"a card as a number":              {"", `{"customer":"c","number":4242424242424242}`, decision.Leak{Reason: reason.PersonalData, Field: "number", Hint: "it holds: card"}},
		"as a decimal":                    {"", `{"customer":"c","weight":4242424242424242}`, decision.Leak{Reason: reason.PersonalData, Field: "weight", Hint: "it holds: card"}},
		"in an object":                    {"", `{"customer":"c","who":{"city":"` + card + `"}}`, decision.Leak{Reason: reason.PersonalData, Field: "who", Hint: "it holds: card"}},
		"a search":                        {"text=4242424242424242", "", decision.Leak{Reason: reason.PersonalData, Field: "text", Hint: "it holds: card"}},
		"a search by a number":            {"number=4242424242424242", "", decision.Leak{Reason: reason.PersonalData, Field: "number", Hint: "it holds: card"}},
		"a page of results":               {"text=eyJvIjoiaWQiLCJ2IjoiYVFBQUFBQUFBQUFBIn0.eyJvIjoiaWQiLCJ2Ijoi.aWQiLCJ2Ijoi", "", decision.Leak{}},
		"an amount and a time":            {"number=1712345678901", "", decision.Leak{}},
	} {
		request := action.Request{Method: "GET", Path: "/n", RawQuery: c.query}
		if c.body != "" {
			request = action.Request{Method: "POST", Path: "/n", Body: []byte(c.body), Header: []action.Header{{Name: "content-type", Value: "application/json"}}}
		}
		call, act, mismatch := catalog.Match(request)
		if mismatch != nil {
			t.Errorf("%s: %+v", name, mismatch)
			continue
		}
		got := decision.Outgoing(act, call.Args)
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if strings.ContainsAny(got.Hint, "0123456789@") {
			t.Errorf("%s: the hint holds a value: %s", name, got.Hint)
		}
	}
}

// A number has one spelling: the others are refused before anybody looks at what
// they say.
func TestCardsInOtherSpellingsOfNumbers(t *testing.T) {
	catalog, problems := action.Compile("notes.yaml", []byte(outgoing))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, number := range []string{"4242424242424242.0", "-4242424242424242", "4.242424242424242e15", "4242424242424242e0", "\"4242424242424242\""} {
		for _, field := range []string{"number", "weight"} {
			call, act, mismatch := catalog.Match(action.Request{
				Method: "POST", Path: "/n", Body: []byte(`{"customer":"c","` + field + `":` + number + `}`),
				Header: []action.Header{{Name: "content-type", Value: "application/json"}},
			})
			if mismatch == nil && decision.Outgoing(act, call.Args).Reason != reason.PersonalData {
				t.Errorf("%s: %s goes out", field, number)
			}
		}
	}
}
