package desk

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/people"
)

// Bounds of what a browser says of its push service.
const (
	maxEndpoint = 2048
	authBytes   = 16 // RFC 8291
)

// pushKeys is a browser's subscription as the Push API has it, and the language of the
// page where it was made.
type pushKeys struct {
	Language people.Language `json:"language"`
	Endpoint string          `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// valid says whether something can be sent there. Where it leads to is looked at
// when it is.
func (k pushKeys) valid() bool {
	at, err := url.Parse(k.Endpoint)
	if err != nil || at.Scheme != "https" || at.Host == "" || at.User != nil || len(k.Endpoint) > maxEndpoint {
		return false
	}
	point, err := unpadded(k.Keys.P256dh)
	if err != nil {
		return false
	}
	auth, err := unpadded(k.Keys.Auth)
	if err != nil || len(auth) != authBytes {
		return false
	}
	_, err = ecdh.P256().NewPublicKey(point)
	return err == nil
}

func unpadded(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// subscribe has a person told in this browser, or with "off" no more.
func (d *Desk) subscribe(w http.ResponseWriter, r *http.Request, v visitor) {
	var k pushKeys
	if err := json.Unmarshal([]byte(r.PostFormValue("subscription")), &k); err != nil || !k.valid() {
		http.Error(w, d.tell(w, "This is no subscription of a push service."), http.StatusBadRequest)
		return
	}
	k.Language = languageOf(w)
	push, err := json.Marshal(k)
	id := sha256.Sum256([]byte(v.tenant.Name + "\x00" + v.person.ID + "\x00" + k.Endpoint))
	s := ledger.Subscription{
		ID: ledger.SubscriptionPrefix + hex.EncodeToString(id[:16]), Tenant: v.tenant.Name, Person: v.person.ID, Claims: v.pass.Groups, Push: push,
	}
	switch {
	case err != nil:
	case r.PostFormValue("off") != "":
		err = d.Subscriptions.Unsubscribe(r.Context(), s.Tenant, s.ID)
	default:
		err = d.Subscriptions.Subscribe(r.Context(), s)
	}
	if err != nil {
		d.Logger.Error("A browser's subscription could not be kept", "tenant", s.Tenant, "person", s.Person, "error", err)
		http.Error(w, d.tell(w, "The ledger does not answer. Try again in a moment."), http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
