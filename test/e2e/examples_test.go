package e2e

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/test/chromium"
)

// testExamples are effects of other kinds than refunds, held through the whole
// gateway: a downgrade, a deletion, a reply to a customer.
func testExamples(t *testing.T, r *rig.Rig) {
	as := func(agent string) []string {
		who := rig.Billing("acme", "cus_ada")
		who.Agent = agent
		return []string{"authorization", "Bearer " + r.Token(who), "prefer", "respond-async"}
	}
	form := []string{"content-type", "application/x-www-form-urlencoded"}
	t.Run("downgrade", func(t *testing.T) {
		bearer := as("success-bot")
		read := call(t, r, http.MethodGet, "/stripe/v1/subscriptions/sub_ada", "", bearer[:2]...)
		_, item, _ := strings.Cut(read.body, `"si_`)
		item, _, _ = strings.Cut(item, `"`)
		got := call(t, r, http.MethodPost, "/stripe/v1/subscriptions/sub_ada", "items[0][id]=si_"+item+"&items[0][price]=price_team", append(bearer, form...)...)
		held := pendingItem(t, r, got)
		if held.Group != "billing_leads" || !strings.Contains(held.Summary, "price_scale") || !strings.Contains(held.Summary, "price_team") {
			t.Errorf("people are asked: %+v", held)
		}
		r.Approve(t, held.ID)
		testkit.Eventually(t, "it is done", func() bool {
			now := call(t, r, http.MethodGet, got.header.Get("location"), "", bearer[:2]...)
			return now.status == http.StatusOK && strings.Contains(now.body, "price_team")
		})
		out, err := exec.Command(rig.Built(t, "sallyport"), "approvals", "undo", held.ID, "--reason", "The customer called.", "--json",
			"--data", r.Data, "--desk-url", "http://"+r.Addresses().Desk).CombinedOutput()
		var undone desk.Item
		if err != nil || json.Unmarshal(out, &undone) != nil || undone.State != "succeeded" || undone.Undoes != held.ID || undone.Agent != "gateway" {
			t.Fatalf("undo: %v %s", err, out)
		}
		if now := call(t, r, http.MethodGet, "/stripe/v1/subscriptions/sub_ada", "", bearer[:2]...); !strings.Contains(now.body, "price_scale") {
			t.Errorf("after the undo: %s", now.body)
		}
	})
	t.Run("deletion", func(t *testing.T) {
		got := call(t, r, http.MethodDelete, "/stripe/v1/customers/cus_ada", "", as("privacy-bot")...)
		held := pendingItem(t, r, got)
		if after := r.Approve(t, held.ID); after.State != "waiting" {
			t.Errorf("after one of two people it is %s", after.State)
		}
		for _, seen := range r.Provider().Requests() {
			if seen.Method == http.MethodDelete {
				t.Errorf("%s %s", seen.Method, seen.Path)
			}
		}
	})
	t.Run("reply", func(t *testing.T) {
		before := len(r.Provider().Comments(1001))
		body := `{"ticket":{"comment":{"body":"Your plan changes today.","public":true}}}`
		got := call(t, r, http.MethodPut, "/zendesk/api/v2/tickets/1001.json", body, append(as("draft-bot"), "content-type", "application/json")...)
		held := pendingItem(t, r, got)
		if n := len(r.Provider().Comments(1001)); n != before {
			t.Errorf("%d comments before anybody read the draft", n-before)
		}
		edit := func(id, text string) (string, error) {
			out, err := exec.Command(rig.Built(t, "sallyport"), "approvals", "edit", id, "--set", "body="+text,
				"--data", r.Data, "--desk-url", "http://"+r.Addresses().Desk).CombinedOutput()
			return string(out), err
		}
		out, err := edit(held.ID, "Your plan changes tomorrow.")
		if err != nil || !strings.Contains(out, "Your plan changes [-today-]{+tomorrow+}.") {
			t.Fatalf("edit: %v %s", err, out)
		}
		if out, err := exec.Command(rig.Built(t, "sallyport"), "approvals", "approve", held.ID, "--digest", pendingItem(t, r, got).Digest, "--data", r.Data, "--desk-url", "http://"+r.Addresses().Desk).CombinedOutput(); err == nil || !strings.Contains(string(out), "You changed this yourself") {
			t.Errorf("the editor approves: %v %s", err, out)
		}
		var shown string
		err = chromedp.Run(chromium.Tab(t), chromedp.Navigate(r.DeskLink("acme", "pia")), chromedp.Click("#enter"), chromedp.WaitVisible("[data-live]"),
			chromedp.Click(`a[href="/intents/`+held.ID+`"]`), chromedp.WaitVisible("#changes ins"), chromedp.Text("#changes", &shown),
			chromedp.Click("#approve"), chromedp.WaitNotPresent("#approve"))
		if err != nil || !strings.Contains(shown, "Changed by ann") {
			t.Fatalf("%v: %q", err, shown)
		}
		testkit.Eventually(t, "it is sent", func() bool { return len(r.Provider().Comments(1001)) == before+1 })
		if all := r.Provider().Comments(1001); all[before].Body != "Your plan changes tomorrow." {
			t.Errorf("sent is %q", all[before].Body)
		}
		bearer := as("draft-bot")
		var again answer
		testkit.Eventually(t, "its outcome is committed", func() bool {
			again = call(t, r, http.MethodGet, got.header.Get("location"), "", bearer[:2]...)
			return again.status == http.StatusOK
		})
		if again.header.Get("x-sallyport-edited") != "body" {
			t.Errorf("the agent hears %v", again.header)
		}
	})
	t.Run("notes", func(t *testing.T) { testNotes(t, r) })
}

// testNotes: globex's ticket says what became of a refund, once.
func testNotes(t *testing.T, r *rig.Rig) {
	who := rig.Billing("globex", "cus_grace")
	who.Session.Ticket = "5001"
	bearer := []string{"authorization", "Bearer " + r.Token(who), "content-type", "application/x-www-form-urlencoded", "prefer", "respond-async"}
	notes := func() (out []string) {
		for _, c := range r.Provider().Comments(5001) {
			if strings.Contains(c.Body, "(int_") && !c.Public {
				out = append(out, c.Body)
			}
		}
		return out
	}
	charge := r.Charge(t, "globex", "cus_grace", "usd")
	done := call(t, r, http.MethodPost, "/stripe/v1/refunds", "charge="+charge+"&amount=1000", bearer...)
	if done.status != http.StatusOK {
		t.Fatalf("%d %s", done.status, done.body)
	}
	id := done.header.Get("x-sallyport-intent")
	testkit.Eventually(t, "the note", func() bool { return len(notes()) == 1 })
	held := pendingItem(t, r, call(t, r, http.MethodPost, "/stripe/v1/refunds", "charge="+charge+"&amount=6000", bearer...))
	r.Deny(t, held.ID, "Not twice.")
	testkit.Eventually(t, "the second note", func() bool { return len(notes()) == 2 })
	want := []string{"Refunded 10.00 USD of " + charge + " (" + id + ").", "The refund of 60.00 USD of " + charge + " was denied (" + held.ID + "): Not twice."}
	if got := notes(); got[0] != want[0] || got[1] != want[1] {
		t.Errorf("notes %q, want %q", got, want)
	}
}

// pendingItem is the approval that a 202 names.
func pendingItem(t *testing.T, r *rig.Rig, got answer) desk.Item {
	t.Helper()
	id := got.header.Get("x-sallyport-intent")
	if got.status != http.StatusAccepted || id == "" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, item := range r.Approvals(t) {
		if item.ID == id {
			return item
		}
	}
	t.Fatalf("no approval %s waits", id)
	return desk.Item{}
}
