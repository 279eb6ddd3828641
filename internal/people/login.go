package people

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/config"
)

// Bounds of a session that began with a login.
const (
	DefaultSession = time.Hour
	minSession     = 5 * time.Minute
	maxSession     = 12 * time.Hour
)

// Login is how a tenant's people say who they are. Passkeys work without it.
type Login struct {
	Session time.Duration `yaml:"session"` // how long one login is good
	OIDC    *OIDC         `yaml:"oidc"`    // nil: passkeys alone
}

// OIDC is a tenant's identity provider, as it knows the Desk.
type OIDC struct {
	Issuer   string `yaml:"issuer"`
	ClientID string `yaml:"client_id"`
	// Secret says that the client has one, which stands among the tenant's
	// secrets under this name; "" is a public client, which PKCE alone protects.
	Secret string `yaml:"client_secret"`
	// Loopback is for a provider on this machine.
	Loopback bool        `yaml:"loopback"`
	Groups   GroupsClaim `yaml:"groups"`
}

// GroupsClaim says which of the provider's groups is which of the tenant's.
type GroupsClaim struct {
	Claim string            `yaml:"claim"`
	Names map[string]string `yaml:"names"` // the provider's to the tenant's
}

// SecretPrefix begins the names of the secrets that people.yaml may use: tools'
// credentials are not among them.
const SecretPrefix = "login"

// Known are a tenant's groups that a provider's claim gives.
func (o *OIDC) Known(claimed []string) []string {
	if o == nil {
		return nil
	}
	var out []string
	for _, name := range claimed {
		if group, ok := o.Groups.Names[name]; ok && !slices.Contains(out, group) {
			out = append(out, group)
		}
	}
	return out
}

// Named is the person that a provider means. A person with a subject is found by
// that alone; an address must have been verified, and "" finds nobody.
func (p *People) Named(subject, verifiedEmail string) (Person, bool) {
	if person, ok := p.first(func(o Person) bool { return subject != "" && o.Subject == subject }); ok {
		return person, true
	}
	return p.first(func(o Person) bool {
		return verifiedEmail != "" && o.Subject == "" && strings.EqualFold(o.Email, verifiedEmail)
	})
}

// Login is how they say who they are.
func (p *People) Login() Login { return p.login }

func checkLogin(problems *config.Problems, file string, l *Login) {
	if l.Session == 0 {
		l.Session = DefaultSession
	}
	if l.Session < minSession || l.Session > maxSession {
		problems.Add(file+": login.session", fmt.Sprintf("must be from %s to %s", minSession, maxSession), l.Session)
	}
	if l.OIDC == nil {
		return
	}
	at, o := file+": login.oidc", l.OIDC
	issuer, err := url.Parse(o.Issuer)
	switch {
	case err != nil || issuer.Host == "" || issuer.User != nil || issuer.RawQuery != "" || issuer.Fragment != "":
		problems.Add(at+".issuer", "must be like https://login.example.com", o.Issuer)
	case issuer.Scheme != "https" && (issuer.Scheme != "http" || !o.Loopback):
		problems.Add(at+".issuer", "must be https: people's logins would cross the network in clear", o.Issuer)
	}
	if o.ClientID == "" {
		problems.Add(at+".client_id", "must be the id under which the provider knows the Desk", nil)
	}
	if o.Secret != "" && !strings.HasPrefix(o.Secret, SecretPrefix) {
		problems.Add(at+".client_secret", "must name a secret of the tenant that begins with "+SecretPrefix+": others are tools' credentials", nil)
	}
	if (o.Groups.Claim == "") != (len(o.Groups.Names) == 0) {
		problems.Add(at+".groups", "needs both: the claim, and the names of which group is which", nil)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Groups.Names)) {
		if !groupPattern.MatchString(o.Groups.Names[name]) {
			problems.Add(at+".groups.names", "must give a-z, 0-9, '_' and '-', beginning with a letter", o.Groups.Names[name])
		}
	}
}
