package desk_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/token"
)

// operators makes auditors acme's operators.
func (b *bench) operators() {
	b.Load("acme", func(files map[string]string) { files["approvals.yaml"] += "operators: [auditors]\n" })
}

// terminal is the bearer of a person's command line.
func (b *bench) terminal(t *testing.T, tenant, person string) string {
	t.Helper()
	secret := strings.Repeat(person[:1], 40)
	w := b.enters(tenant, person)
	w.do("POST", "/cli/"+desk.TerminalCode(secret), url.Values{"form": {w.form()}})
	return "Bearer " + read[desk.SessionAnswer](t, w.send("/api/v1/session", `{"secret":"`+secret+`"}`)).Token
}

const revocations = "/api/v1/revocations"

// An operator revokes what is their tenant's, and it is known who did; nobody else
// does, and nothing of another tenant.
func TestRevokeByAPerson(t *testing.T) {
	b := start(t)
	b.operators()
	ole, ann := b.terminal(t, "acme", "ole"), b.terminal(t, "acme", "ann")
	now := executetest.Start.Add(time.Second) // the whole of this second goes too
	by := func(e token.Revocation) token.Revocation { e.At, e.Tenant, e.By = now, "acme", "ole"; return e }
	want := []token.Revocation{}
	for _, c := range []struct {
		name, who, body string
		status          int
		says            string // in the answer; of a success the entry
		recorded        string // action, effect and reason
	}{
		{"an agent", ole, `{"agent":"billing-bot","why":"lost","at":"2000-01-01T00:00:00Z","by":"ann"}`, 200, `"by":"ole"`, "revoke.agent allow allowed"},
		{"a session", ole, `{"tenant":"acme","session":"ses_1"}`, 200, `"session":"ses_1"`, "revoke.session allow allowed"},
		{"a token", ole, `{"token":"tok_1"}`, 200, `"tenant":"acme"`, "revoke.token allow allowed"},
		{"a tool", ole, `{"tool":"stripe"}`, 200, `"tool":"stripe"`, "revoke.tool allow allowed"},
		{"the tool back", ole, `{"tool":"stripe","restore":true}`, 200, `"restore":true`, "restore.tool allow allowed"},
		{"the whole tenant", ole, `{"tenant":"acme"}`, 200, `"tenant":"acme"`, "revoke.tenant allow allowed"},
		{"nothing", ole, `{}`, 400, "Name one of", "revoke.tenant deny policy_denied"},
		{"two at once", ole, `{"agent":"a","token":"tok_1"}`, 400, "Name one of", "revoke.tenant deny policy_denied"},
		{"a long name", ole, `{"agent":"` + strings.Repeat("a", 300) + `"}`, 400, "Name one of", "revoke.tenant deny policy_denied"},
		{"long words", ole, `{"agent":"a","why":"` + strings.Repeat("a", 501) + `"}`, 400, "at most 500", "revoke.tenant deny policy_denied"},
		{"an agent back", ole, `{"agent":"a","restore":true}`, 400, "Only a tool", "revoke.tenant deny policy_denied"},
		{"no such tool", ole, `{"tool":"strip"}`, 404, "it has stripe, zendesk", "revoke.tenant deny policy_denied"},
		{"another tenant's agent", ole, `{"tenant":"globex","agent":"billing-bot"}`, 403, "Your login is one of acme", "revoke.tenant deny policy_denied"},
		{"whoever is no operator", ann, `{"agent":"billing-bot"}`, 403, "operators in approvals.yaml", "revoke.tenant deny policy_no_rule"},
		{"no JSON", ole, `{`, 400, "must be JSON", ""},
		{"nobody", "Bearer x", `{"agent":"billing-bot"}`, 401, "sallyport login", ""},
		{"the owner, who has the file", "Bearer " + deskToken, `{"agent":"billing-bot"}`, 403, "sallyport revoke --data", ""},
	} {
		before := len(b.Records.All())
		p := b.api(c.who, "POST", revocations, c.body)
		if p.status != c.status || !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d %s", c.name, p.status, p.body)
		}
		if p.status == http.StatusOK {
			want = append(want, read[token.Revocation](t, p))
		}
		recorded := ""
		for _, row := range b.Records.All()[before:] {
			recorded = row.Action + " " + row.Effect + " " + row.Reason
			if who := map[string]string{ole: "person:ole", ann: "person:ann"}[c.who]; row.TokenID != who || row.Step != "revoke" || row.Tenant != "acme" {
				t.Errorf("%s: recorded %+v", c.name, row)
			}
		}
		if recorded != c.recorded {
			t.Errorf("%s: recorded %q", c.name, recorded)
		}
	}
	if diff := cmp.Diff(want, b.revoked()); diff != "" || len(want) != 6 || want[0] != by(token.Revocation{Agent: "billing-bot", Why: "lost"}) {
		t.Errorf("%+v: %s", want, diff)
	}
	file := token.NewRevocationFile(b.revocations)
	for _, e := range []token.Revocation{{Tenant: "globex", Agent: "x"}, {}} {
		if _, err := file.Now(now, e); err != nil {
			t.Fatal(err)
		}
	}
	if got := read[[]token.Revocation](t, b.api(ole, "GET", revocations, "")); cmp.Diff(want, got) != "" {
		t.Errorf("listed are %+v", got)
	}
	for who, status := range map[string]int{ann: 403, "Bearer " + deskToken: 403, "": 401, b.terminal(t, "globex", "uma"): 403} {
		if p := b.api(who, "GET", revocations, ""); p.status != status {
			t.Errorf("listed for somebody else: %d %s", p.status, p.body)
		}
	}
}

// A token beside a tenant is that tenant's: nobody ends one of another by its id.
func TestRevokedTokenIsTheTenants(t *testing.T) {
	b := start(t)
	b.operators()
	if p := b.api(b.terminal(t, "acme", "ole"), "POST", revocations, `{"token":"tok_1"}`); p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.body)
	}
	var r token.Revoked
	if err := token.NewRevocationFile(b.revocations).Load(&r); err != nil {
		t.Fatal(err)
	}
	id := executetest.Billing()
	id.TokenID = "tok_1"
	mine := r.Has(id)
	id.Tenant = "globex"
	if !mine || r.Has(id) {
		t.Errorf("acme's %v, globex's %v", mine, r.Has(id))
	}
}

// What closes is done although it cannot be recorded, and says who did it; what
// opens is not.
func TestRevokeWithoutRecords(t *testing.T) {
	b := start(t)
	b.operators()
	ole := b.terminal(t, "acme", "ole")
	b.Records.Fail(errors.New("the disk is full"))
	if p := b.api(ole, "POST", revocations, `{"tool":"stripe"}`); p.status != http.StatusOK {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := b.api(ole, "POST", revocations, `{"tool":"stripe","restore":true}`); p.status != http.StatusServiceUnavailable || !strings.Contains(p.body, "the tool stays off") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if got := b.revoked(); len(got) != 1 || got[0].By != "ole" || got[0].Restore {
		t.Errorf("%+v", got)
	}
}
