package token

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// Bounds of what is looked at, in bytes: of a gateway token, and of any.
const (
	maxToken   = 4096
	maxForeign = 8192
)

// Foreign verifies tokens of other issuers, without I/O. still says later whether
// what verified a token is there as it was.
type Foreign interface {
	Identity(raw string) (id Identity, still func() bool, ok bool)
}

// VerifierOptions are what a Verifier needs.
type VerifierOptions struct {
	// Key finds a public key, without I/O. It is asked each time: a token that
	// was good once is refused from the moment its key is not found any more.
	Key    func(kid string) (ed25519.PublicKey, bool)
	Leeway time.Duration // how far clocks may differ
	// Foreign verifies what is no gateway token; nil for nothing.
	Foreign Foreign
}

// Verifier verifies gateway tokens. It is safe for concurrent use.
type Verifier struct {
	options VerifierOptions
	revoked atomic.Pointer[Revocations]
	seen    *cache
}

// NewVerifier returns a Verifier that has nothing revoked.
func NewVerifier(o VerifierOptions) (*Verifier, error) {
	if o.Key == nil || o.Leeway < 0 {
		return nil, errors.New("token: keys are needed, and a leeway that is not negative")
	}
	v := &Verifier{options: o, seen: newCache()}
	v.revoked.Store(&Revocations{})
	return v, nil
}

// Revoke swaps in a set, which must not be changed afterwards; nil revokes
// nothing.
func (v *Verifier) Revoke(set *Revocations) {
	if set == nil {
		set = &Revocations{}
	}
	v.revoked.Store(set)
}

// ToolOff says that a tenant's tool is switched off, for every token.
func (v *Verifier) ToolOff(tenant, tool string) bool {
	off := v.revoked.Load().Tools
	return len(off) > 0 && off[tenant+"/"+tool]
}

// Verify returns who a token speaks for, and "" as reason; or no identity and
// why it was refused: TokenMissing, TokenInvalid, TokenExpired or TokenRevoked.
// The identity's roles are shared and must not be changed.
func (v *Verifier) Verify(raw string, now time.Time) (Identity, reason.Code) {
	if raw == "" {
		return Identity{}, reason.TokenMissing
	}
	id, ok := v.identity(raw)
	switch {
	case !ok, now.Add(v.options.Leeway).Before(id.IssuedAt):
		return Identity{}, reason.TokenInvalid
	case !now.Before(id.Expires.Add(v.options.Leeway)):
		return Identity{}, reason.TokenExpired
	case v.revoked.Load().has(id):
		return Identity{}, reason.TokenRevoked
	}
	return id, ""
}

// identity checks everything about a token that does not change with time. A
// token that was good once is remembered by its hash: the signature costs more
// than all the rest of a decision. Its key must be the same still.
func (v *Verifier) identity(raw string) (Identity, bool) {
	if len(raw) > maxForeign {
		return Identity{}, false
	}
	var buffer [maxToken]byte // what escapes to the heap costs more than the hash
	hash := sha256.Sum256(append(buffer[:0], raw...))
	if s, ok := v.seen.get(hash); ok && s.good() {
		return s.id, true
	}
	s, ok := v.read(raw)
	if !ok {
		return Identity{}, false
	}
	v.seen.put(hash, s)
	return s.id, true
}

// read verifies a token for the first time, ours or a registered issuer's.
func (v *Verifier) read(raw string) (*seen, bool) {
	if strings.HasPrefix(raw, wire.TokenPrefix) || v.options.Foreign == nil {
		return v.parse(raw)
	}
	id, good, ok := v.options.Foreign.Identity(raw)
	return &seen{id: id, good: good}, ok
}

// parse refuses all but our own signer's spelling: one algorithm, one type, no
// further header parameter (so no "crit", no key that a token brings itself),
// and base64 with nothing before, between or behind it.
func (v *Verifier) parse(raw string) (*seen, bool) {
	compact, ok := strings.CutPrefix(raw, wire.TokenPrefix)
	if !ok || len(raw) > maxToken {
		return nil, false
	}
	signed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(signed.Signatures) != 1 {
		return nil, false
	}
	if again, err := signed.CompactSerialize(); err != nil || again != compact {
		return nil, false
	}
	header := signed.Signatures[0].Protected
	typ, _ := header.ExtraHeaders[jose.HeaderType].(string)
	if typ != kind || len(header.ExtraHeaders) != 1 || header.JSONWebKey != nil || header.Nonce != "" {
		return nil, false
	}
	key, ok := v.options.Key(header.KeyID)
	if !ok || len(key) != ed25519.PublicKeySize {
		return nil, false
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return nil, false
	}
	id, ok := decode(payload)
	held := func() bool {
		now, ok := v.options.Key(header.KeyID)
		return ok && bytes.Equal(now, key)
	}
	return &seen{id: id, good: held}, ok
}
