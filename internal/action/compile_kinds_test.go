package action

import (
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/config"
)

// tools is a catalog that uses what pets does not.
const tools = `name: tools
dialect: slack
max_body: 4KiB
outcomes:
  applied: {status: [200], when: [{at: ok, is: ["true"]}]}
  not_applied: {status: [200], when: [{at: ok, is: ["false"]}]}
actions:
  - name: tools.get
    summary: Read {tool}
    method: GET
    path: /t/{tool}
    params: [{name: tool, kind: id, pattern: '[a-z.]+', safe: true}, {name: of, kind: list, join: ',', items: {kind: enum, values: [a, b]}}]
  - name: tools.buy
    summary: Buy
    effect: true
    method: POST
    path: /t
    body: json
    params:
      - {name: tool, kind: id, required: true, safe: true}
      - {name: alias, kind: id, stands_for: tool, through: facts.found.tool}
      - {name: weight, kind: decimal, scale: 2}
      - {name: due, kind: time, format: unix}
      - {name: note, kind: string, restorable: true, at: 'notes[].text'}
      - {name: to, kind: object, fields: [{name: city, kind: string}]}
      - {name: status, kind: enum, values: [x], required: true}
    empty: [extra]
    facts:
      - name: found
        when: alias
        action: tools.get
        args: {tool: args.alias}
        fields: [{name: tool, kind: id}]
      - {name: tool, action: tools.get, args: {tool: args.tool}, fields: [{name: story, kind: string, outside: true}]}
    subject: {customer: args.tool}
    business_key: [args.tool, args.note]
  - name: tools.sell
    summary: Sell
    effect: true
    method: POST
    path: /t
    body: json
    params: [{name: price, kind: integer, quoted: true}, {name: tool, kind: id}]
    outcomes: {applied: {without_body: [204]}}
    business_key: [args.tool]
`

func TestEveryMistakeOfTheseIsNamed(t *testing.T) {
	if _, problems := Compile("tools.yaml", []byte(tools)); len(problems) > 0 {
		t.Fatal(problems)
	}
	const a, b = "tools.yaml: actions[0]", "tools.yaml: actions[1]"
	for name, tc := range map[string]struct{ old, new, want string }{
		"one status, no test":       {`, when: [{at: ok, is: ["false"]}]`, "", `tools.yaml: outcomes: must not give one status both meanings: when of each can tell them apart by one position`},
		"one status, one test":      {`is: ["false"]`, `is: ["false", "true"]`, `tools.yaml: outcomes: must not give one status both meanings: when of each can tell them apart by one position`},
		"a test of nothing":         {`{at: ok, is: ["false"]}`, `{at: ok}`, `tools.yaml: outcomes.not_applied.when[0]: must have at and is`},
		"any body of a failure":     {`is: ["false"]}]}`, `is: ["false"]}], any_body: [502]}`, `tools.yaml: outcomes.not_applied.any_body[0]: must be one of 401, 405, 411, 413, 414, 415, 429, 431, of not_applied: whatever the body is, no other says that nothing was done (got "502")`},
		"any body of a success":     {`is: ["true"]}]}`, `is: ["true"]}], any_body: [401]}`, `tools.yaml: outcomes.applied.any_body[0]: must be one of 401, 405, 411, 413, 414, 415, 429, 431, of not_applied: whatever the body is, no other says that nothing was done (got "401")`},
		"a path with a list":        {"max_body: 4KiB", "max_body: 4KiB\npass_paths: ['a[].name']", `tools.yaml: pass_paths[0]: must be keys with dots between, once; lists on the way are not written (got "a[].name")`},
		"a path of nothing":         {"max_body: 4KiB", "max_body: 4KiB\npass_paths: [a..name]", `tools.yaml: pass_paths[0]: must be keys with dots between, once; lists on the way are not written (got "a..name")`},
		"a path twice":              {"max_body: 4KiB", "max_body: 4KiB\npass_paths: [a.name, a.name]", `tools.yaml: pass_paths[1]: must be keys with dots between, once; lists on the way are not written (got "a.name")`},
		"many paths":                {"max_body: 4KiB", "max_body: 4KiB\npass_paths: [" + strings.Repeat("a, ", 101) + "b]", `tools.yaml: pass_paths: must be at most 100 (got 102)`},
		"own outcomes":              {"without_body: [204]", "without_body: [xx]", `tools.yaml: actions[2].outcomes.applied.without_body[0]: must be a status from 200 to 599, or as 2xx (got "xx")`},
		"pattern":                   {"'[a-z.]+'", "'('", a + `.params[0].pattern: must be a regular expression of at most 200 bytes (got "(")`},
		"long pattern":              {"'[a-z.]+'", "'" + strings.Repeat("a", 201) + "'", a + `.params[0].pattern: must be a regular expression of at most 200 bytes (got "` + strings.Repeat("a", 100)},
		"pattern and prefixes":      {"pattern: '[a-z.]+'", "pattern: x, prefixes: [y]", a + `.params[0].pattern: stands instead of prefixes and chars (got "x")`},
		"pattern of a text":         {"note, kind: string", "note, kind: string, pattern: x", b + `.params[4]: prefixes, chars and pattern are only for an id`},
		"suffix behind a pattern":   {"path: /t/{tool}", "path: '/t/{tool}.json'", a + `.path: has a suffix behind an id with a pattern, which may have a dot itself (got "/t/{tool}.json")`},
		"join":                      {"join: ','", "join: ', '", a + `.params[1].join: must be a comma, semicolon, bar, space or &, of a list (got ", ")`},
		"joined texts":              {"items: {kind: enum, values: [a, b]}", "items: {kind: string}", a + `.params[1].items.kind: must be enum, integer or id without a pattern to be joined (got "string")`},
		"joined by what is in them": {"values: [a, b]", "values: ['a,b']", a + `.params[1].items.values: must not have what joins them (got [a,b])`},
		"list in a query":           {"join: ',', ", "", a + `.params[1].kind: a list without join and an object can only stand in a json body (got list)`},
		"join in a body":            {"due, kind: time, format: unix", "due, kind: list, join: ','", b + `.params[3].join: is only for a list in a query or form (got ",")`},
		"unit":                      {"{name: city, kind: string}", "{name: city, kind: string, unit: major}", b + `.params[5].fields[0].unit: must be minor or major, of money (got "major")`},
		"unit of another word":      {"due, kind: time, format: unix", "due, kind: money, currency: USD, unit: cents", b + `.params[3].unit: must be minor or major, of money (got "cents")`},
		"decimals of one currency":  {"due, kind: time, format: unix", "due, kind: money, currency: USD, unit: major, decimals: 2", b + `.params[3].decimals: must be 0 to 4 for money in major units whose currency is a fact's, and is only for that (got 2)`},
		"decimals of minor units":   {"due, kind: time, format: unix", "due, kind: money, currency: USD, decimals: 2", b + `.params[3].decimals: must be 0 to 4 for money in major units whose currency is a fact's, and is only for that (got 2)`},
		"decimals of a text":        {"note, kind: string", "note, kind: string, decimals: 1", b + `.params[4].decimals: must be 0 to 4 for money in major units whose currency is a fact's, and is only for that (got 1)`},
		"absent in some currency":   {"{name: status, kind: enum, values: [x], required: true}", "{name: status, kind: enum, values: [USD, JPY], required: true}\n      - {name: price, kind: money, unit: major, currency: args.status, absent: '1.50'}", b + `.params[7].absent: must be facts: what an amount is worth depends on the currency that is given (got "1.50")`},
		"absent with decimals":      {"due, kind: time, format: unix", "due, kind: money, unit: major, currency: JPY, absent: '1.50'", b + `.params[3].absent: must be an amount without decimals as 1250, from 0, written plainly, or facts (got "1.50")`},
		"scale":                     {"scale: 2", "scale: 10", b + `.params[2].scale: must be 1 to 9 for a decimal, and is only for one (got 10)`},
		"no scale":                  {", scale: 2", "", b + `.params[2].scale: must be 1 to 9 for a decimal, and is only for one (got 0)`},
		"scale of a text":           {"note, kind: string", "note, kind: string, scale: 1", b + `.params[4].scale: must be 1 to 9 for a decimal, and is only for one (got 1)`},
		"format":                    {"format: unix", "format: iso", b + `.params[3].format: must be rfc3339 or unix, of a time (got "iso")`},
		"format of a text":          {"note, kind: string", "note, kind: string, format: unix", b + `.params[4].format: must be rfc3339 or unix, of a time (got "unix")`},
		"quoted text":               {"note, kind: string", "note, kind: string, quoted: true", b + `.params[4].quoted: is only for integer, decimal, money and an id of digits (got true)`},
		"items of a text":           {"note, kind: string", "note, kind: string, items: {kind: id}", b + `.params[4].items: is only for a list`},
		"object of nothing":         {", fields: [{name: city, kind: string}]", "", b + `.params[5].fields: must be given for an object, and only for one`},
		"field's name":              {"{name: city,", "{name: City,", b + `.params[5].fields[0].name: must be a new name of lower case letters, digits and _ (got "City")`},
		"field's kind":              {"{name: city, kind: string}", "{name: city, kind: text}", b + `.params[5].fields[0].kind: must be string, id, enum, integer, decimal, money, time, bool, list or object (got "text")`},
		"money inside":              {"{name: city, kind: string}", "{name: city, kind: money}", b + `.params[5].fields[0].kind: an amount must be an argument by itself (got "money")`},
		"nested too deep":           {"{name: city, kind: string}", "{name: a, kind: list, items: {kind: list, items: {kind: list, items: {kind: list}}}}", b + `.params[5].fields[0].items.items.items: is nested more than 4 deep`},
		"object in a query":         {"name: of, kind: list, join: ',', items: {kind: enum, values: [a, b]}", "name: of, kind: object, fields: [{name: a, kind: id}]", a + `.params[1].kind: a list without join and an object can only stand in a json body (got object)`},
		"position":                  {"'notes[].text'", "'notes[0].text'", b + `.params[4].at: must be keys with dots between (got "notes[0].text")`},
		"a list that is an object":  {"to, kind: object", "to, at: notes.to, kind: object", b + `.params[5].at: is a position of another argument (got notes.to)`},
		"restorable for nobody":     {"    subject: {customer: args.tool}\n", "", b + `.params[4].restorable: needs the action's subject: personal data goes back to whom it is about alone (got true)`},
		"a subject that is nothing": {"customer: args.tool", "customer: args.other", b + `.subject: must be customer or ticket, and name args.name or facts.fact.field: an id, a string or an integer (got "args.other")`},
		"a subject that is two":     {"customer: args.tool", "customer: args.tool, ticket: args.alias", b + `.subject: must be customer or ticket, and name args.name or facts.fact.field: an id, a string or an integer (got "args.alias")`},
		"a subject of many":         {"customer: args.tool", "customer: args.to", b + `.subject: must be customer or ticket, and name args.name or facts.fact.field: an id, a string or an integer (got "args.to")`},
		"a recipient by any text":   {"note, kind: string, restorable: true", "note, kind: string, recipient: true", b + `.params[4].recipient: is only for a restorable text: who reads it is known by a surrogate (got true)`},
		"personal of another word":  {"note, kind: string, restorable: true", "note, kind: string, restorable: true, personal: ask", b + `.params[4].personal: must be pass, refuse or hold (got "ask")`},
		"a read that waits":         {"{name: of, kind: list,", "{name: of, personal: hold, kind: list,", a + `.params[1].personal: a read cannot wait for a person: pass or refuse (got hold)`},
		"restorable in a query":     {"{name: of, kind: list, join: ',', items: {kind: enum, values: [a, b]}}", "{name: of, kind: string, restorable: true}", a + `.params[1].restorable: is only for a string in the body of an effect: personal data is not written into addresses or names (got true)`},
		"restorable id":             {"{name: tool, kind: id, required: true, safe: true}", "{name: tool, kind: id, required: true, safe: true, restorable: true}", b + `.params[0].restorable: is only for a string in the body of an effect: personal data is not written into addresses or names (got true)`},
		"an editable id":            {"{name: tool, kind: id, required: true, safe: true}", "{name: tool, kind: id, required: true, safe: true, editable: true}", b + `.params[0].editable: is only for a string, an enum or a bool in the body of an effect, and for no recipient: who changes what it is about asks anew (got true)`},
		"an editable read":          {"{name: of, kind: list, join: ',', items: {kind: enum, values: [a, b]}}", "{name: of, kind: enum, values: [a, b], editable: true}", a + `.params[1].editable: is only for a string, an enum or a bool in the body of an effect, and for no recipient: who changes what it is about asks anew (got true)`},
		"an editable recipient":     {"note, kind: string, restorable: true", "note, kind: string, restorable: true, recipient: true, editable: true", b + `.params[4].editable: is only for a string, an enum or a bool in the body of an effect, and for no recipient: who changes what it is about asks anew (got true)`},
		"spelled in a body":         {"{name: tool, kind: id, required: true, safe: true}", "{name: tool, kind: id, required: true, safe: true, spelled: 'x{}'}", b + `.params[0].spelled: must have {} once, of an argument of a query or form (got "x{}")`},
		"spelled text":              {"{name: of, kind: list, join: ',', items: {kind: enum, values: [a, b]}}", "{name: of, kind: string, spelled: 'x{}'}", a + `.params[1].spelled: is only for id, enum, integer and time: another text could say more than one thing (got "x{}")`},
		"stands for nobody":         {"stands_for: tool", "stands_for: tol", b + `.params[1].stands_for: must name a required argument of the same kind of an effect, neither of the two in the path (got "tol")`},
		"stands for an option":      {"tool, kind: id, required: true", "tool, kind: id", b + `.params[1].stands_for: must name a required argument of the same kind of an effect, neither of the two in the path (got "tool")`},
		"stands through nothing":    {"through: facts.found.tool", "through: facts.tool.story", b + `.params[1].through: must be facts.fact.field of the same kind, of a fact that is fetched when this argument is given (got "facts.tool.story")`},
		"stands through outside":    {"fields: [{name: tool, kind: id}]", "fields: [{name: tool, kind: id, outside: true}]", b + `.params[1].through: must be facts.fact.field of the same kind, of a fact that is fetched when this argument is given (got "facts.found.tool")`},
		"when of nothing":           {"when: alias", "when: other", b + `.facts[0].when: must name an argument (got "other")`},
		"an option without when":    {"        when: alias\n", "", b + `.facts[0].args.tool: must be args.name or facts.fact.field of the same kind that is never absent (got "args.alias")`},
		"empty where something is":  {"empty: [extra]", "empty: [to]", b + `.empty[0]: must be a position of the json body where no argument stands (got "to")`},
		"one address, nothing apart": {"status, kind: enum, values: [x], required: true", "status, kind: enum, values: [x]",
			`tools.yaml: actions[2].path: one request could be this action and tools.buy: one of the two must need an argument that the other does not have (got /t)`},
		"one address, the same argument": {"{name: price, kind: integer, quoted: true}", "{name: status, kind: string}",
			`tools.yaml: actions[2].path: one request could be this action and tools.buy: one of the two must need an argument that the other does not have (got /t)`},
	} {
		t.Run(name, func(t *testing.T) {
			source := strings.Replace(tools, tc.old, tc.new, 1)
			if source == tools {
				t.Fatalf("the catalog has no %q", tc.old)
			}
			c, problems := Compile("tools.yaml", []byte(source))
			if c != nil || len(problems) == 0 {
				t.Fatal("was compiled")
			}
			if !slices.ContainsFunc(problems, func(p config.Problem) bool { return strings.HasPrefix(p.String(), tc.want) }) {
				t.Errorf("problems:\n%v\nwant:\n%s", problems, tc.want)
			}
		})
	}
}

// Values that exclude each other tell two actions of one address apart too.
func TestEnumsTellActionsApart(t *testing.T) {
	source := strings.Replace(tools, "{name: price, kind: integer, quoted: true}", "{name: status, kind: enum, values: [y], required: true}", 1)
	c := compiled(t, source)
	for status, want := range map[string]string{"x": "tools.buy", "y": "tools.sell"} {
		call, _, mismatch := c.Match(Request{Method: "POST", Path: "/t", Header: []Header{{"content-type", "application/json"}}, Body: []byte(`{"tool":"a","status":"` + status + `"}`)})
		if mismatch != nil || call.Action != want {
			t.Errorf("%s is %s, %v", status, call.Action, mismatch)
		}
	}
}
