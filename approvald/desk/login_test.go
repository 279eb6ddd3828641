package desk_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// someone is a user of the provider; the provider says when they logged in.
type someone struct {
	mockoidc.MockUser
	at    time.Time // of the login; zero says nothing
	nonce string    // instead of the attempt's
}

type saidClaims struct {
	*mockoidc.IDTokenClaims
	Email    string   `json:"email,omitempty"`
	Verified bool     `json:"email_verified,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	AuthTime int64    `json:"auth_time,omitempty"`
}

// Claims implements mockoidc.User.
func (s *someone) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	c := saidClaims{IDTokenClaims: base, Email: s.Email, Verified: s.EmailVerified, Groups: s.Groups}
	if !s.at.IsZero() {
		c.AuthTime = s.at.Unix()
	}
	if s.nonce != "" {
		c.Nonce = s.nonce
	}
	return c, nil
}

// provider is acme's identity provider, which the Desk knows.
func (b *bench) provider(t *testing.T) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	m.FastForward(time.Until(b.Clock.Now()))
	b.Load("acme", func(files map[string]string) {
		files["approvals.yaml"] += "\nfresh_login: {above: 90 USD, within: 5m}\n"
		files["people.yaml"] = `people:
  - {id: ann, name: Ann Lee, groups: [billing_leads, data_leads, privacy, support_leads], email: ann@acme.example, local: true}
  - {id: sue, name: Sue Subject, groups: [auditors], subject: sub-sue, email: sue@acme.example}
` + others + `login:
  session: 30m
  oidc: {issuer: "` + m.Issuer() + `", client_id: "` + m.ClientID + `", client_secret: login_client, loopback: true, groups: {claim: groups, names: {Leads: billing_leads}}}
`
	})
	b.secret.Store(&m.ClientSecret)
	return m
}

// walker is a browser that follows the provider's redirects and keeps cookies.
type walker struct {
	t    *testing.T
	http *http.Client
	home string
}

func (b *bench) walker(t *testing.T) *walker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &walker{t, &http.Client{Jar: jar}, strings.Replace(b.url, "127.0.0.1", "localhost", 1)}
}

func (w *walker) get(address string) page {
	w.t.Helper()
	response, err := w.http.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return page{response.StatusCode, response.Header, string(body)}
}

// stop makes a walker stay where a redirect would lead, which it returns.
func (w *walker) stop(address string) string {
	w.t.Helper()
	w.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { w.http.CheckRedirect = nil }()
	return w.get(address).header.Get("location")
}

func TestProviderLogin(t *testing.T) {
	known := mockoidc.MockUser{Subject: "sub-ann", Email: "Ann@acme.example", EmailVerified: true}
	for name, c := range map[string]struct {
		user   someone
		status int
		says   string
	}{
		"by a verified address":             {someone{MockUser: known}, 200, "You are in, Ann Lee"},
		"by a subject":                      {someone{MockUser: mockoidc.MockUser{Subject: "sub-sue"}}, 200, "You are in, Sue Subject"},
		"an address not verified":           {someone{MockUser: mockoidc.MockUser{Subject: "x", Email: "ann@acme.example"}}, 403, "people.yaml does not"},
		"who has a subject, by the address": {someone{MockUser: mockoidc.MockUser{Subject: "x", Email: "sue@acme.example", EmailVerified: true}}, 403, "people.yaml does not"},
		"nobody":                            {someone{MockUser: mockoidc.MockUser{Subject: "x", Email: "eve@acme.example", EmailVerified: true}}, 403, "people.yaml does not"},
		"no address":                        {someone{MockUser: mockoidc.MockUser{Subject: "", EmailVerified: true}}, 403, "people.yaml does not"},
		"another nonce":                     {someone{MockUser: known, nonce: "other"}, 403, "was not accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			m := b.provider(t)
			m.QueueUser(&c.user)
			w := b.walker(t)
			p := w.get(w.home + "/login/acme/provider?next=/intents/int_1")
			if p.status != c.status || !strings.Contains(p.body, c.says) {
				t.Fatalf("%d %s", p.status, p.body)
			}
			entered := w.get(w.home + "/").status
			if (entered == 200) != (c.status == 200) {
				t.Errorf("then the Desk answers %d", entered)
			}
			if c.status == 200 && !strings.Contains(p.body, `href="/intents/int_1"`) {
				t.Errorf("it leads elsewhere: %s", p.body)
			}
		})
	}
}

// An attempt belongs to the browser that began it, comes back once, in time,
// with its own state and from its own issuer.
func TestProviderAttempts(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(b *bench, w *walker, back string) (*walker, string)
		ok    bool
	}{
		"as it is":        {func(_ *bench, w *walker, back string) (*walker, string) { return w, back }, true},
		"another browser": {func(b *bench, w *walker, back string) (*walker, string) { return b.walker(w.t), back }, false},
		"another state": {func(_ *bench, w *walker, back string) (*walker, string) {
			return w, strings.Replace(back, "state=", "state=x", 1)
		}, false},
		"no state": {func(_ *bench, w *walker, back string) (*walker, string) {
			return w, strings.Replace(back, "state=", "stat=", 1)
		}, false},
		"another issuer": {func(_ *bench, w *walker, back string) (*walker, string) { return w, back + "&iss=https://evil.example" }, false},
		"a code of nothing": {func(_ *bench, w *walker, back string) (*walker, string) {
			return w, strings.Replace(back, "code=", "code=x", 1)
		}, false},
		"a second time": {func(_ *bench, w *walker, back string) (*walker, string) {
			before := w.http.Jar.Cookies(mustURL(w.home))
			w.get(back)
			fresh := *w
			jar, _ := cookiejar.New(nil)
			jar.SetCookies(mustURL(w.home), before)
			fresh.http = &http.Client{Jar: jar}
			return &fresh, back
		}, false},
		"too late": {func(b *bench, w *walker, back string) (*walker, string) {
			b.Clock.Advance(10 * time.Minute)
			return w, back
		}, false},
		"after the provider is another": {func(b *bench, w *walker, back string) (*walker, string) {
			b.provider(w.t)
			return w, back
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			m := b.provider(t)
			m.QueueUser(&someone{MockUser: mockoidc.MockUser{Subject: "s", Email: "ann@acme.example", EmailVerified: true}})
			w := b.walker(t)
			back := w.stop(w.stop(w.home + "/login/acme/provider"))
			if !strings.HasPrefix(back, w.home+"/callback?") {
				t.Fatalf("the provider sends to %q", back)
			}
			w, back = c.spoil(b, w, back)
			p := w.get(back)
			if name == "a second time" && !strings.Contains(p.body, "was used already") {
				t.Errorf("only the provider refuses it: %s", p.body)
			}
			if got := p.status == 200; got != c.ok {
				t.Errorf("accepted: %v", got)
			}
			if got := w.get(w.home+"/").status == 200; got != c.ok {
				t.Errorf("entered: %v", got)
			}
		})
	}
}

func mustURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

// The request carries what the provider must hold us to.
func TestProviderRequest(t *testing.T) {
	b := start(t)
	b.provider(t)
	w := b.walker(t)
	q := mustURL(w.stop(w.home + "/login/acme/provider?again=1")).Query()
	for key, want := range map[string]string{
		"response_type": "code", "code_challenge_method": "S256", "prompt": "login", "max_age": "0", "redirect_uri": w.home + "/callback",
	} {
		if q.Get(key) != want {
			t.Errorf("%s is %q", key, q.Get(key))
		}
	}
	if len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 || len(q.Get("code_challenge")) < 40 {
		t.Errorf("%v", q)
	}
}

// A provider's groups count as people.yaml translates them, and how fresh a login
// is the provider says: whoever it says nothing of is not fresh.
func TestProviderGroupsAndFreshness(t *testing.T) {
	for name, c := range map[string]struct {
		groups []string
		ago    time.Duration // of the login there; negative: it does not say
		says   string
	}{
		"a translated group":     {[]string{"Leads"}, 0, ""},
		"a group of its own":     {[]string{"billing_leads"}, 0, "only members of billing_leads"},
		"none":                   {nil, 0, "only members of billing_leads"},
		"logged in long ago":     {[]string{"Leads"}, 20 * time.Minute, "needs a login of the last 5 minutes"},
		"logged in nobody knows": {[]string{"Leads"}, -1, "needs a login of the last 5 minutes"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			m := b.provider(t)
			user := &someone{MockUser: mockoidc.MockUser{Subject: "sub-sue", Groups: c.groups}}
			if c.ago >= 0 {
				user.at = b.Clock.Now().Add(-c.ago)
			}
			m.QueueUser(user)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			w := b.walker(t)
			w.get(w.home + "/login/acme/provider")
			form := formWord.FindStringSubmatch(w.get(w.home + "/").body)
			if form == nil {
				t.Fatal("not entered")
			}
			response, err := w.http.PostForm(w.home+"/intents/"+i.ID+"/approve", url.Values{"form": {form[1]}, "digest": {i.Digest}})
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if c.says == "" {
				b.stands(i, ledger.Approved, 1)
				return
			}
			b.stands(i, ledger.Waiting, 0)
			if !strings.Contains(string(body), c.says) {
				t.Errorf("%s", body)
			}
		})
	}
}

// Once people have logins, no link lets anybody in for them but the machine's
// own person.
func TestLinksEndWhereLoginsBegin(t *testing.T) {
	b := start(t)
	b.provider(t)
	for person, status := range map[string]int{"ann": 200, "sue": 403} {
		if p := b.api("Bearer "+deskToken, "POST", "/api/v1/links", `{"tenant":"acme","person":"`+person+`"}`); p.status != status {
			t.Errorf("%s: %d %s", person, p.status, p.body)
		}
	}
}

// A login leads to pages of the Desk alone.
func TestLoginLeadsNowhereElse(t *testing.T) {
	b := start(t)
	w := &browser{b: b}
	for asked, want := range map[string]string{
		"/intents/int_1": "/intents/int_1", "//evil.example": "/", "https://evil.example": "/", "/intents/int_1/approve": "/", `/\evil.example`: "/", "/leave": "/",
	} {
		p := w.do("GET", "/login?tenant=acme&next="+url.QueryEscape(asked), nil)
		if got := p.header.Get("location"); got != "/login/acme?next="+url.QueryEscape(want) {
			t.Errorf("%s leads to %s", asked, got)
		}
	}
	if p := w.do("GET", "/login?tenant=../x", nil); p.status != 400 {
		t.Errorf("a tenant that is none: %d", p.status)
	}
	absent, there := w.do("GET", "/login/absent", nil), w.do("GET", "/login/acme", nil)
	if absent.status != there.status || strings.ReplaceAll(absent.body, "absent", "acme") != there.body {
		t.Error("a tenant that is not there reads otherwise")
	}
	if p := w.do("GET", "/intents/int_1?tenant=acme", nil); p.status != 401 || !strings.Contains(p.body, `href="/login/acme?next=%2fintents%2fint_1"`) {
		t.Errorf("without a session: %d %s", p.status, p.body)
	}
}

// A command line gets the session that its person let it have, once.
func TestTerminal(t *testing.T) {
	b := start(t)
	secret := strings.Repeat("s", 52)
	code := desk.TerminalCode(secret)
	ask := func(secret string) page { return b.api("", "POST", "/api/v1/session", `{"secret":"`+secret+`"}`) }
	if p := ask(secret); p.status != 404 {
		t.Fatalf("before: %d", p.status)
	}
	mia := b.enters("acme", "mia")
	if p := mia.do("GET", "/cli/"+code, nil); p.status != 200 || !strings.Contains(p.body, desk.TerminalWord(code)) {
		t.Fatalf("%d %s", p.status, p.body)
	}
	if p := mia.do("POST", "/cli/"+code, url.Values{}); p.status != 403 {
		t.Errorf("without the form's word: %d", p.status)
	}
	if p := (&browser{b: b}).do("POST", "/cli/"+code, url.Values{}); p.status != 401 {
		t.Errorf("without a session: %d", p.status)
	}
	if p := mia.do("POST", "/cli/"+code, url.Values{"form": {mia.form()}}); p.status != 200 {
		t.Fatalf("%d %s", p.status, p.body)
	}
	if p := ask(strings.Repeat("t", 52)); p.status != 404 {
		t.Errorf("another secret: %d", p.status)
	}
	got := read[desk.SessionAnswer](t, ask(secret))
	if got.Tenant != "acme" || got.Person != "mia" || !got.Expires.After(b.Clock.Now()) {
		t.Fatalf("%+v", got)
	}
	if p := ask(secret); p.status != 404 {
		t.Errorf("a second time: %d", p.status)
	}
	if p := (&browser{b: b, cookie: got.Token}).do("GET", "/", nil); p.status != 401 {
		t.Errorf("it is no browser's: %d", p.status)
	}
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	if p := b.api("Bearer "+got.Token, "POST", "/api/v1/links", `{"tenant":"acme","person":"ann"}`); p.status != 403 {
		t.Errorf("links: %d", p.status)
	}
	if p := b.api("Bearer "+got.Token, "POST", "/api/v1/intents/"+i.ID+"/approve", `{"digest":"`+i.Digest+`"}`); p.status != 200 || read[desk.Item](t, p).Votes[0].Person != "mia" {
		t.Errorf("a vote: %d %s", p.status, p.body)
	}
	mia.do("POST", "/leave", url.Values{"form": {mia.form()}})
	if p := b.api("Bearer "+got.Token, "GET", "/api/v1/intents", ""); p.status != 401 {
		t.Errorf("after leaving: %d", p.status)
	}
}

// Over TLS the cookies are the browser's strictest.
func TestHostCookie(t *testing.T) {
	b := start(t)
	b.pages = "https://desk.example"
	b.serve(b.desk())
	p := (&browser{b: b}).do("POST", b.link("acme", "ann"), nil)
	cookies := (&http.Response{Header: p.header}).Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-sallyport_desk" || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].Path != "/" || cookies[0].Domain != "" {
		t.Errorf("%+v", cookies)
	}
}

// Another site's request is told by what the browser says of it.
func TestFetchMetadata(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	w := b.enters("acme", "ann")
	for site, status := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 303} {
		if p := w.vote(i, "approve", "", "sec-fetch-site", site); p.status != status {
			t.Errorf("%s: %d", site, p.status)
		}
	}
}
