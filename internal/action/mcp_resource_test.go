package action

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
)

// libraryYAML maps resources and prompts of a server.
const libraryYAML = `
name: library
dialect: problem
max_body: 64KiB
mcp: {path: /mcp, protocol: PROTOCOL}
actions:
  - name: library.help
    summary: Read the help
    effect: false
    mcp: {resource: "docs://help"}
  - name: library.page
    summary: Read a page
    effect: false
    mcp: {resource: "docs://books/{book}/pages/{page}?as=text"}
    params:
      - {name: book, kind: id, pattern: "[^ ]+", required: true}
      - {name: page, kind: id, chars: digits, required: true}
  - name: library.shelf
    summary: Read a shelf
    effect: false
    mcp: {resource: "docs://{shelf}"}
    params:
      - {name: shelf, kind: enum, values: [new, old, help], required: true}
  - name: library.review
    summary: Review a book
    effect: false
    mcp: {prompt: review-book}
    params:
      - {name: book, kind: id, chars: digits, quoted: true, required: true}
      - {name: tone, kind: enum, values: [kind, harsh]}
      - {name: words, kind: integer, quoted: true, min: 1, max: 100}
`

func library(tb testing.TB, p client.Protocol, edits ...string) *Catalog {
	tb.Helper()
	return compiled(tb, strings.NewReplacer(append(edits, "PROTOCOL", string(p))...).Replace(libraryYAML))
}

// What is read of an address, and written to the server, in both eras.
func TestResources(t *testing.T) {
	for _, p := range []client.Protocol{client.Sessions, client.Stateless} {
		c := library(t, p)
		for uri, want := range map[string]string{
			"docs://new":                             "library.shelf",
			"docs://books/a/pages/7?as=text":         "library.page",
			"docs://books/a%3Ab%20c/pages/7?as=text": "", // the pattern takes no space
			"docs://books/a%3Ab/pages/7?as=text":     "library.page",
			"docs://books/a:b/pages/7?as=text":       "", // another spelling
			"docs://books/a%3ab/pages/7?as=text":     "",
			"docs://books/a%2Fb/pages/7?as=text":     "",
			"docs://books/../pages/7?as=text":        "",
			"docs://books/%2E%2E/pages/7?as=text":    "",
			"docs://books//pages/7?as=text":          "",
			"docs://books/a/pages/07?as=text":        "",
			"docs://books/a/pages/7?as=text&x=1":     "",
			"docs://books/a/pages/7":                 "",
			"docs://help":                            "", // of two
			"docs://other":                           "",
			"DOCS://new":                             "",
			"docs://new#a":                           "",
			"":                                       "",
		} {
			call, act, mismatch := c.MatchResource(uri)
			if (mismatch == nil) != (want != "") || want != "" && (call.Action != want || act.Name != want) {
				t.Errorf("%s: %+v %v", uri, call, mismatch)
			}
			if mismatch != nil {
				continue
			}
			r, err := c.Build(call.Action, call.Args)
			if err != nil || !strings.Contains(string(r.Body), `"method":"resources/read","params":{"uri":"`+uri+`"`) {
				t.Fatalf("%v %s", err, r.Body)
			}
			if again, _, mismatch := c.Match(r); mismatch != nil || Digest(again) != Digest(call) {
				t.Errorf("%s: the check reads %+v %v", uri, again, mismatch)
			}
			if p == client.Stateless {
				r.Header[len(r.Header)-1].Value += "x"
				if _, _, mismatch := c.Match(r); mismatch == nil {
					t.Errorf("%s: another mcp-name passes", uri)
				}
			}
		}
	}
}

// A prompt's arguments are texts, and a call of it is nothing else.
func TestPrompts(t *testing.T) {
	for _, p := range []client.Protocol{client.Sessions, client.Stateless} {
		c := library(t, p)
		a, ok := c.ByPromptName("library_review")
		if _, tool := c.ByToolName("library_review"); !ok || tool || a.Offer() != OfferPrompt {
			t.Fatalf("a prompt is %v, a tool %v", ok, tool)
		}
		for text, code := range map[string]reason.Code{
			`{"book":"12","words":"5","tone":"kind"}`: "",
			`{"book":"12","words":5}`:                 reason.InputInvalid,
			`{"tone":"kind"}`:                         reason.InputMissing,
			`{"book":"12","x":"y"}`:                   reason.InputUnlisted,
			`{"book":"12","tone":"x"}`:                reason.InputInvalid,
		} {
			call, mismatch := c.MatchArguments(a, read(t, text))
			if (mismatch == nil) != (code == "") || mismatch != nil && mismatch.Reason != code {
				t.Errorf("%s: %v", text, mismatch)
			}
			if mismatch != nil {
				continue
			}
			r, err := c.Build(a.Name, call.Args)
			if err != nil || !strings.Contains(string(r.Body), `"method":"prompts/get","params":{"name":"review-book","arguments":{"book":"12","tone":"kind","words":"5"}`) {
				t.Fatalf("%v %s", err, r.Body)
			}
			for _, edit := range [][2]string{{"prompts/get", "tools/call"}, {"prompts/get", "resources/read"}, {"review-book", "other"}, {`"5"`, `5`}} {
				changed := r
				changed.Body = []byte(strings.Replace(string(r.Body), edit[0], edit[1], 1))
				if _, _, mismatch := c.Match(changed); mismatch == nil {
					t.Errorf("the check lets %s pass", changed.Body)
				}
			}
		}
	}
}

func TestMistakesOfResources(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no scheme":          {`"docs://help"`, `"help"`, "must be an address that begins with a scheme"},
		"a brace":            {`"docs://help"`, `"docs://{help"`, "must have names of arguments in braces"},
		"nothing between":    {`{page}?as`, `{page}as`, "must have a character as / or ? behind an argument"},
		"not declared":       {`"docs://help"`, `"docs://{help}"`, "has {help}, which is no argument"},
		"not in it":          {`/pages/{page}`, ``, "stand in the address once"},
		"not required":       {`chars: digits, required: true}`, `chars: digits}`, "must be required"},
		"a kind":             {`kind: enum, values: [new, old, help]`, `kind: string`, "must be id or enum to stand in an address"},
		"twice":              {`"docs://help"`, `"docs://{shelf}"`, "is the resource of library.help"},
		"an effect":          {"effect: false\n    mcp: {prompt", "effect: true\n    mcp: {prompt", "what changes something is a tool"},
		"two":                {`{prompt: review-book}`, `{prompt: review-book, resource: "a://b"}`, "must be a tool with its digest, a resource or a prompt"},
		"a digest":           {`{prompt: review-book}`, `{prompt: review-book, digest: "sha256:1"}`, "must be a tool with its digest, a resource or a prompt"},
		"a number":           {`kind: integer, quoted: true`, `kind: integer`, "is a text to a prompt"},
		"a prompt's name":    {`review-book`, `"a b"`, "must be the prompt's name"},
		"a position":         {`values: [kind, harsh]`, `values: [kind, harsh], at: a.b`, "is a text to a prompt"},
		"a scheme's capital": {`"docs://help"`, `"Docs://help"`, "must be an address that begins with a scheme"},
	} {
		text := strings.NewReplacer("PROTOCOL", string(client.Sessions), c.from, c.to).Replace(libraryYAML)
		if _, problems := Compile("library.yaml", []byte(text)); len(problems) == 0 || !strings.Contains(problems.Error(), c.want) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
