package access

import (
	"net/netip"
	"regexp"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/token"
)

// Access is one clients.yaml. The zero value lets nobody get a token.
type Access struct {
	Sources []netip.Prefix // where calls may come from; empty for anywhere
	Clients []Client
	Session *Session // nil: no token is bound to a ticket
	Issuers []Issuer
}

// Client is a program that gets tokens from the token endpoint.
type Client struct {
	ID       string
	Agent    string
	Grants   []Grant
	Roles    []string      // ceiling on its tokens' roles; nil means no narrowing
	Lifetime time.Duration // of its tokens, at most
	Secrets  [][32]byte    // SHA-256 of each secret that is good
	Keys     []jose.JSONWebKey
	Confirm  token.Confirm // of every token it gets
}

// Grant is a way to get a token.
type Grant string

// The grants a client may have. TokenExchange binds tokens to a ticket.
const (
	ClientCredentials Grant = "client_credentials"
	TokenExchange     Grant = "token_exchange"
)

// Session says by which reads the customer of a ticket is found.
type Session struct {
	Reads    []Read
	Customer string // the name, taken by a read, that is the customer
}

// Read is one read of a catalog's action.
type Read struct {
	Action string
	Args   map[string]string // the action's argument -> "ticket", or a name taken before
	Take   map[string]string // name -> dotted path in the JSON answer
}

// Client finds a client by its id.
func (a Access) Client(id string) (*Client, bool) {
	for i := range a.Clients {
		if a.Clients[i].ID == id {
			return &a.Clients[i], true
		}
	}
	return nil, false
}

// Ticket is the name that a session's reads begin with.
const Ticket = "ticket"

// Bounds and defaults of a client's tokens.
const (
	defaultLifetime = 15 * time.Minute
	maxLifetime     = 24 * time.Hour // the keys of tokens overlap for as long
)

type document struct {
	Clients []clientDoc `yaml:"clients"`
	Session *struct {
		Reads []struct {
			Action string            `yaml:"action"`
			Args   map[string]string `yaml:"args"`
			Take   map[string]string `yaml:"take"`
		} `yaml:"reads"`
		Customer string `yaml:"customer"`
	} `yaml:"session"`
	Issuers []issuerDoc `yaml:"issuers"`
	Sources []string    `yaml:"sources"`
}

// shown is what may be repeated of a value that could not be read: this file is
// where a secret is pasted by mistake.
var shown = regexp.MustCompile(`^[a-zA-Z_-]{1,20}$`)

// Parse reads the file, named so in problems. With problems what it returns must
// not be used.
func Parse(file string, data []byte) (Access, config.Problems) {
	var doc document
	problems := config.Decode(file, data, &doc)
	for i := range problems {
		if !shown.MatchString(problems[i].Got) {
			problems[i].Got = ""
		}
	}
	p := &parser{file: file, problems: problems}
	var a Access
	p.clients(doc.Clients, &a)
	p.session(doc, &a)
	p.issuers(doc.Issuers, &a)
	a.Sources = p.networks("sources", doc.Sources)
	return a, p.problems
}

type parser struct {
	file     string
	problems config.Problems
}

func (p *parser) add(at, what string, got any) { p.problems.Add(p.file+": "+at, what, got) }

// networks parses networks; nil for none.
func (p *parser) networks(at string, texts []string) (out []netip.Prefix) {
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if err != nil || network.Masked() != network || network.Addr().Is4In6() {
			p.add(at, "must be networks like 10.1.0.0/16", text)
			continue
		}
		out = append(out, network)
	}
	if len(texts) > maxNetworks {
		p.add(at, "must be at most 16 networks", nil)
	}
	return out
}

const maxNetworks = 16

// lifetime is d, or the default.
func (p *parser) lifetime(at string, d, without time.Duration) time.Duration {
	if d == 0 {
		return without
	}
	if d < time.Minute || d > maxLifetime {
		p.add(at, "must be from 1m to 24h", d)
	}
	return d
}
