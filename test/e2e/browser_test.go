package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/test/chromium"
)

// A billing lead opens a link, reads what is asked and presses one button; the
// agent's SDK gets its refund.
func testBrowser(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	wait := startStripePython(t, r, token, "refund", charge, "10000")
	item := waiting(t, r, charge)
	link, tab := r.DeskLink("acme", "ann"), chromium.Tab(t)
	var list, shown, after string
	err := chromedp.Run(tab,
		chromedp.Navigate(link), chromedp.Click("#enter"),
		chromedp.WaitVisible(`[data-live]`), chromedp.Text("main", &list),
		chromedp.Click(`a[href="/intents/`+item.ID+`"]`),
		chromedp.WaitVisible("#approve"), chromedp.Text("main", &shown),
		chromedp.Click("#approve"), chromedp.WaitNotPresent("#approve"), chromedp.Text("main", &after),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(list, "100.00 USD") || !strings.Contains(list, charge) {
		t.Errorf("the list shows %q", list)
	}
	for _, text := range []string{charge, "100.00 USD", "cus_ada", "billing-bot", "1001", item.Digest} {
		if !strings.Contains(shown, text) {
			t.Errorf("%q is missing in what Ann reads: %q", text, shown)
		}
	}
	if !strings.Contains(after, "ann approved") {
		t.Errorf("after the vote the page shows %q", after)
	}
	if got := wait(); !got.OK || got.Amount != 10000 {
		t.Errorf("the agent got %+v", got)
	}
	t.Run("the link is used up", func(t *testing.T) {
		var text string
		if err := chromedp.Run(chromium.Tab(t), chromedp.Navigate(link), chromedp.WaitVisible("main.door"), chromedp.Text("main", &text)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, "this one was used or has expired") {
			t.Errorf("the second use shows %q", text)
		}
	})
	t.Run("an auditor reads and cannot vote", func(t *testing.T) {
		wait := startStripePython(t, r, token, "refund", r.Charge(t, "acme", "cus_ada", "usd"), "10000")
		var id string
		testkit.Eventually(t, "an approval waits", func() bool {
			for _, i := range r.Approvals(t) {
				if i.State == "waiting" {
					id = i.ID
					return true
				}
			}
			return false
		})
		var text string
		if err := chromedp.Run(chromium.Tab(t), chromedp.Navigate(r.DeskLink("acme", "ole")), chromedp.Click("#enter"),
			chromedp.WaitVisible(`[data-live]`), chromedp.Navigate("http://"+r.Addresses().Desk+"/intents/"+id),
			chromedp.WaitVisible("main"), chromedp.OuterHTML("main", &text)); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, `id="approve"`) || !strings.Contains(text, "billing_leads") {
			t.Errorf("Ole sees %s", text)
		}
		r.Deny(t, id, "Only a test.")
		wait()
	})
}
