package sessionkey

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Keys are the versions of the gateway's key for surrogates, oldest first. The newest
// that is not fresh seals; all of them open.
type Keys []keyring.Version

// Source gives the keys as they are now. Whoever opens and compares in one turn does it
// with the keys of one asking.
type Source func() Keys

// New is the source of a ring's keys: another slice whenever one has changed.
func New(r *keyring.Ring) Source {
	return func() Keys { return r.Versions(keyring.Surrogate) }
}

// Derive is the key with which a session seals; false when there is none, or when the
// session has no name: then nothing can be sealed that could be turned back.
func (k Keys) Derive(tenant, session string) (surrogate.Key, bool) {
	if len(k) == 0 || tenant == "" || session == "" {
		return surrogate.Key{}, false
	}
	return derive(keyring.Sealing(k), tenant, session)
}

// derive cannot fail for SHA-256 and 32 bytes.
func derive(v keyring.Version, tenant, session string) (surrogate.Key, bool) {
	key := surrogate.Key{Version: byte(v.Number)}
	info := fmt.Sprintf("sallyport surrogates %d:%s,%d:%s,", len(tenant), tenant, len(session), session)
	data, err := hkdf.Key(sha256.New, v.Key, nil, info, len(key.Bytes))
	if err != nil {
		return surrogate.Key{}, false
	}
	copy(key.Bytes[:], data)
	return key, true
}

// Subject is what a customer is to the surrogates of one session: the same under
// every version of its key.
func (k Keys) Subject(tenant, session, customer string) surrogate.Subject {
	var out surrogate.Subject
	if len(k) == 0 || tenant == "" || session == "" || customer == "" {
		return out
	}
	copy(out[:], mac(k[0], "subject", tenant, session, customer))
	if out == (surrogate.Subject{}) {
		out[0] = 1 // the zero one is nobody
	}
	return out
}

// Digest is what stands in a tenant's records for a plain digest of values that
// somebody could guess: equal for equal ones as long as the key that seals stays, and
// "" without a key.
func (k Keys) Digest(tenant, digest string) string {
	if len(k) == 0 {
		return ""
	}
	return "hmac-sha256:" + hex.EncodeToString(mac(keyring.Sealing(k), "digest", tenant, digest))
}

func mac(v keyring.Version, parts ...string) []byte {
	mac := hmac.New(sha256.New, v.Key)
	for _, part := range parts {
		_, _ = fmt.Fprintf(mac, "%d:%s,", len(part), part)
	}
	return mac.Sum(nil)
}

// Opener opens the surrogates of one session under every version of the key. It
// MUST NOT be used by two goroutines at once.
type Opener struct{ sessions []*surrogate.Session }

// Opener returns one for a session; it opens nothing when the session has no name.
func (k Keys) Opener(tenant, session string) *Opener {
	o := &Opener{}
	if tenant == "" || session == "" {
		return o
	}
	for _, v := range k {
		key, ok := derive(v, tenant, session)
		if !ok {
			continue
		}
		if s, err := surrogate.NewSession(key); err == nil {
			o.sessions = append(o.sessions, s)
		}
	}
	return o
}

// Open returns the value that a token stands for and whom it is about, or
// surrogate.ErrOpen.
func (o *Opener) Open(t surrogate.Token) (text string, about surrogate.Subject, err error) {
	for _, s := range o.sessions {
		if value, about, err := s.Open(t); err == nil {
			return string(value), about, nil
		}
	}
	return "", surrogate.Subject{}, surrogate.ErrOpen
}
