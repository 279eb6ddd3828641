package action

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/config"
)

// pets is the smallest catalog that has everything a mistake can be made in.
const pets = `name: pets
dialect: problem
max_body: 4KiB
currencies_refused: [ISK]
headers:
  - {name: x-version, values: [v1], send: v1}
outcomes:
  applied: {status: [200]}
  not_applied: {status: [404]}
actions:
  - name: pets.get
    summary: Read {pet}
    method: GET
    path: /pets/{pet}
    params: [{name: pet, kind: id, prefixes: [pet_], safe: true}]
  - name: pets.sell
    summary: Sell {pet} for {price} to {facts.pet.owner}
    effect: true
    method: POST
    path: /sales
    body: form
    params:
      - {name: pet, kind: id, required: true, safe: true}
      - {name: price, kind: money, min: 1, max: 9000, currency: facts.pet.currency, absent: facts.pet.worth, safe: true}
      - {name: note, kind: string}
    facts:
      - name: pet
        action: pets.get
        args: {pet: args.pet}
        fields:
          - {name: owner, kind: id}
          - {name: worth, kind: money, currency: currency}
          - {name: currency, kind: currency}
          - {name: story, kind: string, optional: true}
    business_key: [args.pet]
    provider_key: idempotency-key
    dedupe_window: 24h
`

func TestEveryMistakeIsNamed(t *testing.T) {
	if _, problems := Compile("pets.yaml", []byte(pets)); len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, tc := range map[string]struct{ old, new, want string }{
		"unknown key":               {"dialect: problem", "dialekt: problem", "pets.yaml: line 2: is no setting of this file (got dialekt)"},
		"name":                      {"name: pets\n", "name: Pets\n", `pets.yaml: name: must be lower case letters, digits and _ (got "Pets")`},
		"dialect":                   {"dialect: problem", "dialect: soap", `pets.yaml: dialect: must be one of stripe, zendesk, slack, jira, hubspot, problem (got "soap")`},
		"size without a unit":       {"4KiB", "4096", `pets.yaml: max_body: must be a size up to 1MiB, as 64KiB (got "4096")`},
		"size":                      {"4KiB", "2MiB", `pets.yaml: max_body: must be a size up to 1MiB, as 64KiB (got "2MiB")`},
		"refused currency":          {"[ISK]", "[isk]", `pets.yaml: currencies_refused[0]: must be an upper case ISO 4217 code (got "isk")`},
		"header in upper case":      {"x-version", "X-Version", `pets.yaml: headers[0].name: must be a header name in lower case (got "X-Version")`},
		"header of the gateway":     {"x-version", "authorization", `pets.yaml: headers[0].name: is read by the gateway and cannot be listed (got authorization)`},
		"header of any and values":  {"values: [v1]", "any: true, values: [v1]", `pets.yaml: headers[0]: must have any: true, or else values or a pattern`},
		"header without values":     {"values: [v1], send: v1", "any: false", `pets.yaml: headers[0]: must have any: true, or else values or a pattern`},
		"header pattern":            {"values: [v1]", "pattern: '('", `pets.yaml: headers[0].pattern: must be a regular expression (got "(")`},
		"header sent":               {"send: v1", "send: v2", `pets.yaml: headers[0].send: must be a value that is accepted (got "v2")`},
		"status":                    {"status: [200]", "status: [20]", `pets.yaml: outcomes.applied.status[0]: must be a status from 200 to 599, or as 2xx (got "20")`},
		"status of both":            {"status: [404]", "status: [2xx]", `pets.yaml: outcomes: must not give one status both meanings: when of each can tell them apart by one position`},
		"no status":                 {"{status: [404]}", "{has: error}", `pets.yaml: outcomes.not_applied.status: must list at least one status`},
		"no outcomes":               {"  not_applied: {status: [404]}\n", "", `pets.yaml: actions[1].effect: needs outcomes, its own or the catalog's: applied and not_applied (got true)`},
		"action of another name":    {"- name: pets.sell", "- name: cats.sell", `pets.yaml: actions[1].name: must be pets. and lower case names with dots between (got "cats.sell")`},
		"method":                    {"method: GET", "method: TRACE", `pets.yaml: actions[0].method: must be GET, POST, PUT, PATCH or DELETE (got "TRACE")`},
		"effect not said":           {"    effect: true\n", "", `pets.yaml: actions[1].effect: must be said for POST: true or false`},
		"summary of free text":      {"Sell {pet}", "Sell {note}", `pets.yaml: actions[1].summary: must name only arguments with safe: true, and facts that are no free text (got "note")`},
		"summary of a fact's text":  {"facts.pet.owner", "facts.pet.story", `pets.yaml: actions[1].summary: must name only arguments with safe: true, and facts that are no free text (got "facts.pet.story")`},
		"summary left open":         {"Read {pet}", "'Read {pet'", `pets.yaml: actions[0].summary: must name only arguments with safe: true, and facts that are no free text (got "pet")`},
		"path":                      {"path: /sales", "path: sales", `pets.yaml: actions[1].path: must be an absolute path of plain segments, as /v1/charges/{charge} (got "sales")`},
		"path with dots":            {"path: /sales", "path: /a/../sales", `pets.yaml: actions[1].path: must be an absolute path of plain segments, as /v1/charges/{charge} (got "/a/../sales")`},
		"path argument":             {"path: /sales", "path: /sales/{owner}", `pets.yaml: actions[1].path: names an argument that is not declared (got "/sales/{owner}")`},
		"alias without an argument": {"path: /pets/{pet}", "path: /pets/{pet}\n    aliases: [/pet]", `pets.yaml: actions[0].aliases[0]: must have {pet} once (got "/pet")`},
		"two actions of one path":   {"    dedupe_window: 24h\n", "    dedupe_window: 24h\n  - {name: pets.give, summary: Give, effect: false, method: POST, path: /sales, body: form, params: [{name: pet, kind: id, required: true}, {name: to, kind: id}]}\n", `pets.yaml: actions[2].path: one request could be this action and pets.sell: one of the two must need an argument that the other does not have (got /sales)`},
		"body":                      {"body: form", "body: xml", `pets.yaml: actions[1].body: must be none, form or json (got "xml")`},
		"argument's name":           {"{name: note,", "{name: Note,", `pets.yaml: actions[1].params[2].name: must be lower case letters, digits and _ (got "Note")`},
		"argument twice":            {"{name: note,", "{name: pet,", `pets.yaml: actions[1].params[2].name: is used twice (got pet)`},
		"kind":                      {"{name: note, kind: string}", "{name: note, kind: text}", `pets.yaml: actions[1].params[2].kind: must be string, id, enum, integer, decimal, money, time, bool, list or object (got "text")`},
		"chars":                     {"{name: note, kind: string}", "{name: note, kind: id, chars: any}", `pets.yaml: actions[1].params[2].chars: must be word, slug or digits (got "any")`},
		"place":                     {"{name: note, kind: string}", "{name: note, kind: string, in: cookie}", `pets.yaml: actions[1].params[2].in: must be path, query or body (got "cookie")`},
		"key twice":                 {"{name: note, kind: string}", "{name: note, kind: string, at: pet}", `pets.yaml: actions[1].params[2].at: is the key of another argument (got pet)`},
		"text in a path":            {"{name: pet, kind: id, prefixes: [pet_], safe: true}", "{name: pet, kind: string, safe: true}", `pets.yaml: actions[0].params[0].kind: must be id or enum to stand in a path (got "string")`},
		"list in a form":            {"{name: note, kind: string}", "{name: note, kind: list}", `pets.yaml: actions[1].params[2].kind: a list without join and an object can only stand in a json body (got list)`},
		"enum without values":       {"{name: note, kind: string}", "{name: note, kind: enum}", `pets.yaml: actions[1].params[2].values: must list the texts, none of them empty`},
		"prefix with a dot":         {"[pet_]", "[pet.]", `pets.yaml: actions[0].params[0].prefixes[0]: must be letters, digits, - and _ (got "pet.")`},
		"max below min":             {"max: 9000", "max: -1", `pets.yaml: actions[1].params[1].max: must not be less than min, and at most 65536 bytes for a text (got -1)`},
		"min of a text":             {"{name: note, kind: string}", "{name: note, kind: string, min: 1}", `pets.yaml: actions[1].params[2].min: is only for an integer or decimal, or from 0 for money (got 1)`},
		"absence of what is there":  {"{name: pet, kind: id, required: true, safe: true}", "{name: pet, kind: id, required: true, safe: true, absent: x}", `pets.yaml: actions[1].params[0].absent: a required argument is never absent (got "x")`},
		"absence of another kind":   {"absent: facts.pet.worth", "absent: facts.pet.owner", `pets.yaml: actions[1].params[1].absent: must be facts.fact.field of the argument's kind (got "facts.pet.owner")`},
		"absence out of range":      {"absent: facts.pet.worth", "absent: '9001'", `pets.yaml: actions[1].params[1].absent: must be an amount in the currency's smallest unit from 1 to 9000, written plainly, or facts (got "9001")`},
		"currency":                  {"currency: facts.pet.currency", "currency: facts.pet.owner", `pets.yaml: actions[1].params[1].currency: must be an ISO 4217 code, an enum argument of codes or a fact's currency (got "facts.pet.owner")`},
		"currency that is refused":  {"currency: facts.pet.currency", "currency: ISK", `pets.yaml: actions[1].params[1].currency: must be an ISO 4217 code, an enum argument of codes or a fact's currency (got "ISK")`},
		"fact of an effect":         {"action: pets.get", "action: pets.sell", `pets.yaml: actions[1].facts[0].action: must be a read of this catalog (got "pets.sell")`},
		"fact without its argument": {"args: {pet: args.pet}", "args: {}", `pets.yaml: actions[1].facts[0].args: must give pet of pets.get`},
		"fact of an optional one":   {"args: {pet: args.pet}", "args: {pet: args.note}", `pets.yaml: actions[1].facts[0].args.pet: must be args.name or facts.fact.field of the same kind that is never absent (got "args.note")`},
		"fact with another":         {"args: {pet: args.pet}", "args: {pet: args.pet, owner: args.pet}", `pets.yaml: actions[1].facts[0].args: pets.get has no such argument (got owner)`},
		"fact's money":              {"kind: money, currency: currency", "kind: money", `pets.yaml: actions[1].facts[0].fields[1].currency: must name a currency field of this fact that is not optional (got "")`},
		"fact's kind":               {"{name: owner, kind: id}", "{name: owner, kind: enum}", `pets.yaml: actions[1].facts[0].fields[0].kind: a fact has no enum: what the tool may answer is the tool's to say; use string or id (got "enum")`},
		"no business key":           {"    business_key: [args.pet]\n", "", `pets.yaml: actions[1].business_key: must be given for an effect, and only for one`},
		"business key of a guess":   {"[args.pet]", "[facts.pet.story]", `pets.yaml: actions[1].business_key[0]: must be args.name, or facts.fact.field that is never absent, and no list or object (got "facts.pet.story")`},
		"window without a key":      {"    provider_key: idempotency-key\n", "", `pets.yaml: actions[1].dedupe_window: needs a provider_key (got 24h0m0s)`},
		"key without a window":      {"    dedupe_window: 24h\n", "", `pets.yaml: actions[1].dedupe_window: must be from 1m to 720h (got 0s)`},
		"key of the gateway":        {"provider_key: idempotency-key", "provider_key: cookie", `pets.yaml: actions[1].provider_key: must be a header name in lower case that the gateway does not read (got "cookie")`},
	} {
		t.Run(name, func(t *testing.T) {
			source := strings.Replace(pets, tc.old, tc.new, 1)
			if source == pets {
				t.Fatalf("the catalog has no %q", tc.old)
			}
			c, problems := Compile("pets.yaml", []byte(source))
			if c != nil || len(problems) == 0 {
				t.Fatal("was compiled")
			}
			if !slices.ContainsFunc(problems, func(p config.Problem) bool { return p.String() == tc.want }) {
				t.Errorf("problems:\n%v\nwant:\n%s", problems, tc.want)
			}
		})
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	source := strings.NewReplacer("dialect: problem", "dialect: soap", "4KiB", "0KiB", "method: GET", "method: get", "kind: string}", "kind: x}").Replace(pets)
	_, problems := Compile("pets.yaml", []byte(source))
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	want := []string{
		"pets.yaml: dialect", "pets.yaml: max_body", "pets.yaml: actions[0].method",
		"pets.yaml: actions[1].params[2].kind",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyFileIsNoCatalog(t *testing.T) {
	for _, source := range []string{"", "---\n---\n", "name: a\n---\nname: b\n", "[]", "\x00"} {
		if c, problems := Compile("x.yaml", []byte(source)); c != nil || len(problems) == 0 {
			t.Errorf("%q was compiled", source)
		}
	}
}

// The example of the reference page is a catalog.
func TestTheReferenceExampleCompiles(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/catalog.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, closed := strings.Cut(rest, "```")
	if !closed {
		t.Fatal("the page has no example")
	}
	compiled(t, example)
}
