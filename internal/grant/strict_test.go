package grant

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/keyring"
)

// Signed with the right key, and still refused.
func TestOpenIsStrict(t *testing.T) {
	r := ring(t)
	raw, err := NewSealer(r).Admission(admission())
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(admission())
	good := string(data)
	resign := func(p keyring.SigningPurpose, payload string) string {
		kid, key := r.MAC(keyring.Admission)
		encoded := base64.RawURLEncoding.EncodeToString([]byte(payload))
		mac := authenticate(key, signed(p, kid, encoded))
		return version + "." + kid + "." + encoded + "." + base64.RawURLEncoding.EncodeToString(mac)
	}
	// One purpose's key never does another's work, nor its own in another way.
	statement := func(kid string, sign func(text []byte) []byte) string {
		text := version + "." + kid + "." + base64.RawURLEncoding.EncodeToString(data)
		return text + "." + base64.RawURLEncoding.EncodeToString(sign([]byte("sallyport admission\n"+text)))
	}
	kid, key := r.Signing(keyring.Admission)
	orders, orderKey := r.MAC(keyring.Order)
	if resign(keyring.Admission, good) != raw {
		t.Fatal("the forgery must be exact, or the rest proves nothing")
	}
	for name, forged := range map[string]string{
		"a line break behind":   raw + "\n",
		"a line break within":   raw[:len(raw)-9] + "\r\n" + raw[len(raw)-9:],
		"padding":               raw + "==",
		"an unknown member":     resign(keyring.Admission, strings.Replace(good, "{", `{"x":1,`, 1)),
		"a repeated member":     resign(keyring.Admission, strings.Replace(good, "{", `{"ten":"globex",`, 1)),
		"a member in capitals":  resign(keyring.Admission, strings.Replace(good, `"ten"`, `"TEN"`, 1)),
		"a space":               resign(keyring.Admission, strings.Replace(good, ":", ": ", 1)),
		"text behind":           resign(keyring.Admission, good+"{}"),
		"no tenant":             resign(keyring.Admission, strings.Replace(good, `"acme"`, `""`, 1)),
		"signed for an order":   resign(keyring.Order, good),
		"signed, not sealed":    statement(kid, func(text []byte) []byte { return ed25519.Sign(key, text) }),
		"the key for orders":    statement(orders, func(text []byte) []byte { return authenticate(orderKey, text) }),
		"the key of the file":   statement(kid, func(text []byte) []byte { return authenticate(key.Seed(), text) }),
		"another version":       "v2" + raw[2:],
		"five parts":            raw + ".",
		"longer than any of us": raw + strings.Repeat("A", maxStatement),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := NewOpener(r).OpenAdmission(forged, now, "sha256:aa")
			if !errors.Is(err, ErrInvalid) || !cmp.Equal(a, Admission{}) {
				t.Errorf("got %+v %v", a, err)
			}
		})
	}
}

// What could not be opened again is not sealed.
func TestSealRefuses(t *testing.T) {
	s := NewSealer(ring(t))
	for name, change := range map[string]func(*Admission){
		"no tenant":       func(a *Admission) { a.Tenant = "" },
		"no digest":       func(a *Admission) { a.Digest = "" },
		"no end":          func(a *Admission) { a.Expires = time.Time{} },
		"broken UTF-8":    func(a *Admission) { a.ClientKey = "\xff" },
		"a huge key":      func(a *Admission) { a.ClientKey = strings.Repeat("k", maxStatement) },
		"a broken role":   func(a *Admission) { a.Roles = []string{"\xff"} },
		"the year 10,000": func(a *Admission) { a.Expires = a.Expires.AddDate(9000, 0, 0) },
	} {
		t.Run("admission, "+name, func(t *testing.T) {
			a := admission()
			change(&a)
			if raw, err := s.Admission(a); err == nil {
				t.Errorf("sealed %s", raw)
			}
		})
	}
	for name, change := range map[string]func(*Order){
		"no nonce":        func(o *Order) { o.Nonce = "" },
		"no Envoy":        func(o *Order) { o.Envoy = "" },
		"no purpose":      func(o *Order) { o.Purpose = "" },
		"unknown purpose": func(o *Order) { o.Purpose = "gift" },
		"no intent":       func(o *Order) { o.Intent = "" },
		"no attempt":      func(o *Order) { o.Attempt = 0 },
		"no body":         func(o *Order) { o.Body = "" },
	} {
		t.Run("order, "+name, func(t *testing.T) {
			o := order()
			change(&o)
			if raw, err := s.Order(o); err == nil {
				t.Errorf("sealed %s", raw)
			}
		})
	}
}
