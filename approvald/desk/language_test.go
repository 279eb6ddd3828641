package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// What somebody chose in this browser goes before what people.yaml says of them, that
// before what the browser asks for, and that before the tenant's.
func TestWhoseLanguage(t *testing.T) {
	const english, chinese = "Waiting for you", "等待您审批"
	b := start(t)
	for name, c := range map[string]struct{ own, common, chosen, asked, want string }{
		"nobody says":              {"", "", "", "fr", english},
		"the tenant":               {"", "zh", "", "fr", chinese},
		"the browser":              {"", "zh", "", "fr, en;q=0.5", english},
		"the person":               {"zh", "en", "", "en", chinese},
		"a choice":                 {"zh", "zh", "en", "zh", english},
		"a choice of nothing here": {"zh", "en", "fr", "en", chinese},
	} {
		b.Load("acme", func(files map[string]string) {
			files["people.yaml"] = strings.Replace(files["people.yaml"], "{id: ann,", "{id: ann, language: '"+c.own+"',", 1)
			files["tenant.yaml"] += "language: '" + c.common + "'\n"
		})
		ann := b.enters("acme", "ann")
		p := ann.do("GET", "/", nil, "accept-language", c.asked, "cookie", "sallyport_language="+c.chosen+"; sallyport_desk="+ann.cookie)
		if !strings.Contains(p.body, c.want) {
			t.Errorf("%s: %s", name, p.body)
		}
	}
}

// A browser that is to be told is told in the language of the page where that was
// asked, whatever it says itself.
func TestSubscriptionKeepsTheLanguage(t *testing.T) {
	b := start(t)
	ann := b.enters("acme", "ann")
	const endpoint = "https://push.example/send/1"
	subscription := `{"endpoint":"` + endpoint + `","language":"x","keys":{"p256dh":"` + pushKey + `","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}`
	if p := ann.do("POST", "/push", url.Values{"form": {ann.form()}, "subscription": {subscription}}, "accept-language", "zh-TW"); p.status != http.StatusNoContent {
		t.Fatal(p.status)
	}
	id := sha256.Sum256([]byte("acme\x00ann\x00" + endpoint))
	kept, err := b.here.Subscription(t.Context(), "acme", ledger.SubscriptionPrefix+hex.EncodeToString(id[:16]))
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ Language string }
	if err := json.Unmarshal(kept.Push, &said); err != nil || said.Language != "zh" {
		t.Errorf("kept is %s: %v", kept.Push, err)
	}
	if p := ann.do("POST", "/push", url.Values{"form": {ann.form()}, "subscription": {"x"}}, "accept-language", "zh"); strings.TrimSpace(p.body) != "这不是推送服务的订阅。" {
		t.Errorf("refused with %q", p.body)
	}
}

// What a page's script shows is in the page's language.
func TestPasskeyRefusalInChinese(t *testing.T) {
	b := start(t)
	p := (&browser{b: b}).send("/invite/nothing/ask", "{}", "accept-language", "zh")
	if p.status != http.StatusForbidden || !strings.Contains(p.body, "此邀请已被使用或已过期") {
		t.Errorf("%d %s", p.status, p.body)
	}
}
