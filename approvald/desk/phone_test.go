package desk_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
)

// outOfSight lists what a decision needs and a telephone does not show at once.
const outOfSight = `[...document.querySelectorAll("h1, .who, .state, .note, .outside dd, .facts dd, .budget, .because, #next li:nth-child(2), #approve, #deny, .cast [name=reason]")].filter((e) => {
  const box = e.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.top < 0 || box.bottom > innerHeight || !top || !(e.contains(top) || top.contains(e));
}).map((e) => e.tagName + "#" + e.id + " " + e.textContent)`

// drawn says whether two Chinese characters look different: without a font all are
// the same box.
const drawn = `["审", "批"].map((text) => {
  const paper = new OffscreenCanvas(32, 32).getContext("2d");
  paper.font = "24px system-ui";
  paper.fillText(text, 2, 26);
  return paper.getImageData(0, 0, 32, 32).data.join();
}).every((picture, n, all) => n === 0 || picture !== all[0])`

// On a telephone all that a decision needs is on one screen: what is asked, by whom,
// for whom, why, what the gateway knows, what was denied before, what happens next
// and both answers; and the Desk can be installed there.
func TestOneScreen(t *testing.T) {
	b := start(t)
	b.Store = judged{b.Store, b}
	b.enters("acme", "mia").vote(b.waiting(executetest.Refund("ch_ada_80", "6000")), "deny", "Ask for a ticket first.")
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	tab := b.chromium(t)
	for _, language := range []string{"en", "zh"} {
		var hidden []string
		var needed int
		var manifest string
		var picture []byte
		does(tab, t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(b.url+"/intents/"+i.ID+"?language="+language), chromedp.WaitVisible("#deny"),
			chromedp.Evaluate(outOfSight, &hidden), chromedp.Evaluate(`document.querySelectorAll("h1, .note, .outside dd, .facts dd, .budget, .because, #approve, #deny").length`, &needed),
			chromedp.Evaluate(`fetch(document.querySelector("link[rel=manifest]").href).then((r) => r.json()).then((m) => m.display + " " + m.start_url)`, &manifest, awaited),
			chromedp.CaptureScreenshot(&picture))
		if len(hidden) > 0 || needed < 17 {
			t.Errorf("%s: %d things, hidden are %q", language, needed, hidden)
		}
		if manifest != "standalone /" {
			t.Errorf("the manifest says %q", manifest)
		}
		keep(tab, t, "desk-card-"+language+".png", picture)
	}
	var picture []byte
	b.waiting(executetest.Comment("Your refund is on its way."))
	does(tab, t, chromedp.EmulateViewport(1024, 700), chromedp.Navigate(b.url+"/?language=en"), chromedp.WaitVisible("main"), chromedp.CaptureScreenshot(&picture))
	keep(tab, t, "desk-list.png", picture)
}

// awaited waits for a promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// keep writes a picture for the documentation, when SCREENSHOTS names its folder:
// `make screenshots`.
func keep(tab context.Context, t *testing.T, name string, picture []byte) {
	t.Helper()
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
		var hasFont bool
		does(tab, t, chromedp.Evaluate(drawn, &hasFont))
		if !hasFont {
			t.Fatal("there is no Chinese font: sh scripts/deps/cjk-font.sh")
		}
		if err := os.WriteFile(filepath.Join(folder, name), picture, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// Pages speak the language that a browser asks for, and keep the one that
// somebody chose.
func TestLanguages(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	w := b.enters("acme", "ole")
	for asked, word := range map[string]string{
		"": "Waiting for you", "de, zh-CN;q=0.9": "等待您审批", "zh": "等待您审批", "en-US,zh": "Waiting for you", "fr": "Waiting for you", "zhx": "Waiting for you",
	} {
		if p := w.do("GET", "/", nil, "accept-language", asked); !strings.Contains(p.body, word) {
			t.Errorf("%q: %s", asked, p.body)
		}
	}
	p := w.do("GET", "/intents/"+i.ID+"?language=zh", nil, "accept-language", "en")
	for _, want := range []string{`<html lang="zh">`, "只有 billing_leads 的成员可以决定", "等待审批", "再有 1 位 billing_leads 成员批准后"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%q is missing in %s", want, p.body)
		}
	}
	if !strings.Contains(p.body, "预算 customer_month：此次之后剩余 49900.00 USD<") {
		t.Errorf("the budget is missing in %s", p.body)
	}
	if got := p.header.Get("set-cookie"); !strings.Contains(got, "sallyport_language=zh") {
		t.Errorf("the choice is kept as %q", got)
	}
	if p := w.do("GET", "/", nil, "cookie", "sallyport_language=zh; sallyport_desk="+w.cookie, "accept-language", "en"); !strings.Contains(p.body, "等待您审批") {
		t.Errorf("a choice is forgotten: %s", p.body)
	}
}

// A page that answers a form has another address than its form: the choice of a
// language leads to what can be read.
func TestLanguagesAfterARefusal(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	w := b.enters("acme", "ann")
	for name, p := range map[string]page{"a vote": w.vote(i, "deny", ""), "a pause": w.vote(i, "pause", "")} {
		found := chooses.FindStringSubmatch(p.body)
		if found == nil {
			t.Fatalf("%s: no choice in %s", name, p.body)
		}
		if next := w.do("GET", found[1], nil); next.status != 200 || !strings.Contains(next.body, "等待审批") || !strings.Contains(next.body, i.Digest) {
			t.Errorf("%s: %s is %d %s", name, found[1], next.status, next.body)
		}
	}
}

var chooses = regexp.MustCompile(`href="([^"]*)" lang="zh"`)
