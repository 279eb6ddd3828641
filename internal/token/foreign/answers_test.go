package foreign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// An issuer answers with what it likes: the keys that are taken here count, what is
// shown no longer does not, and what is no answer changes nothing.
func TestAnswersOfIssuers(t *testing.T) {
	p := newProvider(t)
	jwk := func(key any, kid, use, algorithm string) string {
		text, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: kid, Use: use, Algorithm: algorithm})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	ed, rs := p.keys["ed"].Public(), p.keys["rs"].Public()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certified := func(signer crypto.Signer, kid string) string {
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, signer.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		thumbprint := sha1.Sum(der)
		text := jwk(rs, kid, "sig", "RS256")
		return strings.Replace(text, "{", `{"x5c":["`+stdEncode(der)+`"],"x5t":"`+encode(thumbprint[:])+`",`, 1)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := jwk(ed, "ed", "sig", "")
	was := map[keyName]bool{{"old", jose.EdDSA}: true}
	one, none := map[keyName]bool{{"ed", jose.EdDSA}: true}, map[keyName]bool{}
	for name, tt := range map[string]struct {
		body   string
		answer func(http.ResponseWriter, *http.Request)
		want   map[keyName]bool
	}{
		"one key":                    {body: `{"keys":[` + good + `]}`, want: one},
		"a kind that is new":         {body: `{"keys":[{"kty":"AKP","kid":"pq","alg":"ML-DSA-99","pub":"AA"},` + good + `,{"kty":"OKP","crv":"X25519","kid":"x","x":"` + encode(make([]byte, 32)) + `"}]}`, want: one},
		"another curve":              {body: `{"keys":[` + jwk(p384.Public(), "p384", "sig", "ES384") + `,{"kty":"EC","crv":"secp256k1","kid":"k1","x":"AA","y":"AA"},` + good + `]}`, want: one},
		"a point off its curve":      {body: `{"keys":[{"kty":"EC","crv":"P-256","kid":"off","x":"` + encode(bytes.Repeat([]byte{1}, 32)) + `","y":"` + encode(bytes.Repeat([]byte{1}, 32)) + `"},` + good + `]}`, want: one},
		"an RSA key of any size":     {body: `{"keys":[{"kty":"RSA","kid":"huge","e":"AQAB","n":"` + encode(bytes.Repeat([]byte{255}, 2048)) + `"},{"kty":"RSA","kid":"small","e":"AQAB","n":"` + encode(bytes.Repeat([]byte{255}, 128)) + `"},` + good + `]}`, want: one},
		"a secret":                   {body: `{"keys":[{"kty":"oct","kid":"s","k":"AAAA"},` + good + `]}`, want: one},
		"a private key":              {body: `{"keys":[` + jwk(p.keys["rs"], "private", "sig", "") + `,` + good + `]}`, want: one},
		"no key at all in one":       {body: `{"keys":[null,1,"x",[],{},` + good + `]}`, want: one},
		"a key to encrypt with":      {body: `{"keys":[` + jwk(rs, "enc", "enc", "") + `,` + jwk(rs, "oaep", "", "RSA-OAEP-256") + `,` + good + `]}`, want: one},
		"a key without a name":       {body: `{"keys":[` + jwk(ed, "", "sig", "") + `,` + good + `]}`, want: one},
		"a key for one algorithm":    {body: `{"keys":[` + jwk(rs, "rs", "sig", "PS256") + `]}`, want: map[keyName]bool{{"rs", jose.PS256}: true}},
		"a key for any of its kind":  {body: `{"keys":[` + jwk(rs, "rs", "sig", "") + `]}`, want: map[keyName]bool{{"rs", jose.PS256}: true, {"rs", jose.RS256}: true}},
		"a key with its certificate": {body: `{"keys":[` + certified(p.keys["rs"], "rs") + `]}`, want: map[keyName]bool{{"rs", jose.RS256}: true}}, // as Auth0 and Entra show it
		"another key's certificate":  {body: `{"keys":[` + certified(stranger, "rs") + `,` + good + `]}`, want: one},
		"two kinds of one name":      {body: `{"keys":[` + jwk(rs, "k", "sig", "RS256") + `,` + jwk(ed, "k", "sig", "") + `]}`, want: map[keyName]bool{{"k", jose.RS256}: true, {"k", jose.EdDSA}: true}},
		"no keys any more":           {body: `{"keys":[]}`, want: none},
		"no key that is taken":       {body: `{"keys":[{"kty":"AKP","kid":"old","alg":"ML-DSA-44","pub":"AA"}]}`, want: none},
		"an error in JSON":           {body: `{"error":"later"}`, want: was},
		"null":                       {body: `{"keys":null}`, want: was},
		"keys that are no list":      {body: `{"keys":{}}`, want: was},
		"a page":                     {body: `<html>`, want: was},
		"nothing":                    {want: was},
		"two documents":              {body: `{"keys":[]}{"keys":[]}`, want: was},
		"too large":                  {body: `{"keys":[` + good + `],"x":"` + strings.Repeat("x", maxSet) + `"}`, want: was},
		"half of it": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("content-length", "1000")
			_, _ = w.Write([]byte(`{"keys":[]}`))
		}, want: was},
		"201": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			_, _ = w.Write([]byte(`{"keys":[` + good + `]}`))
		}, want: was},
		"elsewhere": {answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, p.url, http.StatusFound) }, want: was},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tt.answer != nil {
					tt.answer(w, r)
					return
				}
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			old := keySet{keys: map[keyName]any{{"old", jose.EdDSA}: ed25519.PublicKey(nil)}}
			got := fetch(t.Context(), source{server.URL, true}, old, now, slog.New(slog.DiscardHandler))
			if len(got.keys) != len(tt.want) {
				t.Errorf("%d keys, %s", len(got.keys), got.failed)
			}
			if taken := len(got.keys) > 0 && !tt.want[keyName{"old", jose.EdDSA}]; (got.failed == "") != taken { // what failed is tried again soon
				t.Errorf("failed: %q", got.failed)
			}
			for name := range got.keys {
				if !tt.want[name] {
					t.Errorf("it has %v", name)
				}
			}
		})
	}
}
