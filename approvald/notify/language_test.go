package notify_test

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/people"
)

// speaks gives acme a language, and its people, in which {id: ann} has one of her own.
func (b *bench) speaks(channels, common, anns string) {
	b.Load("acme", func(files map[string]string) {
		files["channels.yaml"], files["tenant.yaml"] = channels, files["tenant.yaml"]+"language: "+common+"\n"
		files["people.yaml"] = strings.Replace(files["people.yaml"], "{id: ann,", "{id: ann, language: "+anns+",", 1) + "  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n"
	})
}

// said are what a channel says of its own: literals that are looked up, and those that
// would be shown as they are.
var (
	said  = regexp.MustCompile(`(?:say|add|Say)\((?:t\.Language, )?"([^"]+)"|ledger\.[A-Z][a-z]+: +"([^"]+)"`)
	bare  = regexp.MustCompile(`(?:plain|WriteString|Subject|SetBodyString)\((?:mail\.TypeTextPlain, )?(?:m\.tenant\.Title ?\+ ?)?"[^"]*[A-Za-z]`)
	words = regexp.MustCompile(`%s|[^A-Za-z]`)
)

// Every sentence that a channel says is in the catalogue, in both languages.
func TestEverySentenceIsInBothLanguages(t *testing.T) {
	b := start(t, "channels: []\n", false)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		if alone := bare.Find(text); alone != nil {
			t.Errorf("%s: %s is in no catalogue", file, alone)
		}
		for _, m := range said.FindAllStringSubmatch(string(text), -1) {
			line := m[1] + m[2]
			about := make([]string, strings.Count(line, "%s"))
			if words.ReplaceAllString(line, "") == "" {
				continue
			}
			found++
			if english := b.desk.Say(people.English, line, about...); english != strings.ReplaceAll(line, "%s", "") {
				t.Errorf("%q in English is %q", line, english)
			}
			if chinese := b.desk.Say(people.Chinese, line, about...); !strings.ContainsFunc(chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q in Chinese is %q", file, line, chinese)
			}
		}
	}
	if found < 35 {
		t.Errorf("only %d sentences were found", found)
	}
}

// A room reads its tenant's language, with the agent's own words as they are; who alone
// is answered reads their own.
func TestSlackInChinese(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, "channels: []\n", true)
	b.speaks(room(slack.url), "zh", "en")
	_, i := b.Opened("one", executetest.Comment("Done: 100 reserved or done"), leads)
	b.ship()
	b.until("a message", func() bool { return len(slack.seen()) > 0 })
	form, err := url.ParseQuery(slack.seen()[0].body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"billing-bot 请求：", "代理请求的内容. 以下内容由代理提出，不代表网关。", "body: Done: 100 reserved or done", "还需批准: 1 票（共需 1 票），来自 billing_leads",
		"截止时间: ", "工单: 1001", "代理: billing-bot", `"text":"批准"`, `"text":"拒绝"`, `"text":"在审批台中打开"`, "理由（拒绝时必填，代理会看到）",
	} {
		if !strings.Contains(form.Get("blocks"), want) {
			t.Errorf("%q is missing in %s", want, form.Get("blocks"))
		}
	}
	if !strings.HasPrefix(form.Get("text"), "billing-bot 请求：") {
		t.Errorf("a notification says %q", form.Get("text"))
	}
	for user, says := range map[string]string{"U02OLE": "只有 billing_leads 的成员可以决定", "U01ANN": "What is asked is not what you were shown", "U99": "channels.yaml 中没有 U99"} {
		before := len(slack.seen())
		b.press(click{"T01ACME", user, "C02BILLING", "sallyport_approve", i.ID + " " + map[bool]string{true: "sha256:other", false: i.Digest}[user == "U01ANN"], ""}, b.Clock.Now(), signingSecret, clicks)
		b.Eventually(user+" is answered", func() bool { return len(slack.seen()) > before })
		if text, _ := url.QueryUnescape(slack.seen()[before].body); !strings.Contains(text, says) {
			t.Errorf("%s reads %s", user, text)
		}
	}
}

// A mail speaks its reader's language, and the tenant's to who has said none.
func TestEmailInTwoLanguages(t *testing.T) {
	box := openPostbox(t)
	b := start(t, "channels: []\n", true)
	b.speaks(mails(box.url), "en", "zh")
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("two mails", func() bool { return len(box.seen()) == 2 })
	if err := b.tries("mail"); err != nil {
		t.Fatal(err)
	}
	const refund = "Refund 100.00 USD of charge ch_ada_1000 to customer cus_ada"
	for n, want := range [][]string{
		{"Acme Support: billing-bot 请求：" + refund, "billing-bot 请求：" + refund, "金额: ", "还需批准: ", "1 票（共需 1 票），来自 billing_leads", "请在审批台中阅读全部内容并作出决定：", "此邮件本身不会作出任何决定"},
		{"测试：Acme Support", "此消息由 Ann Lee 请求发送"}, // both are Ann's
		{"Acme Support: billing-bot asks: " + refund, "Amount: ", "1 of 1 from billing_leads", "Read all of it", "This mail decides nothing"},
		{"Test: Acme Support", "Ann Lee asked for this message"},
	} {
		message, err := mail.ReadMessage(strings.NewReader(box.seen()[n].text))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
		body, _ := io.ReadAll(quotedprintable.NewReader(message.Body))
		if err != nil || subject != want[0] {
			t.Errorf("subject is %q %v", subject, err)
		}
		for _, part := range want[1:] {
			if !strings.Contains(string(body), part) {
				t.Errorf("%q is missing in %s", part, body)
			}
		}
	}
}

// A notification speaks the language of the page where it was asked for; one that says
// none, its person's.
func TestPushInChinese(t *testing.T) {
	for name, c := range map[string]struct{ page, anns, common, want string }{
		"the page's":   {"zh", "en", "en", " 请求："},
		"the person's": {"", "zh", "en", " 请求："},
		"not theirs":   {"en", "zh", "zh", " asks: "},
	} {
		service := listen(t, answers(http.StatusCreated))
		b := start(t, "channels: []\n", true)
		b.speaks("channels: []\n", c.common, c.anns)
		ann := b.subscribesIn(c.page, "ann", service.url+"/send/ann")
		b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
		b.ship()
		b.until("it is pushed", func() bool { return len(service.seen()) == 1 })
		if pushed := ann.opened(t, []byte(service.seen()[0].body)); !strings.HasPrefix(pushed.Body, "billing-bot"+c.want+"Refund 100.00 USD") {
			t.Errorf("%s: %q", name, pushed.Body)
		}
	}
}

// What another says stays as it is, also where it looks like a sentence of ours.
func TestSayKeepsWords(t *testing.T) {
	b := start(t, "channels: []\n", false)
	if got := b.desk.Say(people.Chinese, "%s asks: %s", "Done: x", "%s Denied: y"); got != "Done: x 请求：%s Denied: y" {
		t.Error(got)
	}
	if got := b.desk.Say(people.Chinese, "Done: 1 of 2 from us asks: who?"); got != "Done: 1 of 2 from us asks: who?" {
		t.Error(got)
	}
}
