package issuer_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/keyring"
)

// get reads a public document.
func get[T any](r *rig, path string) (T, int) {
	r.Helper()
	var out T
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		r.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == 200 {
		if err := json.NewDecoder(response.Body).Decode(&out); err != nil || response.Header.Get("content-type") != "application/json" {
			r.Fatal(err, response.Header)
		}
	}
	return out, response.StatusCode
}

// go-oidc, which is nobody's of ours, verifies tokens with what discovery names,
// before and after a rotation.
func TestKeysVerifyTokens(t *testing.T) {
	r := newRig(t, backend())
	server, status := get[struct {
		Issuer string
		Token  string `json:"token_endpoint"`
		Keys   string `json:"jwks_uri"`
	}](r, "/.well-known/oauth-authorization-server")
	if status != 200 || server.Issuer != r.url || server.Token != r.url+"/token" || server.Keys != r.url+"/.well-known/jwks.json" {
		t.Fatalf("%d %+v", status, server)
	}
	mint := func() string {
		got := r.ask(proven("grant_type", "client_credentials"))
		if got.status != 200 {
			t.Fatalf("%+v", got)
		}
		return strings.TrimPrefix(got.Token, "spgw_")
	}
	verify := func(raw string) error {
		_, err := oidc.NewRemoteKeySet(t.Context(), server.Keys).VerifySignature(t.Context(), raw)
		return err
	}
	old := mint()
	if err := verify(old); err != nil {
		t.Fatal(err)
	}
	if err := verify(old[:len(old)-4] + "AAAA"); err == nil {
		t.Error("a broken signature is verified: the test proves nothing")
	}
	id, err := r.ring.Rotate(keyring.Token)
	if err != nil {
		t.Fatal(err)
	}
	age(t, r, id)
	fresh := mint()
	if kid(t, old) == kid(t, fresh) {
		t.Error("the new key does not sign")
	}
	for name, raw := range map[string]string{"under the old key": old, "under the new one": fresh} {
		if err := verify(raw); err != nil {
			t.Errorf("a token %s: %v", name, err)
		}
	}
	if err := r.ring.Withdraw(keyring.Token, "token-0001"); err != nil {
		t.Fatal(err)
	}
	if verify(old) == nil || verify(fresh) != nil {
		t.Error("a withdrawn key is shown, or the other one is not")
	}
}

// age makes a key known to everybody, as it is some seconds after it was made.
func age(t *testing.T, r *rig, id string) {
	t.Helper()
	at := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(r.keys, id+".key"), at, at); err != nil {
		t.Fatal(err)
	}
	if err := r.ring.Reload(time.Now()); err != nil {
		t.Fatal(err)
	}
}

func kid(t *testing.T, compact string) string {
	t.Helper()
	header, _, _ := strings.Cut(compact, ".")
	return header
}

type resource struct {
	Resource string   `json:"resource"`
	Servers  []string `json:"authorization_servers"`
}

// The metadata of a tool names the tool as agents call it, and says nothing about
// which tools there are.
func TestProtectedResource(t *testing.T) {
	r := newRig(t, backend())
	for path, want := range map[string]string{"": agentURL, "/stripe": agentURL + "/stripe", "/nothing-such": agentURL + "/nothing-such"} {
		got, status := get[resource](r, "/.well-known/oauth-protected-resource"+path)
		if diff := cmp.Diff(resource{want, []string{r.url}}, got); status != 200 || diff != "" {
			t.Errorf("%s: %d %s", path, status, diff)
		}
	}
	for _, path := range []string{"/Stripe", "/a.b", "/a/b", "/%22"} {
		if _, status := get[resource](r, "/.well-known/oauth-protected-resource"+path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if _, status := get[any](r, "/token"); status != 405 {
		t.Errorf("GET of the token endpoint: %d", status)
	}
}
