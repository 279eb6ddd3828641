package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// pushKey is a point of P-256, as the gateway's key at push services is.
const pushKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"

// A person subscribes this browser, and only to what a push service can be.
func TestSubscribe(t *testing.T) {
	b := start(t)
	ann := b.enters("acme", "ann")
	const good = `{"endpoint":"https://push.example/send/1","expirationTime":null,"keys":{"p256dh":"` + pushKey + `","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}`
	post := func(w *browser, subscription, off string) int {
		return w.do("POST", "/push", url.Values{"form": {w.form()}, "subscription": {subscription}, "off": {off}}).status
	}
	for name, bad := range map[string]string{
		"no JSON": "x", "clear": strings.Replace(good, "https://", "http://", 1), "no host": strings.Replace(good, "push.example", "", 1),
		"with a password": strings.Replace(good, "push.", "me:x@push.", 1), "no point": strings.Replace(good, pushKey, pushKey[:80]+"AAAAAAA", 1),
		"a short secret": strings.Replace(good, "BTBZMqHH6r4Tts7J_aSIgg", "BTBZ", 1), "too long": strings.Replace(good, "/send/", "/"+strings.Repeat("x", 2048), 1),
	} {
		if status := post(ann, bad, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
	}
	if p := ann.do("POST", "/push", url.Values{"subscription": {good}}); p.status != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", p.status)
	}
	if p := (&browser{b: b}).do("POST", "/push", url.Values{"subscription": {good}}); p.status == http.StatusNoContent {
		t.Errorf("from nobody: %d", p.status)
	}
	if some, err := b.here.Subscribed(t.Context()); some || err != nil {
		t.Fatalf("somebody is subscribed: %v", err)
	}
	if status := post(ann, good, ""); status != http.StatusNoContent {
		t.Fatal(status)
	}
	post(b.enters("acme", "mia"), good, "off") // is not hers
	if some, err := b.here.Subscribed(t.Context()); !some || err != nil {
		t.Errorf("nobody is subscribed: %v", err)
	}
	post(ann, good, "off")
	if some, err := b.here.Subscribed(t.Context()); some || err != nil {
		t.Errorf("still subscribed: %v", err)
	}
}

// In a browser the Desk can be installed, and its worker shows what is pushed.
func TestInstallable(t *testing.T) {
	b := start(t)
	b.url = strings.Replace(b.url, "127.0.0.1", "localhost", 1)
	tab := b.chromium(t)
	workers := make(chan string, 16)
	chromedp.ListenTarget(tab, func(event any) {
		if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				workers <- string(r.RegistrationID)
			}
		}
	})
	var offered string
	does(tab, t, serviceworker.Enable(), chromedp.Reload(), chromedp.WaitVisible("#push"), chromedp.Text("#push", &offered))
	if offered != "Tell me in this browser when something waits for me" {
		t.Errorf("the button says %q", offered)
	}
	does(tab, t, chromedp.ActionFunc(func(ctx context.Context) error {
		_, wrong, _, manifest, err := cdppage.GetAppManifest().Do(ctx)
		if err == nil && (len(wrong) > 0 || manifest == nil) {
			err = errors.New("the manifest has mistakes")
		}
		return err
	}), chromedp.ActionFunc(func(ctx context.Context) error {
		missing, err := cdppage.GetInstallabilityErrors().Do(ctx)
		for _, m := range missing {
			if m.ErrorID != "in-incognito" {
				t.Errorf("it cannot be installed: %s", m.ErrorID)
			}
		}
		return err
	}))
	pushed, err := json.Marshal(map[string]string{"title": "Acme Support", "body": "billing-bot asks: Refund", "url": "https://desk.example/intents/int_1?tenant=acme", "tag": "int_1"})
	if err != nil {
		t.Fatal(err)
	}
	var shown string
	// A headless browser shows nobody a notification: what it would show is taken
	// from the worker.
	var at target.ID
	b.Eventually("the worker runs", func() bool {
		all, err := chromedp.Targets(tab)
		for _, one := range all {
			if one.Type == "service_worker" {
				at = one.TargetID
			}
		}
		return err == nil && at != ""
	})
	worker, cancel := chromedp.NewContext(tab, chromedp.WithTargetID(at))
	defer cancel()
	does(worker, t, chromedp.Evaluate(`self.registration.showNotification = async (title, o) => { self.shown = [title, o.body, o.tag, o.data].join("|"); }; 0`, nil))
	does(tab, t, serviceworker.DeliverPushMessage(b.url, serviceworker.RegistrationID(<-workers), string(pushed)))
	b.Eventually("it is shown", func() bool {
		return chromedp.Run(worker, chromedp.Evaluate(`self.shown || ""`, &shown)) == nil && shown != ""
	})
	if shown != "Acme Support|billing-bot asks: Refund|int_1|https://desk.example/intents/int_1?tenant=acme" {
		t.Errorf("shown is %q", shown)
	}
}
