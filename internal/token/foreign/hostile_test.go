package foreign

import (
	"crypto"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
)

// byHand signs a header and a payload as they are spelled here.
func (p *provider) byHand(header, payload string) string {
	p.t.Helper()
	input := encode([]byte(header)) + "." + encode([]byte(payload))
	signature, err := p.keys["ed"].Sign(rand.Reader, []byte(input), crypto.Hash(0))
	if err != nil {
		p.t.Fatal(err)
	}
	return input + "." + encode(signature)
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// Whatever a header says beside the algorithm and the key's name is refused, also
// where the signature is right.
func TestHeadersOfTokens(t *testing.T) {
	r := newRig(t, nil)
	payload, _ := json.Marshal(claimsOf(nil))
	certificate := encode([]byte("no certificate"))
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, r.provider.keys["ed"].Public(), r.provider.keys["ed"])
	if err != nil {
		t.Fatal(err)
	}
	own, _ := json.Marshal(jose.JSONWebKey{Key: r.provider.keys["ed"].Public()})
	for header, want := range map[string]reason.Code{
		`{"alg":"EdDSA","kid":"ed"}`:                                             "",
		`{"alg":"EdDSA","typ":"JWT","kid":"ed"}`:                                 "", // as Auth0 and Keycloak write it
		`{"typ":"JWT","alg":"EdDSA","x5t":"abc","kid":"ed"}`:                     "", // Entra
		`{"kid":"ed","alg":"EdDSA"}`:                                             "", // Okta
		`{ "kid" : "ed", "alg" : "EdDSA" }`:                                      "",
		`{"kid":"ed","typ":"at+jwt","x5t":"abc","x5t#S256":"abc","alg":"EdDSA"}`: "",
		`{"alg":"EdDSA","kid":"ed","x5c":["` + certificate + `"]}`:               reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","x5c":["` + stdEncode(der) + `"]}`:            reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","x5c":[]}`:                                    reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","x5u":"https://elsewhere.example"}`:           reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","jku":null}`:                                  reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","jwk":` + string(own) + `}`:                   reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","crit":null}`:                                 reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","crit":[]}`:                                   reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","crit":["exp"],"exp":1}`:                      reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","b64":true}`:                                  reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","b64":true,"crit":["b64"]}`:                   reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","zip":"DEF"}`:                                 reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","nonce":"x"}`:                                 reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","typ":null}`:                                  reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","typ":["JWT"]}`:                               reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","kid":"ed"}`:                                  reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed","\u006bid":"ed"}`:                             reason.TokenInvalid,
		`{"alg":"EdDSA","Alg":"none","kid":"ed"}`:                                reason.TokenInvalid,
		`{"alg":"EdDSA","kid":["ed"]}`:                                           reason.TokenInvalid,
		`{"alg":"EdDSA","kid":""}`:                                               reason.TokenInvalid,
		`{"alg":"EdDSA"}`:                                                        reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"../ed"}`:                                          reason.TokenInvalid,
		`{"alg":"eddsa","kid":"ed"}`:                                             reason.TokenInvalid,
		`{"alg":"none","kid":"ed"}`:                                              reason.TokenInvalid,
		`{"alg":"RS256","kid":"ed"}`:                                             reason.TokenInvalid,
		`{"alg":"ES256","kid":"ed"}`:                                             reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ec"}`:                                             reason.TokenInvalid,
		`{"alg":"EdDSA","kid":"ed"}` + "\n":                                      "", // the same in every reader
		`{"alg":"EdDSA","kid":"ed"}{}`:                                           reason.TokenInvalid,
		`["EdDSA"]`:                                                              reason.TokenInvalid,
	} {
		if id, code := r.verifier.Verify(r.byHand(header, string(payload)), now); code != want {
			t.Errorf("%s: %q %+v", header, code, id)
		}
	}
}

func stdEncode(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// A public key is no secret, in whatever form it is taken for one.
func TestPublicKeyIsNoSecret(t *testing.T) {
	r := newRig(t, nil)
	payload, _ := json.Marshal(claimsOf(nil))
	for kid, key := range r.provider.keys {
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		jwk, _ := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: kid, Use: "sig"})
		for _, secret := range [][]byte{der, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), jwk, nil} {
			input := encode([]byte(`{"alg":"HS256","kid":"`+kid+`"}`)) + "." + encode(payload)
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(input))
			if id, code := r.verifier.Verify(input+"."+encode(mac.Sum(nil)), now); code != reason.TokenInvalid {
				t.Errorf("%s: %q %+v", kid, code, id)
			}
		}
	}
}

// Times are whole or broken seconds, and nothing else.
func TestTimesOfTokens(t *testing.T) {
	r := newRig(t, nil)
	at, end := fmt.Sprint(now.Unix()), fmt.Sprint(now.Unix()+600)
	for times, want := range map[string]reason.Code{
		`"iat":` + at + `,"exp":` + end:                         "",
		`"iat":` + at + `.5,"exp":` + end + `.5`:                "",
		`"iat":` + at + `,"exp":` + end + `,"nbf":` + at:        "",
		`"iat":"` + at + `","exp":` + end:                       reason.TokenInvalid,
		`"iat":` + at + `,"exp":"` + end + `"`:                  reason.TokenInvalid,
		`"iat":` + at + `,"exp":` + end + `000`:                 reason.TokenInvalid, // milliseconds
		`"iat":` + at + `,"exp":1e400`:                          reason.TokenInvalid,
		`"iat":` + at + `,"exp":1e300`:                          reason.TokenInvalid,
		`"iat":` + at + `,"exp":-1`:                             reason.TokenInvalid,
		`"iat":` + at + `,"exp":0`:                              reason.TokenInvalid,
		`"iat":` + at + `,"exp":null`:                           reason.TokenInvalid,
		`"iat":` + at + `,"exp":[` + end + `]`:                  reason.TokenInvalid,
		`"iat":` + at + `,"exp":true`:                           reason.TokenInvalid,
		`"iat":null,"exp":` + end:                               reason.TokenInvalid,
		`"iat":` + end + `,"exp":` + at:                         reason.TokenInvalid,
		`"iat":` + end + `,"exp":` + end + `.9`:                 reason.TokenInvalid,
		`"iat":` + at + `,"exp":` + end + `,"nbf":"` + at + `"`: reason.TokenInvalid,
		`"iat":` + at + `,"exp":` + end + `,"nbf":null`:         reason.TokenInvalid,
		`"iat":` + at + `,"exp":` + end + `,"nbf":1e300`:        reason.TokenInvalid,
		`"iat":` + at + `,"exp":` + end + `,"exp":` + end:       reason.TokenInvalid,
		`"iat":` + at + `,"exp":` + end + `,"\u0065xp":` + end:  reason.TokenInvalid,
		`"iat":1,"exp":60`:                                      reason.TokenExpired,
		`"iat":` + at + `,"exp":` + end + `,"Exp":1`:            "", // another claim, which nobody reads
	} {
		payload := `{"iss":"https://login.acme.example","aud":"sallyport","azp":"app-1",` + times + `}`
		if id, code := r.verifier.Verify(r.byHand(`{"alg":"EdDSA","kid":"ed"}`, payload), now); code != want {
			t.Errorf("%s: %q %+v", times, code, id)
		}
	}
}

// Who and for whom is said by exact texts.
func TestNamesInTokens(t *testing.T) {
	r := newRig(t, nil)
	for claims, want := range map[string]reason.Code{
		`"iss":"https://login.acme.example","aud":["sallyport","sallyport"]`: "",
		`"iss":"https://login.acme.example","aud":[["sallyport"]]`:           reason.TokenInvalid,
		`"iss":"https://login.acme.example","aud":["sallyport",1]`:           reason.TokenInvalid,
		`"iss":"https://login.acme.example","aud":[]`:                        reason.TokenInvalid,
		`"iss":"https://login.acme.example","aud":null`:                      reason.TokenInvalid,
		`"iss":"https://login.acme.example","aud":{"sallyport":1}`:           reason.TokenInvalid,
		`"iss":"https://login.acme.example","aud":"sallyport "`:              reason.TokenInvalid,
		`"iss":"https://login.acme.example","aud":"Sallyport"`:               reason.TokenInvalid,
		`"iss":"https://login.acme.example/","aud":"sallyport"`:              reason.TokenInvalid,
		`"iss":"HTTPS://login.acme.example","aud":"sallyport"`:               reason.TokenInvalid,
		`"iss":"https://login.acme.example:443","aud":"sallyport"`:           reason.TokenInvalid,
		`"iss":"https://login.acme.example\u0000","aud":"sallyport"`:         reason.TokenInvalid,
		`"ISS":"https://login.acme.example","aud":"sallyport"`:               reason.TokenInvalid,
	} {
		payload := fmt.Sprintf(`{%s,"azp":"app-1","iat":%d,"exp":%d}`, claims, now.Unix(), now.Unix()+600)
		if id, code := r.verifier.Verify(r.byHand(`{"alg":"EdDSA","kid":"ed"}`, payload), now); code != want {
			t.Errorf("%s: %q %+v", claims, code, id)
		}
	}
	long := r.sign(jose.EdDSA, "ed", claimsOf(map[string]any{"more": strings.Repeat("x", 8<<10)}), nil)
	if id, code := r.verifier.Verify(long, now); code != reason.TokenInvalid {
		t.Errorf("a long token: %q %+v", code, id)
	}
}

// flip spells a signature of ES256 the other way in which it is right as well.
func flip(t *testing.T, raw string) string {
	t.Helper()
	at := strings.LastIndexByte(raw, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(raw[at:])
	if err != nil || len(signature) != 64 {
		t.Fatal(len(signature), err)
	}
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	return raw[:at] + encode(signature)
}

// A token that is revoked by its id stays so when its holder writes its signature
// in another way.
func TestRevokedHoweverItIsSpelled(t *testing.T) {
	r := newRig(t, nil)
	for name, change := range map[string]map[string]any{"with an id": nil, "without an id": {"jti": nil}, "with an empty id": {"jti": ""}} {
		raw := r.sign(jose.ES256, "ec", claimsOf(change), nil)
		id, code := r.verifier.Verify(raw, now)
		if code != "" {
			t.Fatalf("%s: %q", name, code)
		}
		other, _ := r.verifier.Verify(r.sign(jose.ES256, "ec", claimsOf(map[string]any{"jti": nil, "sub": "another"}), nil), now)
		if other.TokenID == id.TokenID {
			t.Errorf("%s: another token has its id", name)
		}
		r.verifier.Revoke(&token.Revocations{Tokens: map[string]bool{id.TokenID: true}})
		if _, code := r.verifier.Verify(flip(t, raw), now); code != reason.TokenRevoked {
			t.Errorf("%s: %q", name, code)
		}
		r.verifier.Revoke(nil)
	}
}

// Each of a token's parts has one spelling.
func TestSpellingsOfTokens(t *testing.T) {
	r := newRig(t, nil)
	raw := r.sign(jose.EdDSA, "ed", claimsOf(nil), nil)
	parts := strings.Split(raw, ".")
	last := parts[2][:len(parts[2])-1]
	for name, other := range map[string]string{
		"a line break":                parts[0] + ".\n" + parts[1] + "." + parts[2],
		"a line break in the middle":  parts[0] + "." + parts[1] + "." + parts[2][:10] + "\r\n" + parts[2][10:],
		"padding":                     raw + "==",
		"bits behind the last byte":   parts[0] + "." + parts[1] + "." + last + string(parts[2][len(parts[2])-1]+1),
		"the other alphabet":          strings.NewReplacer("-", "+", "_", "/").Replace(raw),
		"an empty header":             "." + parts[1] + "." + parts[2],
		"an empty payload":            parts[0] + ".." + parts[2],
		"an empty signature":          parts[0] + "." + parts[1] + ".",
		"a space":                     raw + " ",
		"the JSON serialization":      `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`,
		"a header beside the signed":  `{"header":{"kid":"ed"},"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`,
		"five parts, as if encrypted": raw + ".AA.AA",
	} {
		if _, code := r.verifier.Verify(other, now); other != raw && code != reason.TokenInvalid {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// A token that is bound to a certificate is so here too; one that is bound to what
// nobody asks for here is refused.
func TestBoundTokens(t *testing.T) {
	r := newRig(t, nil)
	thumbprint := strings.Repeat("A", 43)
	for bound, want := range map[string]reason.Code{
		`{"x5t#S256":"` + thumbprint + `"}`:               "",
		`{"jkt":"` + thumbprint + `"}`:                    reason.TokenInvalid,
		`{"x5t#S256":"` + thumbprint + `","jkt":"x"}`:     reason.TokenInvalid,
		`{"x5t#S256":"` + thumbprint + `","x5t#S256":""}`: reason.TokenInvalid,
		`{"x5t#S256":"short"}`:                            reason.TokenInvalid,
		`{"x5t#S256":""}`:                                 reason.TokenInvalid,
		`{"x5t#S256":null}`:                               reason.TokenInvalid,
		`{"jwk":{}}`:                                      reason.TokenInvalid,
		`{}`:                                              reason.TokenInvalid,
		`null`:                                            reason.TokenInvalid,
		`"` + thumbprint + `"`:                            reason.TokenInvalid,
		`[{"x5t#S256":"` + thumbprint + `"}]`:             reason.TokenInvalid,
	} {
		payload := fmt.Sprintf(`{"iss":"https://login.acme.example","aud":"sallyport","azp":"app-1","iat":%d,"exp":%d,"cnf":%s}`, now.Unix(), now.Unix()+600, bound)
		id, code := r.verifier.Verify(r.byHand(`{"alg":"EdDSA","kid":"ed"}`, payload), now)
		if code != want || code == "" && id.Confirm.Certificate != thumbprint {
			t.Errorf("%s: %q %+v", bound, code, id)
		}
	}
}

// Two tenants may register one issuer, each with keys of its own: what one of them
// signs has no id of the other's.
func TestIDsOfTokens(t *testing.T) {
	c, raw := claims{"jti": json.RawMessage(`"j1"`)}, "header.payload.signature"
	one := c.id("acme", &access.Issuer{Issuer: "https://login.example"}, raw)
	for name, other := range map[string]string{
		"another tenant":    c.id("globex", &access.Issuer{Issuer: "https://login.example"}, raw),
		"another issuer":    c.id("acme", &access.Issuer{Issuer: "https://login.example/"}, raw),
		"another token":     claims{"jti": json.RawMessage(`"j2"`)}.id("acme", &access.Issuer{Issuer: "https://login.example"}, raw),
		"none of its own":   claims{}.id("acme", &access.Issuer{Issuer: "https://login.example"}, raw),
		"one that is empty": claims{"jti": json.RawMessage(`""`)}.id("acme", &access.Issuer{Issuer: "https://login.example"}, raw),
	} {
		if other == one {
			t.Errorf("%s has the same id", name)
		}
	}
}
