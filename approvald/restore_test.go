package approvald_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
)

// minted is the surrogate of a value as the mask makes it in a session, in an
// answer about a customer.
func (b *bench) minted(tenant, session, customer string, typ pii.Type, value string) string {
	b.TB.Helper()
	keys := sessionkey.New(b.Ring)()
	key, ok := keys.Derive(tenant, session)
	if !ok {
		b.TB.Fatal("no key")
	}
	s, err := surrogate.NewSession(key)
	if err != nil {
		b.TB.Fatal(err)
	}
	s.Enter("zendesk", keys.Subject(tenant, session, customer))
	return string(s.Mint(nil, surrogate.Value{Type: typ, Text: []byte(value), Show: true}))
}

// comment writes a comment on the session's ticket and returns the code of a
// refusal.
func (b *bench) comment(text string) (got, string) {
	b.TB.Helper()
	g, err := b.send(context.Background(), b.admitted(executetest.Comment(strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(text)), ""))
	if err != nil {
		b.TB.Fatal(err)
	}
	for _, code := range []string{"surrogate_unknown", "surrogate_place", "surrogate_subject", "facts_unavailable"} {
		if strings.Contains(g.body, code) {
			return g, code
		}
	}
	return g, ""
}

func (b *bench) lastComment() string {
	all := b.tool.Comments(1001)
	return all[len(all)-1].Body
}

// What the model was shown as a surrogate is what the customer reads, however the
// model spelled it, and the ledger has the surrogate alone.
func TestSurrogatesAreRestoredForTheirCustomer(t *testing.T) {
	b := start(t)
	name := b.minted("acme", "s1", "cus_ada", pii.Phone, "+1 415 555 0142")
	email := b.minted("acme", "s1", "cus_ada", pii.Email, "ada.lovelace@example.com")
	for text, want := range map[string]string{
		"Dear " + name + ", we wrote to " + strings.ToUpper(email) + ".": "Dear +1 415 555 0142, we wrote to ada.lovelace@example.com.",
		name + "\n" + email: "+1 415 555 0142\nada.lovelace@example.com",
		"Dear " + strings.Replace(name, ":0142]", "]", 1) + "先生 [not one: of ours]":            "Dear +1 415 555 0142先生 [not one: of ours]",
		"A < B and `code` and **" + name + "**, see https://acme.example/help (" + email + ")": "A < B and `code` and **+1 415 555 0142**, see https://acme.example/help (ada.lovelace@example.com)",
	} {
		if g, code := b.comment(text); g.status != 200 || code != "" {
			t.Errorf("%q: %d %s", text, g.status, g.body)
		}
		if diff := cmp.Diff(want, b.lastComment()); diff != "" {
			t.Error(diff)
		}
		if kept := b.newest().Call.Args["body"].Text; kept != text {
			t.Errorf("the ledger has %q", kept)
		}
	}
}

// The customer's own name goes into the greeting and the end of a public reply: the
// mask takes it out again when the agent reads the ticket.
func TestNamesAreRestoredInGreetings(t *testing.T) {
	b := start(t)
	for value, greetings := range map[string][]string{
		"Ada Lovelace":         {"Dear %s,\n\nyour refund is on its way.", "Hi %s! It is done.", "Hello Mrs. %s, it is done.", "It is done.\n\nYours sincerely,\n%s", "Sehr geehrte Frau %s, danke."},
		"Jean-Luc O'Brien":     {"Dear %s,", "Good morning %s, it is done."},
		"ludwig van der berg":  {"dear %s,", "My name is %s."},
		"María de la Cruz":     {"Estimada Señora %s, gracias."},
		"陈伟":                   {"Dear %s,", "%s先生，您好"},
		"Дмитрий Сергеевич Ли": {"Dear %s, thanks"},
	} {
		token := b.minted("acme", "s1", "cus_ada", pii.Name, value)
		for _, greeting := range greetings {
			if g, code := b.comment(fmt.Sprintf(greeting, token)); g.status != 200 || code != "" {
				t.Errorf("%q of %s: %d %s", greeting, value, g.status, g.body)
			}
			if diff := cmp.Diff(fmt.Sprintf(greeting, value), b.lastComment()); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// Whatever is not surely for its reader is refused, and nothing is written.
func TestSurrogatesThatAreNotRestored(t *testing.T) {
	b := start(t)
	name := b.minted("acme", "s1", "cus_ada", pii.Name, "Ada Lovelace")
	mail := b.minted("acme", "s1", "cus_ada", pii.Email, "ada.lovelace@example.com") // which the mask takes out wherever it stands
	for what, c := range map[string]struct{ text, code string }{
		"an address in a link":             {"see https://evil.example/?q=" + mail, "surrogate_place"},
		"an address in a link's target":    {"[here](" + mail + ")", "surrogate_place"},
		"an address in an image":           {"<img src='x' alt='" + mail + "'>", "surrogate_place"},
		"an address in code":               {"run `x " + mail + "` now", "surrogate_place"},
		"another session's":                {b.minted("acme", "s2", "cus_ada", pii.Name, "Ada Lovelace"), "surrogate_unknown"},
		"another tenant's":                 {b.minted("globex", "s1", "cus_ada", pii.Name, "Ada Lovelace"), "surrogate_unknown"},
		"another customer's":               {b.minted("acme", "s1", "cus_bob", pii.Name, "Bob Stone"), "surrogate_subject"},
		"nobody's":                         {b.minted("acme", "s1", "", pii.Name, "Bob Stone"), "surrogate_subject"},
		"one beside a good one":            {name + " and " + b.minted("acme", "s1", "cus_bob", pii.Name, "Bob Stone"), "surrogate_subject"},
		"a changed one":                    {strings.Replace(name, "[name:", "[email:", 1), "surrogate_unknown"},
		"a cut one":                        {name[:20] + name[22:], "surrogate_unknown"},
		"one without its brackets":         {"Dear " + strings.Trim(name, "[]") + ",", "surrogate_unknown"},
		"an abbreviated one":               {"Dear " + name[:14] + "…],", "surrogate_unknown"},
		"one in full-width signs":          {"Dear " + strings.NewReplacer("[", "［", ":", "：", "]", "］").Replace(name) + ",", "surrogate_unknown"},
		"one broken into two lines":        {"Dear " + name[:20] + "\n" + name[20:] + ",", "surrogate_unknown"},
		"in a link":                        {"https://evil.example/?q=" + name, "surrogate_place"},
		"in a link's target":               {"[here](" + name + ")", "surrogate_place"},
		"a name, which would be read back": {"The order of " + name, "surrogate_place"},
		"a name, once more in its letter":  {"Dear " + name + ", we wrote to " + name + " before.", "surrogate_place"},
		"another's name in a greeting":     {"Dear " + b.minted("acme", "s1", "cus_bob", pii.Name, "Bob Stone") + ",", "surrogate_subject"},
		"no name behind a greeting":        {"Dear " + b.minted("acme", "s1", "cus_ada", pii.Name, "Customer") + ",", "surrogate_place"},
		"glued to digits":                  {"9" + b.minted("acme", "s1", "cus_ada", pii.SSN, "536-22-8745") + "9", "surrogate_place"},
		"in an image":                      {"![](https://evil.example/" + name + ")", "surrogate_place"},
		"in a tag":                         {"<img alt=\"x\" src=\"" + name + "\">", "surrogate_place"},
		"in an attribute":                  {"<a title='" + name + "'>x</a>", "surrogate_place"},
		"in a script":                      {"<script>x = '" + name + "'</script>", "surrogate_place"},
		"in code":                          {"run `curl " + name + "` now", "surrogate_place"},
		"in a block of code":               {"```\n" + name + "\n```", "surrogate_place"},
		"a host":                           {name + ".evil.example", "surrogate_place"},
		"an address at a host":             {name + "@evil.example", "surrogate_place"},
		"mail to somebody":                 {"mailto:" + name, "surrogate_place"},
		"a path":                           {"evil.example/" + name, "surrogate_place"},
		"a text of a link, again":          {"[" + name + "](https://evil.example)", "surrogate_place"},
	} {
		before := len(b.tool.Comments(1001))
		g, code := b.comment(c.text)
		if code != c.code {
			t.Errorf("%s: %d %s, want %s", what, g.status, g.body, c.code)
		}
		if n := len(b.tool.Comments(1001)); c.code != "" && n != before {
			t.Errorf("%s: it was written: %q", what, b.lastComment())
		}
		rows := b.Records.All()
		if row := rows[len(rows)-1]; c.code != "" && (row.Reason != c.code || row.Effect != "deny") {
			t.Errorf("%s: recorded %+v", what, row)
		}
	}
	if strings.Contains(b.Log.String(), "Lovelace") || strings.Contains(fmt.Sprint(b.Records.All()), "Lovelace") {
		t.Error("a value is in a log or a record")
	}
}

// Where the catalog does not say that texts are turned back, none is.
func TestOnlyMarkedArgumentsAreRestored(t *testing.T) {
	b := start(t)
	text := "Wrote to " + b.minted("acme", "s1", "cus_ada", pii.Email, "ada.lovelace@example.com")
	by, i := b.Opened("one", executetest.Comment(text), nil)
	_, act, _ := by.Tenant.Action(i.Call.Action)
	for _, marked := range []bool{true, false} {
		other := *act
		other.Params = slices.Clone(act.Params)
		for n := range other.Params {
			other.Params[n].Restorable = marked && other.Params[n].Restorable
		}
		out, err := b.Client.Restore(t.Context(), by, &other, i.Call.Args, i.Facts)
		if err != nil || (out["body"].Text == text) == marked {
			t.Errorf("marked %v: %q, %v", marked, out["body"].Text, err)
		}
	}
}

// The requester of the ticket is who reads it: when that is somebody else by now,
// nothing is turned back, whatever the token says.
func TestTheReaderIsAFact(t *testing.T) {
	b := start(t)
	name := b.minted("acme", "s1", "cus_ada", pii.Name, "Ada Lovelace")
	b.Door.Next("GET", executetest.Answer(200, `{"ticket":{"id":1001,"requester_id":9002,"assignee_id":9100}}`))
	if g, code := b.comment("Dear " + name); code != "surrogate_subject" {
		t.Errorf("%d %s", g.status, g.body)
	}
	b.Door.Next("GET", executetest.Drop)
	if g, code := b.comment("Hello " + name); code != "facts_unavailable" {
		t.Errorf("the tool is silent: %d %s", g.status, g.body)
	}
	nobodys := executetest.Answer(200, `{"ticket":{"id":1001,"assignee_id":9100}}`)
	b.Door.Next("GET", nobodys, nobodys) // before it is kept, and before it is sent
	if g, code := b.comment("Good morning " + b.minted("acme", "s1", "", pii.Name, "Ada Lovelace")); code != "surrogate_subject" {
		t.Errorf("what is about nobody, to nobody: %d %s", g.status, g.body)
	}
}

// A mediated read tells the mask whom its answer is about, by a fact.
func TestReadsSayWhomTheyAreAbout(t *testing.T) {
	b := start(t)
	g, err := b.send(context.Background(), b.admitted(action.Request{Method: "GET", Path: "/stripe/v1/charges/ch_ada_80"}, ""))
	if err != nil {
		t.Fatal(err)
	}
	want := sessionkey.New(b.Ring)().Subject("acme", "s1", "cus_ada").Header()
	if got := g.header.Get(wire.HeaderSubject); g.status != 200 || got != want {
		t.Errorf("%d about %q, want %q", g.status, got, want)
	}
}

// Where a catalog says so, personal data that an agent writes in clear waits for a
// person.
func TestPersonalDataInClearIsAskedAbout(t *testing.T) {
	b := start(t)
	catalog, ok := action.Shipped("zendesk")
	if !ok {
		t.Fatal("no catalog")
	}
	b.Load("acme", func(files map[string]string) {
		files["catalogs/zendesk.yaml"] = strings.ReplaceAll(string(catalog), "restorable: true, editable: true}", "restorable: true, personal: hold}")
	})
	if g, _ := b.comment("Please write to nobody."); g.status != 200 {
		t.Errorf("%d %s", g.status, g.body)
	}
	for range 2 {
		g, err := b.send(context.Background(), b.asking(executetest.Comment("Please write to ann@example.com.")))
		if err != nil || !strings.Contains(g.body, "held") || b.newest().Hold == nil || b.newest().Hold.Group != "billing_leads" {
			t.Errorf("%d %s, %v", g.status, g.body, err)
		}
	}
	if n := len(b.tool.Comments(1001)); n != 5 { // four, and the one without
		t.Errorf("%d comments", n)
	}
}

// asking is a call whose agent does not wait.
func (b *bench) asking(request action.Request) ask {
	a := b.admitted(request, "")
	a.header.Set("prefer", "respond-async")
	return a
}
