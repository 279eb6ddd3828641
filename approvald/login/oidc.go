package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jonboulle/clockwork"
	"golang.org/x/oauth2"

	"github.com/sallyport/sallyport/internal/egress"
	"github.com/sallyport/sallyport/internal/people"
)

// Times of speaking with a provider.
const (
	answerWithin = 10 * time.Second
	discoveryFor = time.Hour // what a provider said about itself
)

// Providers log people in at their tenants' identity providers. They are safe to
// use together.
type Providers struct {
	clock clockwork.Clock
	mu    sync.Mutex
	known map[discoveryKey]discovery
}

type discoveryKey struct {
	issuer   string
	loopback bool
}

type discovery struct {
	provider *oidc.Provider
	at       time.Time
}

// NewProviders returns Providers.
func NewProviders(clock clockwork.Clock) *Providers {
	return &Providers{clock: clock, known: map[discoveryKey]discovery{}}
}

// Attempt is one login on its way. The browser that began it keeps it, sealed.
type Attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
}

// Claims are what a provider said of a person, verified.
type Claims struct {
	Subject string
	Email   string    // only one that the provider has verified
	Groups  []string  // the provider's names
	Login   time.Time // when the person logged in there; zero when it does not say
}

// Begin is where to send a browser. The provider must say when the person logged
// in; with again the person must log in anew.
func (p *Providers) Begin(ctx context.Context, o people.OIDC, redirect string, again bool) (string, Attempt, error) {
	provider, err := p.provider(ctx, o)
	if err != nil {
		return "", Attempt{}, err
	}
	a := Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	maxAge := people.DefaultSession
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if again {
		maxAge = 0
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(maxAge/time.Second))))
	return client(o, provider, "", redirect).AuthCodeURL(a.State, options...), a, nil
}

// Finish takes the browser's return for an attempt.
func (p *Providers) Finish(ctx context.Context, o people.OIDC, secret, redirect string, a Attempt, query url.Values) (Claims, error) {
	switch {
	case a.State == "" || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(a.State)) != 1:
		return Claims{}, errors.New("the state is not that of this browser's attempt")
	case query.Has("iss") && query.Get("iss") != o.Issuer: // RFC 9207
		return Claims{}, errors.New("another issuer answered")
	case query.Get("error") != "":
		return Claims{}, fmt.Errorf("the provider refused: %q", query.Get("error"))
	}
	provider, err := p.provider(ctx, o)
	if err != nil {
		return Claims{}, err
	}
	ctx, cancel := speaking(ctx, o)
	defer cancel()
	token, err := client(o, provider, secret, redirect).Exchange(ctx, query.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Claims{}, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := provider.VerifierContext(ctx, &oidc.Config{ClientID: o.ClientID, Now: p.clock.Now, SupportedSigningAlgs: algorithms})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return Claims{}, fmt.Errorf("the id token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1 {
		return Claims{}, errors.New("the id token has another nonce")
	}
	return claims(o, id)
}

// algorithms are those that id tokens may be signed with.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.PS256, oidc.EdDSA}

func claims(o people.OIDC, id *oidc.IDToken) (Claims, error) {
	var said struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		AuthTime int64  `json:"auth_time"`
	}
	if err := id.Claims(&said); err != nil {
		return Claims{}, fmt.Errorf("the id token's claims: %w", err)
	}
	out := Claims{Subject: id.Subject}
	if said.Verified {
		out.Email = said.Email
	}
	if said.AuthTime > 0 {
		out.Login = time.Unix(said.AuthTime, 0)
	}
	all := map[string]any{}
	if err := id.Claims(&all); err != nil {
		return Claims{}, fmt.Errorf("the id token's claims: %w", err)
	}
	listed, _ := all[o.Groups.Claim].([]any)
	for _, one := range listed {
		if name, ok := one.(string); ok {
			out.Groups = append(out.Groups, name)
		}
	}
	return out, nil
}

func client(o people.OIDC, provider *oidc.Provider, secret, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: o.ClientID, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email", "groups"},
	}
}

// speaking bounds what a provider may take, and where it may be.
func speaking(ctx context.Context, o people.OIDC) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	return oidc.ClientContext(ctx, egressClient(o)), cancel
}

func egressClient(o people.OIDC) *http.Client { return egress.Client(o.Loopback, answerWithin) }

// provider is what an issuer says about itself, for an hour.
func (p *Providers) provider(ctx context.Context, o people.OIDC) (*oidc.Provider, error) {
	key := discoveryKey{o.Issuer, o.Loopback}
	p.mu.Lock()
	d, ok := p.known[key]
	p.mu.Unlock()
	if ok && p.clock.Now().Before(d.at.Add(discoveryFor)) {
		return d.provider, nil
	}
	// Its keys are fetched later, with this context: it must not end.
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), egressClient(o))
	provider, err := oidc.NewProvider(lasting, o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s about itself: %w", o.Issuer, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[key] = discovery{provider, p.clock.Now()}
	return provider, nil
}
