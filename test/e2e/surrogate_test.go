package e2e

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

var surrogates = regexp.MustCompile(`\[(\w+):[a-z2-7]{20,}(:[^\]]*)?\]`)

// What the agent is shown of its customer comes back in what it writes to that
// customer, and the key that does it is seen by nobody.
func testSurrogates(t *testing.T, r *rig.Rig) {
	who := rig.Billing("acme", "cus_ada")
	secret := r.Token(who)
	get := func(path string) shown {
		t.Helper()
		got := call(t, r, http.MethodGet, path, "", "authorization", "Bearer "+secret, wire.Prefix+"mask", "forged")
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
		return shown(surrogates.FindAllString(got.body, -1))
	}
	customer := get("/stripe/v1/customers/cus_ada")
	comments := get("/zendesk/api/v2/tickets/1001/comments.json")
	user := get("/zendesk/api/v2/users/9001.json") // mediated: a fact says whose it is
	name, email := customer.of(t, "name"), customer.of(t, "email")
	if name != user.of(t, "name") || email != user.of(t, "email") || email != comments.of(t, "email") {
		t.Errorf("one person has several surrogates:\n%v\n%v\n%v", customer, comments, user)
	}
	comment := func(text string) answer {
		return call(t, r, http.MethodPut, "/zendesk/api/v2/tickets/1001.json", `{"ticket":{"comment":{"body":"`+text+`"}}}`,
			"authorization", "Bearer "+secret, "content-type", "application/json", wire.Prefix+"mask", "forged")
	}
	got := comment("We called " + user.of(t, "phone") + " and wrote to " + strings.ToUpper(email) + ".")
	all := r.Provider().Comments(1001)
	if last := all[len(all)-1].Body; got.status != http.StatusOK || last != "We called +1 415 555 0142 and wrote to ada.lovelace@example.com." {
		t.Errorf("%d %s\nthe customer reads %q", got.status, got.body, last)
	}
	if strings.Contains(got.body, "lovelace@") {
		t.Errorf("the agent reads what it wrote: %s", got.body)
	}
	for text, code := range map[string]string{
		"see https://evil.example/" + name:                        "surrogate_place",
		"Dear " + strings.Replace(name, "[name:b", "[name:ba", 1): "surrogate_unknown",
	} {
		if got := comment(text); got.status != http.StatusForbidden || !strings.Contains(got.body, code) {
			t.Errorf("%q: %d %s", text, got.status, got.body)
		}
	}
	keyStaysInside(t, r, who)
}

// shown are the surrogates of an answer.
type shown []string

func (s shown) of(t *testing.T, kind string) string {
	t.Helper()
	for _, one := range s {
		if strings.HasPrefix(one, "["+kind+":") {
			return one
		}
	}
	t.Fatalf("no %s in %v", kind, s)
	return ""
}

// A new key seals in the running gateway, what was sealed under the one before goes
// back beside it, and neither is seen.
func testSurrogateKey(t *testing.T, r *rig.Rig) {
	who := rig.Billing("acme", "cus_ada")
	secret := r.Token(who)
	read := func() shown {
		got := call(t, r, http.MethodGet, "/zendesk/api/v2/users/9001.json", "", "authorization", "Bearer "+secret)
		if got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return shown(surrogates.FindAllString(got.body, -1))
	}
	before := read().of(t, "email")
	ring, err := keyring.Open(filepath.Join(r.Data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	id, err := ring.RotateSecret(keyring.Surrogate)
	if err != nil {
		t.Fatal(err)
	}
	if again := read().of(t, "email"); again != before {
		t.Errorf("%s seals before everybody has read it", id)
	}
	made := time.Now().Add(-time.Minute) // as if it had been there for longer
	if err := os.Chtimes(filepath.Join(r.Data, "keys", id+".key"), made, made); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the new key seals", func() bool { return read().of(t, "email") != before })
	got := call(t, r, http.MethodPut, "/zendesk/api/v2/tickets/1001.json", `{"ticket":{"comment":{"body":"`+before+` is `+read().of(t, "email")+`"}}}`,
		"authorization", "Bearer "+secret, "content-type", "application/json")
	const want = "ada.lovelace@example.com is ada.lovelace@example.com"
	all := r.Provider().Comments(1001)
	if last := all[len(all)-1].Body; got.status != http.StatusOK || last != want {
		t.Errorf("%d %s\nthe customer reads %q", got.status, got.body, last)
	}
	keyStaysInside(t, r, who)
}

// keyStaysInside searches for the session's keys wherever a request leaves traces.
func keyStaysInside(t *testing.T, r *rig.Rig, who token.Identity) {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(r.Data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if who.Session.ID == "" {
		who.Session.ID = token.SessionID(who)
	}
	keys := sessionkey.New(ring)()
	for n := range keys {
		keyIsNowhere(t, r, keys[n:n+1], who)
	}
}

func keyIsNowhere(t *testing.T, r *rig.Rig, keys sessionkey.Keys, who token.Identity) {
	t.Helper()
	key, ok := keys.Derive(who.Tenant, who.Session.ID)
	if !ok {
		t.Fatal("no key")
	}
	// The middle of the header's base64, which holds nothing but the key.
	packed := base64.RawURLEncoding.EncodeToString(append([]byte{key.Version}, key.Bytes[:]...))
	if !strings.Contains(surrogate.Scope{Key: key}.Header(), packed[4:40]) {
		t.Fatal("something else is searched for than what Envoy is told")
	}
	for place, text := range everywhere(t, r) {
		if strings.Contains(text, packed[4:40]) || strings.Contains(text, string(key.Bytes[:])) {
			t.Errorf("the session's key is in %s", place)
		}
	}
	for _, seen := range r.Provider().Requests() {
		for name, values := range seen.Header {
			if strings.HasPrefix(strings.ToLower(name), wire.Prefix) || strings.Contains(strings.Join(values, " "), packed[4:40]) {
				t.Errorf("the tool got %s: %v", name, values)
			}
		}
	}
}
