package desk

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/login"
)

// What a sealed text is for stands inside its seal: a session is no link.
const (
	forLink     = "link"
	forSession  = "session"
	forForm     = "form"
	forInvite   = "invite"
	forAttempt  = "attempt"  // a login at a provider
	forPasskey  = "passkey"  // a ceremony with a device
	forTerminal = "terminal" // a session for a command line
)

// How long a link and a session are good.
const (
	linkFor    = 15 * time.Minute
	inviteFor  = 24 * time.Hour
	attemptFor = 10 * time.Minute
	sessionFor = 12 * time.Hour
)

// errSeal says nothing more: whoever made a bad one need not know why.
var errSeal = errors.New("not valid, or no longer")

// pass is who may do something until when.
type pass struct {
	Tenant   string    `json:"t"`
	Person   string    `json:"p"`
	Expires  time.Time `json:"e"`
	Nonce    string    `json:"n"`
	Began    time.Time `json:"b,omitzero"`    // of a session and an invitation
	Login    time.Time `json:"l,omitzero"`    // of a session: when the person said who they are
	Groups   []string  `json:"g,omitempty"`   // of a session: what the provider calls the person's groups
	Terminal bool      `json:"cli,omitempty"` // of a session: a command line's, no browser's
	Next     string    `json:"x,omitempty"`   // of a login: the page it began at

	Attempt  *login.Attempt  `json:"a,omitempty"`
	Ceremony *login.Ceremony `json:"c,omitempty"`
}

// sealer signs passes.
type sealer struct{ key []byte }

func (s sealer) mac(purpose, text string) string {
	m := hmac.New(sha256.New, s.key)
	_, _ = m.Write([]byte(purpose + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// seal is payload.mac, safe in a URL and in a cookie.
func (s sealer) seal(purpose string, p pass) string {
	data, _ := json.Marshal(p)
	payload := base64.RawURLEncoding.EncodeToString(data)
	return payload + "." + s.mac(purpose, payload)
}

func (s sealer) open(purpose, text string, now time.Time) (pass, error) {
	payload, mac, ok := strings.Cut(text, ".")
	if !ok || !hmac.Equal([]byte(mac), []byte(s.mac(purpose, payload))) {
		return pass{}, errSeal
	}
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return pass{}, errSeal
	}
	var p pass
	if json.Unmarshal(data, &p) != nil || !now.Before(p.Expires) {
		return pass{}, errSeal
	}
	return p, nil
}

func newPass(tenant, person string, expires time.Time) pass {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:])
	return pass{Tenant: tenant, Person: person, Expires: expires, Nonce: hex.EncodeToString(nonce[:])}
}

// Link is the path of a one-time link, good for 15 minutes, with which a person
// of a tenant enters the Desk.
func Link(key []byte, tenant, person string, now time.Time) string {
	return "/enter/" + sealer{key}.seal(forLink, newPass(tenant, person, now.Add(linkFor)))
}
