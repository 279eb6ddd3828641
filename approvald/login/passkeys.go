package login

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jonboulle/clockwork"
)

// ErrPasskey says nothing more: whoever showed a bad one need not know why.
var ErrPasskey = errors.New("this passkey opens nothing here")

// Passkeys register and check people's passkeys. They are safe to use together.
type Passkeys struct {
	web    *webauthn.WebAuthn
	keys   Keys
	secret []byte // makes user handles that tell nobody anything
	clock  clockwork.Clock
}

// NewPasskeys returns Passkeys for the Desk at an address: a passkey is bound to
// its host. secret is an HMAC key.
func NewPasskeys(address string, keys Keys, secret []byte, clock clockwork.Clock) (*Passkeys, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	origin := at.Scheme + "://" + at.Host
	web, err := webauthn.New(&webauthn.Config{
		RPID: at.Hostname(), RPDisplayName: "Sallyport Desk", RPOrigins: []string{origin}, RPTopOrigins: []string{origin},
		RPTopOriginVerificationMode: protocol.TopOriginExplicitVerificationMode,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys at %s: %w", address, err)
	}
	return &Passkeys{web: web, keys: keys, secret: secret, clock: clock}, nil
}

// Owner is whose a passkey is: ids.
type Owner struct {
	Tenant string `json:"tenant"`
	Person string `json:"person"`
}

// handle is what the person's device keeps as the user's id.
func (p *Passkeys) handle(o Owner) []byte {
	mac := hmac.New(sha256.New, p.secret)
	_, _ = mac.Write([]byte("handle\x00" + o.Tenant + "\x00" + o.Person))
	return mac.Sum(nil)
}

// user is an owner as the library sees one.
type user struct {
	handle []byte
	owner  Owner
	name   string
	keys   []webauthn.Credential
}

// WebAuthnID implements webauthn.User.
func (u user) WebAuthnID() []byte { return u.handle }

// WebAuthnName implements webauthn.User.
func (u user) WebAuthnName() string { return u.owner.Person + " @ " + u.owner.Tenant }

// WebAuthnDisplayName implements webauthn.User.
func (u user) WebAuthnDisplayName() string { return u.name }

// WebAuthnCredentials implements webauthn.User.
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

// Ceremony is a registration or a login on its way; whoever seals it MUST let it
// be used once.
type Ceremony struct {
	Data webauthn.SessionData `json:"d"`
}

// Invite begins a registration: what the browser's credentials API takes.
func (p *Passkeys) Invite(o Owner, name string) (any, Ceremony, error) {
	u, err := p.user(o, name)
	if err != nil {
		return nil, Ceremony{}, err
	}
	options, data, err := p.web.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.keys).CredentialDescriptors()))
	if err != nil {
		return nil, Ceremony{}, err
	}
	return options, Ceremony{*data}, nil
}

// Register keeps the passkey that a device made for an invitation.
func (p *Passkeys) Register(o Owner, name string, c Ceremony, answer []byte) error {
	u, err := p.user(o, name)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	key, err := p.web.CreateCredential(u, c.Data, parsed)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	return p.keys.Put(Key{Owner: o, Credential: *key, Made: p.clock.Now().UTC()})
}

// Ask begins a login by whichever passkey the device has.
func (p *Passkeys) Ask() (any, Ceremony, error) {
	options, data, err := p.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, Ceremony{}, err
	}
	return options, Ceremony{*data}, nil
}

// Check is whose passkey answered, of a tenant. A passkey that its counter shows
// to be a copy opens nothing.
func (p *Passkeys) Check(tenant string, c Ceremony, answer []byte) (Owner, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Owner{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	var kept Key
	find := func(id, handle []byte) (webauthn.User, error) {
		var err error
		if kept, err = p.keys.Get(tenant, id); err != nil {
			return nil, err
		}
		if !bytes.Equal(handle, p.handle(kept.Owner)) {
			return nil, ErrPasskey
		}
		return user{handle: handle, owner: kept.Owner, keys: []webauthn.Credential{kept.Credential}}, nil
	}
	key, err := p.web.ValidateDiscoverableLogin(find, c.Data, parsed)
	if err != nil {
		return Owner{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	if key.Authenticator.CloneWarning {
		return Owner{}, fmt.Errorf("%w: its counter went back, so there are two of it", ErrPasskey)
	}
	kept.Credential = *key
	return kept.Owner, p.keys.Put(kept)
}

// Has says whether a tenant has any passkey; "" for a person is anybody.
func (p *Passkeys) Has(tenant, person string) (bool, error) {
	keys, err := p.keys.Of(tenant)
	if err != nil {
		return false, err
	}
	for _, k := range keys {
		if person == "" || k.Owner.Person == person {
			return true, nil
		}
	}
	return false, nil
}

func (p *Passkeys) user(o Owner, name string) (user, error) {
	all, err := p.keys.Of(o.Tenant)
	if err != nil {
		return user{}, err
	}
	u := user{handle: p.handle(o), owner: o, name: name}
	for _, k := range all {
		if k.Owner == o {
			u.keys = append(u.keys, k.Credential)
		}
	}
	return u, nil
}
