package desk_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// Only who holds the command line's token uses the API; a person's session is
// no token.
func TestLocalAuthority(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	session := b.enters("acme", "ann")
	for name, token := range map[string]string{
		"none":              "",
		"another":           "Bearer " + strings.Repeat("x", len(deskToken)),
		"a part":            "Bearer " + deskToken[:len(deskToken)-1],
		"more":              "Bearer " + deskToken + "x",
		"without Bearer":    deskToken,
		"as Basic":          "Basic " + deskToken,
		"a person's cookie": "Bearer " + session.cookie,
		"empty":             "Bearer ",
	} {
		t.Run(name, func(t *testing.T) {
			for _, request := range []string{"GET /api/v1/intents", "GET /api/v1/intents/" + i.ID, "POST /api/v1/intents/" + i.ID + "/approve", "POST /api/v1/links"} {
				method, path, _ := strings.Cut(request, " ")
				p := b.api(token, method, path, `{"digest":"`+i.Digest+`"}`)
				if refused := read[desk.Error](t, p); p.status != 401 || refused.Status != 401 || !strings.Contains(refused.Detail, "--data") {
					t.Errorf("%s: %d %s", request, p.status, p.body)
				}
			}
		})
	}
	if p := session.do("GET", "/api/v1/intents", nil); p.status != 401 {
		t.Errorf("a browser's session: %d", p.status)
	}
	b.stands(i, ledger.Waiting, 0)
}

func TestAPIVote(t *testing.T) {
	for name, c := range map[string]struct {
		word   string
		body   func(digest string) string
		status int
		state  ledger.State
	}{
		"approve":          {"approve", func(d string) string { return `{"digest":"` + d + `"}` }, 200, ledger.Approved},
		"deny":             {"deny", func(d string) string { return `{"digest":"` + d + `","reason":"No."}` }, 200, ledger.Denied},
		"deny, no reason":  {"deny", func(d string) string { return `{"digest":"` + d + `"}` }, 400, ledger.Waiting},
		"no digest":        {"approve", func(string) string { return `{}` }, 409, ledger.Waiting},
		"another digest":   {"approve", func(string) string { return `{"digest":"sha256:0"}` }, 409, ledger.Waiting},
		"no JSON":          {"approve", func(d string) string { return "digest=" + d }, 400, ledger.Waiting},
		"no body":          {"approve", func(string) string { return "" }, 400, ledger.Waiting},
		"an unknown word":  {"execute", func(d string) string { return `{"digest":"` + d + `"}` }, 404, ledger.Waiting},
		"a digest in list": {"approve", func(d string) string { return `{"digest":["` + d + `"]}` }, 400, ledger.Waiting},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+i.ID+"/"+c.word, c.body(i.Digest))
			if p.status != c.status {
				t.Fatalf("%d %s", p.status, p.body)
			}
			if c.status == 200 {
				item := read[desk.Item](t, p)
				if item.State != string(c.state) || len(item.Votes) != 1 || item.Votes[0].Person != "ann" {
					t.Errorf("%+v", item)
				}
				b.stands(i, c.state, 1)
				return
			}
			if refused := read[desk.Error](t, p); refused.Status != c.status || refused.Title == "" || refused.Detail == "" {
				t.Errorf("%+v", refused)
			}
			b.stands(i, ledger.Waiting, 0)
		})
	}
}

// The command line votes as the local person: with that person's groups, and
// not at all where there is none.
func TestLocalPerson(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	approve := func() page {
		return b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+i.ID+"/approve", `{"digest":"`+i.Digest+`"}`)
	}
	b.Load("acme", executetest.Replace(t, "people.yaml", ", local: true}", "}"))
	if p := approve(); p.status != 404 {
		t.Errorf("without a local person: %d %s", p.status, p.body)
	}
	if items := read[[]desk.Item](t, b.api("Bearer "+deskToken, "GET", "/api/v1/intents?tenant=acme", "")); len(items) != 0 {
		t.Errorf("without a local person %d are listed", len(items))
	}
	b.Load("acme", func(files map[string]string) {
		files["people.yaml"] = "people:\n  - {id: ann, name: Ann Lee, groups: [billing_leads, data_leads]}\n  - {id: ole, name: Ole Berg, groups: [auditors], local: true}\n" + others
	})
	if p := approve(); p.status != 403 {
		t.Errorf("as an auditor: %d %s", p.status, p.body)
	}
	b.stands(i, ledger.Waiting, 0)
}

func TestAPIList(t *testing.T) {
	b := start(t)
	waits := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	done := b.waiting(executetest.Refund("ch_ada_1000", "10001"))
	b.enters("acme", "mia").vote(done, "deny", "No.")
	for query, want := range map[string][]string{
		"":                        {waits.ID},
		"?all=true":               {done.ID, waits.ID},
		"?tenant=acme":            {waits.ID},
		"?tenant=globex":          {},
		"?all=true&tenant=absent": {},
	} {
		items := read[[]desk.Item](t, b.api("Bearer "+deskToken, "GET", "/api/v1/intents"+query, ""))
		var got []string
		for _, i := range items {
			got = append(got, i.ID)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if p := b.api("Bearer "+deskToken, "GET", "/api/v1/intents/int_absent", ""); p.status != 404 || read[desk.Error](t, p).Detail == "" {
		t.Errorf("absent: %d %s", p.status, p.body)
	}
	// A ledger that is closed is said, and is no empty list.
	if err := b.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if p := b.api("Bearer "+deskToken, "GET", "/api/v1/intents", ""); p.status != 503 || strings.Contains(read[desk.Error](t, p).Detail, "sql") {
		t.Errorf("without a ledger: %d %s", p.status, p.body)
	}
}

func TestOptionsAreNeeded(t *testing.T) {
	if _, err := desk.New(desk.Options{}); err == nil {
		t.Error("a Desk without anything")
	}
}

// The command line gets links only for people there are.
func TestAPILinks(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"a person":         {`{"tenant":"acme","person":"ole"}`, 200},
		"another tenant's": {`{"tenant":"acme","person":"gil"}`, 404},
		"nobody":           {`{"tenant":"acme","person":""}`, 404},
		"no tenant":        {`{"tenant":"nope","person":"ann"}`, 404},
		"no JSON":          {`tenant=acme`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.api("Bearer "+deskToken, "POST", "/api/v1/links", c.body)
			if p.status != c.status {
				t.Fatalf("%d %s", p.status, p.body)
			}
			if c.status != 200 {
				if refused := read[desk.Error](t, p); len(refused.Detail) < 20 {
					t.Errorf("%+v", refused)
				}
				return
			}
			got := read[desk.LinkAnswer](t, p)
			path, ok := strings.CutPrefix(got.Link, b.pages+"/enter/")
			if !ok || !got.Expires.After(b.Clock.Now()) {
				t.Fatalf("%+v", got)
			}
			w := &browser{b: b}
			if p := w.do("POST", "/enter/"+path, nil); p.status != 303 {
				t.Errorf("the link: %d %s", p.status, p.body)
			}
		})
	}
}
