package up

import (
	"context"
	"net"
	"net/http"

	"github.com/sallyport/sallyport/examples/database"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/daemon"
)

// exampleTenants are the tenants of examples/tenants; each has its own account
// at the example provider.
var exampleTenants = [...]string{"acme", "globex"}

// Secrets that examples/tenants/*/tools.yaml name.
const (
	stripeSecret  = "stripe_key"
	zendeskSecret = "zendesk_key"
	slackSecret   = "slack_key"

	databaseSecret = "database_key" // of acme alone
)

// startExamples seeds random provider keys into the secret store, once, and
// starts the provider that asks for exactly those keys.
func (g *Gateway) startExamples(context.Context) error {
	c := g.base.config
	if !c.Examples {
		return nil
	}
	c.Progress("starting the example provider on " + c.ProviderAddress)
	accounts, err := g.exampleAccounts()
	if err != nil {
		return err
	}
	p, err := provider.New(provider.Options{Accounts: accounts, Clock: c.Clock})
	if err != nil {
		return err
	}
	d, err := g.exampleDatabase()
	if err != nil {
		return err
	}
	upstreams := http.NewServeMux()
	upstreams.Handle("/", p.Handler())
	upstreams.Handle(database.Path, d)
	listener, err := net.Listen("tcp", c.ProviderAddress)
	if err != nil {
		return err
	}
	control, err := daemon.ListenUnix(g.base.paths.socket("provider-control"))
	if err != nil {
		return err
	}
	g.provider, g.database = p, d
	g.addr.Provider = listener.Addr().String()
	g.parts.start("example provider", func(ctx context.Context) error { return daemon.ServeHTTP(ctx, listener, upstreams) })
	g.parts.start("example provider's control", func(ctx context.Context) error { return daemon.ServeHTTP(ctx, control, p.Control()) })
	return nil
}

func (g *Gateway) exampleAccounts() ([]provider.Account, error) {
	var accounts []provider.Account
	for _, tenant := range exampleTenants {
		stripe, err := g.seed(tenant, stripeSecret, "sk_test_")
		if err != nil {
			return nil, err
		}
		zendesk, err := g.seed(tenant, zendeskSecret, "agent@"+tenant+".example/token:zd_")
		if err != nil {
			return nil, err
		}
		slack, err := g.seed(tenant, slackSecret, "xoxb-")
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, provider.Account{Name: tenant, StripeKey: stripe, ZendeskKey: zendesk, SlackKey: slack})
	}
	return accounts, nil
}

// exampleDatabase is acme's own, an MCP server beside the provider.
func (g *Gateway) exampleDatabase() (*database.Database, error) {
	key, err := g.seed("acme", databaseSecret, "db_")
	if err != nil {
		return nil, err
	}
	return database.New(database.Options{Key: key})
}

// ExampleDatabase is the running example database, nil without examples.
func (g *Gateway) ExampleDatabase() *database.Database { return g.database }

// seed keeps a secret that is there already.
func (g *Gateway) seed(tenant, name, prefix string) (string, error) {
	all, err := g.base.file.Load()
	if err != nil {
		return "", err
	}
	for key, value := range all {
		if key.Tenant == tenant && key.Name == name {
			return value.Reveal(), nil
		}
	}
	value := prefix + random()
	return value, g.base.file.Put(tenant, name, value)
}

// ExampleProvider is the running example provider, nil without examples.
func (g *Gateway) ExampleProvider() *provider.Provider { return g.provider }
