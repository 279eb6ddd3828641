package approvald_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/pii"
)

// Two customers, two sessions each, every restorable argument of every catalog, every
// type, and surrogates of everybody: what is their own comes back, and nothing else.
func TestNobodyReadsWhatIsForeign(t *testing.T) {
	for where, p := range places {
		t.Run(where, func(t *testing.T) {
			b := start(t)
			b.writesEverywhere(where[:strings.IndexByte(where, '.')])
			for typ := range told {
				for n := range 16 {
					b.writesBack(where, p, typ, n&1, n>>1&1, n>>2&1, n>>3)
				}
			}
		})
	}
}

// writesBack lets one of two customers' agents, in one of two sessions, write what an
// agent was shown of one of them in one of their sessions.
func (b *bench) writesBack(where string, p place, typ pii.Type, reader, session, about, issued int) {
	b.TB.Helper()
	value, tool := told[typ].values[about], where[:strings.IndexByte(where, '.')]
	customers, tickets := idsOf(tool)
	name := func(session int) string { return fmt.Sprintf("s%d of %s", session, customers[reader]) }
	text := b.minted("acme", name(issued), customers[about], typ, value)
	if p.takes == nil {
		text = fmt.Sprintf(told[typ].says, text)
	}
	if p.fact != "" {
		b.Door.Next("GET", executetest.Answer(200, p.fact))
		b.Door.Next("POST", executetest.Instead(201, `{"id":"5"}`))
	}
	a := b.admitted(p.call(customers[reader], tickets[reader], text), "")
	a.admission.SessionID, a.admission.Ticket, a.admission.Customer = name(session), tickets[reader], customers[reader]
	before := len(b.Door.Sent())
	g, err := b.send(context.Background(), a)
	if err != nil {
		b.TB.Fatal(err)
	}
	sent := ""
	for _, s := range b.Door.Sent()[before:] {
		sent += written(s.Body)
	}
	own := reader == about && session == issued && (p.takes == nil || slices.Contains(p.takes, typ))
	if own != strings.Contains(sent, value) || own == strings.Contains(g.body, "surrogate_") {
		b.TB.Errorf("%s: %s of %s, shown in session %d, in session %d about %s: %d %s\nwritten: %s", where, typ, customers[about], issued, session, customers[reader], g.status, g.body, sent)
	}
}

// idsOf are what a tool calls two customers and their tickets.
func idsOf(tool string) (customers, tickets [2]string) {
	switch tool {
	case "hubspot":
		return [2]string{"71", "72"}, [2]string{"1001", "1002"}
	case "jira":
		return [2]string{"cus_ada", "cus_bob"}, [2]string{"SUP-1", "SUP-2"}
	}
	return [2]string{"cus_ada", "cus_bob"}, [2]string{"1001", "1002"}
}

// written is a body as whoever gets it reads it.
func written(body string) string {
	var text any
	if json.Unmarshal([]byte(body), &text) == nil {
		return fmt.Sprint(text)
	}
	form, _ := url.QueryUnescape(body)
	return form
}

// writesEverywhere gives acme all tools, and its agent all that has a restorable
// argument. It fails when one of those is not in places.
func (b *bench) writesEverywhere(tool string) {
	b.TB.Helper()
	policy := ""
	for where := range places {
		policy += "p, support, " + strings.Fields(where)[0] + ", true, allow, once\n"
	}
	b.Load("acme", func(files map[string]string) {
		files["policy.csv"] = strings.ReplaceAll(files["policy.csv"], "p, support, zendesk.comment.create, args.ticket == session.ticket, allow, once\n", policy)
		for _, name := range action.ShippedNames() {
			if strings.Contains(files["tools.yaml"], "name: "+name) {
				continue
			}
			files["tools.yaml"] += "  - {name: " + name + ", catalog: " + name + ", origin: 'http://127.0.0.1:10090', private: true, credential: {secret: " + name + "_key, scheme: bearer}}\n"
		}
		if tool == "jira" { // whose issue it is, the token says
			files["clients.yaml"] = "clients: []\n"
		}
	})
	tenant, _ := b.Tenants.Get("acme")
	for _, tool := range tenant.Tools {
		for _, act := range tool.Catalog.Actions() {
			for _, p := range act.Params {
				if _, tried := places[act.Name+" "+p.Name]; p.Restorable && !tried {
					b.TB.Errorf("%s %s is not tried", act.Name, p.Name)
				}
			}
		}
	}
}
