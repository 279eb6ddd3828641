// Package chromium runs a real Chromium for tests, the one that CHROMIUM names.
// Only tests import it.
package chromium

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/internal/testkit"
)

// within bounds all that a test does in one browser.
const within = 2 * time.Minute

// Tab is a tab of a browser with a profile of its own, for chromedp.Run. Both end
// with the test. A test without CHROMIUM fails.
func Tab(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		t.Fatal("CHROMIUM is not set: run `make check`, or set it to a Chromium")
	}
	profile, err := os.MkdirTemp("", "sp-browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // children of the browser may still be writing
		testkit.Eventually(t, "the browser's profile is removed", func() bool { return os.RemoveAll(profile) == nil })
	})
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(profile))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	limited, cancelLimit := context.WithTimeout(allocator, within)
	t.Cleanup(cancelLimit)
	tab, cancelTab := chromedp.NewContext(limited)
	t.Cleanup(cancelTab)
	return tab
}
