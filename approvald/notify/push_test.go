package notify_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/notify"
	"github.com/sallyport/sallyport/internal/keyring"
)

// browser is what a browser keeps of its subscription.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

// subscribes makes a browser of a person at a push service.
func (b *bench) subscribes(person, endpoint string, claims ...string) browser {
	b.TB.Helper()
	return b.subscribesIn("", person, endpoint, claims...)
}

// subscribesIn makes one on a page in a language.
func (b *bench) subscribesIn(language, person, endpoint string, claims ...string) browser {
	b.TB.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		b.TB.Fatal(err)
	}
	w := browser{key, []byte(rand.Text()[:16])}
	push, err := json.Marshal(map[string]any{"language": language, "endpoint": endpoint, "keys": map[string]string{
		"p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), "auth": base64.RawURLEncoding.EncodeToString(w.auth),
	}})
	if err != nil {
		b.TB.Fatal(err)
	}
	if err := b.store.Subscribe(context.Background(), ledger.Subscription{ID: ledger.SubscriptionPrefix + person, Tenant: "acme", Person: person, Claims: claims, Push: push}); err != nil {
		b.TB.Fatal(err)
	}
	return w
}

// opened is a message as RFC 8291 and RFC 8188 have it, opened with a browser's
// keys.
func (w browser) opened(t *testing.T, body []byte) notify.Pushed {
	t.Helper()
	salt, sender, sealed := body[:16], body[21:21+int(body[20])], body[21+int(body[20]):]
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := w.key.ECDH(public)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ikm := derive(shared, w.auth, "WebPush: info\x00"+string(w.key.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out notify.Pushed
	if err := json.Unmarshal([]byte(strings.TrimRight(string(plain), "\x00\x02")), &out); err != nil {
		t.Fatalf("%q: %v", plain, err)
	}
	return out
}

// signed fails unless a request names the gateway as RFC 8292 says.
func (b *bench) signed(t *testing.T, got call, audience string) {
	t.Helper()
	var token, key string
	for _, part := range strings.Split(strings.TrimPrefix(got.header.Get("authorization"), "vapid "), ", ") {
		if value, ok := strings.CutPrefix(part, "t="); ok {
			token = value
		} else if value, ok := strings.CutPrefix(part, "k="); ok {
			key = value
		}
	}
	vapid, err := notify.NewVAPID(b.Ring.Secret(keyring.WebPush))
	if err != nil || key != vapid.Public() {
		t.Fatalf("signed with %q: %v", key, err)
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	_, err = jwt.Parse(token, func(*jwt.Token) (any, error) { return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point) },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithSubject("https://desk.example"))
	if err != nil {
		t.Error(err)
	}
}

// Whoever may decide is told in their browser, sealed for it; others are not.
func TestPush(t *testing.T) {
	service := listen(t, func(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) })
	b := start(t, "channels: []\n", true)
	ann := b.subscribes("ann", service.url+"/send/ann")
	b.subscribes("ole", service.url+"/send/ole")
	b.subscribes("nobody", service.url+"/send/nobody")
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("it is pushed", func() bool { return len(service.seen()) == 1 })
	got := service.seen()[0]
	b.signed(t, got, service.url)
	if got.path != "/send/ann" || got.header.Get("content-encoding") != "aes128gcm" || got.header.Get("ttl") != "14400" || got.header.Get("urgency") != "high" || len(got.header.Get("topic")) != 32 {
		t.Errorf("%s %v", got.path, got.header)
	}
	want := notify.Pushed{Title: "Acme Support", Body: "billing-bot asks: Refund 100.00 USD of charge ch_ada_1000 to customer cus_ada", URL: "https://desk.example/intents/" + i.ID + "?tenant=acme", Tag: i.ID}
	if pushed := ann.opened(t, []byte(got.body)); pushed != want {
		t.Errorf("pushed is %+v", pushed)
	}
	if _, err := b.store.Vote(t.Context(), ledger.VoteRequest{Tenant: "acme", Intent: i.ID, Person: "mia", Approve: true, Digest: i.Digest}); err != nil {
		t.Fatal(err)
	}
	b.ship() // an approval is nothing to decide
	b.Opened("one", executetest.Refund("ch_ada_450", "10000"), leads)
	b.ship()
	b.until("the next is pushed", func() bool { return len(service.seen()) == 2 })
	if next := ann.opened(t, []byte(service.seen()[1].body)); !strings.Contains(next.Body, "ch_ada_450") {
		t.Errorf("pushed is %+v", next)
	}
}

// A browser that is gone is forgotten, and nobody hears of a channel that failed;
// one that fails is tried again, and its address is told to nobody.
func TestPushEnds(t *testing.T) {
	for status, gone := range map[int]bool{http.StatusNotFound: true, http.StatusGone: true, http.StatusInternalServerError: false} {
		service := listen(t, func(w http.ResponseWriter) { w.WriteHeader(status) })
		b := start(t, "channels: []\n", true)
		b.subscribes("ann", service.url+"/send/secret")
		b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
		b.ship()
		b.until("it is pushed", func() bool { return len(service.seen()) > 0 })
		b.until("it is noted", func() bool {
			_, err := b.store.Subscription(t.Context(), "acme", ledger.SubscriptionPrefix+"ann")
			return gone == errors.Is(err, ledger.ErrNotFound) && (len(b.unheard()) == 0) == gone
		})
		if strings.Contains(b.Log.String(), "/send/secret") {
			t.Errorf("%d: the log has the address", status)
		}
	}
	b := start(t, "channels: []\n", true)
	b.subscribes("ann", "http://127.0.0.1:1/send/secret")
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("it is noted", func() bool { return len(b.unheard()) == 1 })
	if text := b.unheard()[0].Error + b.Log.String(); strings.Contains(text, "secret") {
		t.Errorf("the address is told: %s", text)
	}
}

// Whoever is not asked any more, when it is their turn to be told, is told nothing:
// whoever left, left the group, or whose provider or its name for the group is gone;
// and nobody of what others decided meanwhile.
func TestPushLooksAgain(t *testing.T) {
	const provider = "login:\n  oidc: {issuer: https://login.example.com, client_id: desk, groups: {claim: groups, names: {Leads: billing_leads}}}\n"
	const rest = "people:\n  - {id: mia, name: Mia Roth, groups: [billing_leads, data_leads, privacy, support_leads]}\n  - {id: ole, name: Ole Berg, groups: [auditors]}\n"
	in := func(group string) string { return rest + "  - {id: ann, name: Ann Lee, groups: [" + group + "]}\n" }
	people := func(text string) func(*bench, ledger.Intent) {
		return func(b *bench, _ ledger.Intent) {
			b.Load("acme", func(files map[string]string) { files["channels.yaml"], files["people.yaml"] = "channels: []\n", text })
		}
	}
	for name, c := range map[string]struct {
		before string // people.yaml when it is asked
		then   func(*bench, ledger.Intent)
		told   bool
	}{
		"nothing changed":        {in("billing_leads"), people(in("billing_leads")), true},
		"the person left":        {in("billing_leads"), people(rest), false},
		"left the group":         {in("billing_leads"), people(in("auditors")), false},
		"a provider's group":     {in("auditors") + provider, people(in("auditors") + provider), true},
		"the provider went":      {in("auditors") + provider, people(in("auditors")), false},
		"its name means another": {in("auditors") + provider, people(in("auditors") + strings.Replace(provider, "Leads: billing_leads", "Leads: auditors", 1)), false},
		"somebody denied it first": {in("billing_leads"), func(b *bench, i ledger.Intent) {
			if _, err := b.store.Vote(context.Background(), ledger.VoteRequest{Tenant: "acme", Intent: i.ID, Person: "mia", Digest: i.Digest, Reason: "no"}); err != nil {
				b.TB.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			service := listen(t, answers(http.StatusCreated))
			b := start(t, "channels: []\n", false)
			people(c.before)(b, ledger.Intent{})
			b.subscribes("ann", service.url+"/send/ann", "Leads")
			_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
			b.ship()
			c.then(b, i)
			b.run(t)
			if c.told {
				b.until("it is pushed", func() bool { return len(service.seen()) == 1 })
				return
			}
			b.until("it is passed over", func() bool { return strings.Contains(b.Log.String(), "is not asked any more") && len(b.unheard()) == 0 })
			if n := len(service.seen()); n > 0 {
				t.Errorf("%d were pushed", n)
			}
		})
	}
}
