package desk_test

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/test/chromium"
)

// contrast lists texts whose colours are less than 4.5 apart, as WCAG counts.
//
//go:embed testdata/contrast.js
var contrast string

// narrow lists what does not have the telephone's whole width, margins aside.
const narrow = `[...document.querySelectorAll("td, dd.long, .vote form, [name=reason], .vote:not(.cast) button")].filter((e) => e.offsetWidth < innerWidth - 32).map((e) => e.tagName + e.id + e.offsetWidth)`

// chromium is a real browser in which Ann has entered.
func (b *bench) chromium(t *testing.T) context.Context {
	t.Helper()
	tab := chromium.Tab(t)
	does(tab, t, chromedp.Navigate(b.url+b.link("acme", "ann")), chromedp.Click("#enter"), chromedp.WaitVisible("[data-live]"))
	return tab
}

func does(tab context.Context, t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	for _, action := range actions {
		err := chromedp.Run(tab, action)
		for err != nil && strings.Contains(err.Error(), "node with given id") { // none, or not found: the page turned just then, and nothing was done
			err = chromedp.Run(tab, action)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever approved sees what became of it, without doing anything.
func TestPageTurnsByItself(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	tab := b.chromium(t)
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.Click("#approve"), chromedp.WaitVisible(".state.approved"),
		chromedp.Evaluate("window.same = true", nil))
	b.Run(b.Engine("one", b.Store))
	var text string
	var same, watches bool
	does(tab, t, chromedp.WaitVisible(".state.succeeded"), chromedp.Text("main", &text), chromedp.Evaluate("window.same === true", &same))
	if !same {
		t.Error("the page was loaded again")
	}
	for _, want := range []string{"Outcome", "200, application/json", "decided by\nann", "re_", "100.00 USD"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	does(tab, t, chromedp.Reload(), chromedp.WaitVisible(".state.succeeded"), chromedp.Evaluate("document.querySelector('[data-live]') !== null", &watches))
	if watches {
		t.Error("what is over is still asked about")
	}
}

// Words that somebody is writing stay, whatever happens meanwhile; the buttons
// stay only while they do something.
func TestWordsStay(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	tab := b.chromium(t)
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.SendKeys("[name=reason]", "Ask Mia first"))
	b.enters("acme", "mia").vote(i, "deny", "No.")
	var words string
	var buttons int
	does(tab, t, chromedp.WaitVisible(".state.denied"), chromedp.Value("[name=reason]", &words),
		chromedp.Evaluate("document.querySelectorAll('#vote button:enabled').length", &buttons))
	if words != "Ask Mia first" || buttons != 0 {
		t.Errorf("the words are %q, %d buttons can be pressed", words, buttons)
	}
}

// Pages fit a telephone, and everybody can read them in light and dark.
func TestSmallAndDark(t *testing.T) {
	b := start(t)
	b.several()
	tab := b.chromium(t)
	does(tab, t, chromedp.Navigate(b.url+"/"), chromedp.WaitVisible("main"))
	var paths []string
	does(tab, t, chromedp.Evaluate(`["/", ...[...document.querySelectorAll("#all a")].map((a) => a.getAttribute("href"))]`, &paths))
	if len(paths) != 7 {
		t.Fatalf("the list has %q", paths)
	}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"telephone", 390, 844}, {"desk", 1280, 900}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+" "+scheme, func(t *testing.T) {
				does(tab, t, chromedp.EmulateViewport(size.width, size.height), prefers(scheme))
				for _, path := range paths {
					var over int
					var columns []string
					var weak []string
					var picture []byte
					does(tab, t, chromedp.Navigate(b.url+path), chromedp.WaitVisible("main"),
						chromedp.Evaluate("document.documentElement.scrollWidth - innerWidth", &over),
						chromedp.Evaluate(narrow, &columns), chromedp.Evaluate(contrast, &weak), chromedp.FullScreenshot(&picture, 100))
					if over > 0 {
						t.Errorf("%s is %d pixels too wide", path, over)
					}
					if len(columns) > 0 && size.name == "telephone" {
						t.Errorf("%s has beside others %q", path, columns)
					}
					if len(weak) > 0 {
						t.Errorf("%s is hard to read: %q", path, weak)
					}
					// Kept with go test -artifacts.
					if err := os.WriteFile(filepath.Join(t.ArtifactDir(), "page"+strings.ReplaceAll(path, "/", "-")+".png"), picture, 0o600); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// prefers is a person's colour scheme.
func prefers(scheme string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.FromContext(ctx).Target.Execute(ctx, "Emulation.setEmulatedMedia", map[string]any{
			"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
		}, nil)
	})
}

// several opens intents in the states that look different.
func (b *bench) several() {
	b.TB.Helper()
	b.Store = judged{b.Store, b}
	mia := b.enters("acme", "mia")
	b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	b.waiting(executetest.Comment(strings.Repeat("long", 100)))
	mia.vote(b.waiting(executetest.Refund("ch_ada_450", "20000")), "approve", "")
	mia.vote(b.waiting(executetest.Refund("ch_ada_80", "6000")), "deny", "Ask for a ticket first: "+strings.Repeat("x", 100))
	for amount, to := range map[string]ledger.State{"100": ledger.Succeeded, "200": ledger.Failed} {
		_, i := b.Opened("one", executetest.Refund("ch_ada_large", amount), nil)
		b.ends(i, to, "application/json", `{"id":"re_`+strings.Repeat("0", 100)+`"}`)
	}
}
