package desk_test

import (
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
const outOfSight = `[...document.querySelectorAll("h1, .who, .state, .outside dd, #approve, #deny, .cast [name=reason]")].filter((e) => {
  const box = e.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.top < 0 || box.bottom > innerHeight || !top || !(e.contains(top) || top.contains(e));
}).map((e) => e.tagName + "#" + e.id + " " + e.textContent)`

// On a telephone what is asked, by whom and both answers are on one screen; and
// the Desk can be installed there.
func TestOneScreen(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	tab := b.chromium(t)
	for _, language := range []string{"en", "zh"} {
		var hidden []string
		var needed int
		var manifest string
		var picture []byte
		does(tab, t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(b.url+"/intents/"+i.ID+"?language="+language), chromedp.WaitVisible("#deny"),
			chromedp.Evaluate(outOfSight, &hidden), chromedp.Evaluate(`document.querySelectorAll("h1, .who, .outside dd, #approve, #deny").length`, &needed),
			chromedp.Evaluate(`fetch(document.querySelector("link[rel=manifest]").href).then((r) => r.json()).then((m) => m.display + " " + m.start_url)`, &manifest, awaited),
			chromedp.CaptureScreenshot(&picture))
		if len(hidden) > 0 || needed < 6 {
			t.Errorf("%s: %d things, hidden are %q", language, needed, hidden)
		}
		if manifest != "standalone /" {
			t.Errorf("the manifest says %q", manifest)
		}
		if language == "en" { // whoever makes pictures may have no Chinese font
			keep(t, "desk-card.png", picture)
		}
	}
	var picture []byte
	does(tab, t, chromedp.EmulateViewport(1024, 700), chromedp.Navigate(b.url+"/?language=en"), chromedp.WaitVisible("main"), chromedp.CaptureScreenshot(&picture))
	keep(t, "desk-list.png", picture)
}

// awaited waits for a promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// keep writes a picture for the documentation, when SCREENSHOTS names its folder:
// `make screenshots`.
func keep(t *testing.T, name string, picture []byte) {
	t.Helper()
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
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
		"": "Waiting for a person", "de, zh-CN;q=0.9": "等待人工审批", "zh": "等待人工审批", "en-US,zh": "Waiting for a person", "fr": "Waiting for a person", "zhx": "Waiting for a person",
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
	if p := w.do("GET", "/", nil, "cookie", "sallyport_language=zh; sallyport_desk="+w.cookie, "accept-language", "en"); !strings.Contains(p.body, "等待人工审批") {
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
