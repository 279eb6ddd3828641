package approvald_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
)

// own asks the gateway itself, over plain HTTP.
func (b *bench) own(method, path string, change func(*grant.Admission)) got {
	b.TB.Helper()
	a := b.admitted(action.Request{Method: method, Path: "/sallyport/approvals/" + path}, "")
	change(&a.admission)
	return b.call(a)
}

func asked(*grant.Admission) {}

// An agent takes back what waits: whoever waits for it hears so, and nobody can
// approve it any more.
func TestCancel(t *testing.T) {
	b := start(t)
	b.running()
	answer, _ := b.held("ch_ada_1000", "10000", "k-1")
	i := b.newest()
	if g := b.own("POST", i.ID+"/cancel", asked); g.status != 200 || g.body != `{"approval":"`+i.ID+`","state":"cancelled"}` {
		t.Errorf("%d %s", g.status, g.body)
	}
	expect(t, <-answer, 403, "cancelled")
	if i = b.newest(); i.State != ledger.Cancelled || b.voteFails(i) == nil {
		t.Errorf("it is %s", i.State)
	}
	if g := b.own("POST", i.ID+"/cancel", asked); g.status != 200 {
		t.Errorf("once more: %d %s", g.status, g.body)
	}
	if g := b.own("GET", i.ID, asked); g.status != 403 || !strings.Contains(g.body, "cancelled") {
		t.Errorf("its status: %d %s", g.status, g.body)
	}
	b.refunded("ch_ada_1000", 0)
}

func (b *bench) voteFails(i ledger.Intent) error {
	_, err := b.Store.Vote(b.TB.Context(), ledger.VoteRequest{Tenant: i.Tenant, Intent: i.ID, Person: "ann", Approve: true, Digest: i.Digest})
	return err
}

// What is done stays done, and what is another's does not exist.
func TestCancelIsItsOwners(t *testing.T) {
	b := start(t)
	b.noWait()
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	done := b.newest().ID
	expect(t, b.refund("ch_ada_450", "10000", "k-2"), 409, "held")
	waits := b.newest().ID
	for name, tt := range map[string]struct {
		change func(*grant.Admission)
		path   string
		status int
		says   string
	}{
		"done already":             {asked, done + "/cancel", 200, `"amount":1000`},
		"nobody's":                 {asked, "int_0/cancel", 404, "approval_unknown"},
		"another agent's":          {func(a *grant.Admission) { a.Agent = "support-bot" }, waits + "/cancel", 404, "approval_unknown"},
		"another session's":        {func(a *grant.Admission) { a.SessionID = "ses_2" }, waits + "/cancel", 404, "approval_unknown"},
		"the status of another's":  {func(a *grant.Admission) { a.Agent = "support-bot" }, done, 404, "approval_unknown"},
		"a status with few rights": {func(a *grant.Admission) { a.Roles = []string{} }, done, 403, "policy_no_rule"},
		"a status of what waits":   {asked, waits, 409, "held"},
		"a status of what is done": {asked, done, 200, `"amount":1000`},
	} {
		method := "GET"
		if strings.HasSuffix(tt.path, "/cancel") {
			method = "POST"
		}
		if g := b.own(method, tt.path, tt.change); g.status != tt.status || !strings.Contains(strings.ReplaceAll(g.body, " ", ""), tt.says) {
			t.Errorf("%s: %d %s", name, g.status, g.body)
		}
	}
	if i := b.newest(); i.State != ledger.Waiting {
		t.Errorf("it is %s", i.State)
	}
	// Whoever may not ask any more may still take back.
	if g := b.own("POST", waits+"/cancel", func(a *grant.Admission) { a.Roles = []string{} }); g.status != 200 {
		t.Errorf("%d %s", g.status, g.body)
	}
}

// Over MCP it is a tool.
func TestCancelOverMCP(t *testing.T) {
	b := start(t)
	b.Load("acme", executetest.Replace(t, "approvals.yaml", "wait: 45s", "wait: 0s\nwait_mcp: 0s"))
	said(t, b.call(b.called(toolCall("/mcp", "stripe_refund_create", `{"charge":"ch_ada_1000","amount":10000}`, ""))))
	i := b.newest()
	g := b.call(b.called(toolCall("/mcp", "sallyport_cancel", `{"approval":"`+i.ID+`"}`, "")))
	if code, isError := said(t, g); code != "" || isError || !strings.Contains(g.body, "cancelled") {
		t.Errorf("%s", g.body)
	}
	if i = b.newest(); i.State != ledger.Cancelled {
		t.Errorf("it is %s", i.State)
	}
}

// Whoever asks not to wait is told where to ask again.
func TestPendingNamesItsStatus(t *testing.T) {
	b := start(t)
	a := b.admitted(executetest.Refund("ch_ada_1000", "10000"), "k-1")
	a.header.Set("prefer", "respond-async")
	g := b.call(a)
	if i := b.newest(); g.status != 202 || g.header.Get("location") != "/sallyport/approvals/"+i.ID {
		t.Errorf("%d %v", g.status, g.header)
	}
}
