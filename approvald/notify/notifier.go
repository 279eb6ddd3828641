package notify

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Times of one delivery. The lease outlives an attempt, or another process would
// make the same one.
const (
	tick        = 500 * time.Millisecond
	sendWithin  = 15 * time.Second
	leaseFor    = time.Minute
	mostAtATime = 32
)

// backoff is how long after which failed attempt the next one is made; after the
// last a delivery is given up. Together they are almost three days.
var backoff = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 18 * time.Hour, 22 * time.Hour,
}

// Store is what a Notifier needs of the ledger.
type Store interface {
	ledger.Deliveries
	ledger.Subscriptions
	Get(ctx context.Context, tenant, id string) (ledger.Intent, error)
}

// Options are what a Notifier needs.
type Options struct {
	Store   Store
	Tenants *tenant.Set
	Secrets func(tenant, name string) (string, bool)
	Desk    *desk.Desk // its sentences, and its votes
	// After does what follows on an effect that ended in a state. An error has it
	// done again, as a channel that was not reached; a desk.Refusal is an end.
	After func(ctx context.Context, t *tenant.Tenant, first ledger.Intent, ended ledger.State) error
	VAPID VAPID
	// PushLoopback is for push services on this machine, as tests have.
	PushLoopback bool
	// MailRoots sign the certificates of mail servers; nil for those that this machine trusts.
	MailRoots *x509.CertPool
	Owner     string // of leases: unique among the processes on one store
	Clock     clockwork.Clock
	Logger    *slog.Logger
}

// Notifier delivers what the ledger announces.
type Notifier struct {
	Options
	clients clients
	clicks  clicks
}

// New returns a Notifier; Run makes it work.
func New(o Options) (*Notifier, error) {
	if o.Store == nil || o.Tenants == nil || o.Secrets == nil || o.Desk == nil || o.After == nil || o.VAPID.private == "" || o.Owner == "" || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("notify: an option is missing")
	}
	return &Notifier{Options: o, clients: newClients()}, nil
}

// Channels are the names of the channels that are told of a change, for
// ledger.Options. A vote that leaves an intent waiting changes only messages that
// can be changed: nobody is asked again. After an edit everybody is.
func Channels(tenants *tenant.Set) func(audit.Approval, string) []string {
	return func(a audit.Approval, group string) []string {
		t, ok := tenants.Get(a.Tenant)
		if !ok {
			return nil
		}
		voted, event := false, channel.Event(a.State)
		switch {
		case a.Reason == string(reason.Escalated):
			event = channel.Escalated
		case a.State == string(ledger.Waiting) && a.Reason != string(reason.Edited):
			_, voted = t.People.Find(a.Actor)
		}
		var names []string
		for _, c := range t.Channels {
			if c.Hears(event, authority.Split(group)) && (!voted || c.Kind == channel.Slack) {
				names = append(names, told(t, c, authority.Split(group))...)
			}
		}
		if event == channel.Event(a.State) && t.After(a.Action, a.State) != nil {
			names = append(names, ledger.AfterChannel)
		}
		return names
	}
}

// told are the deliveries of one event over a channel: one, and of mail one for each
// person, "mail/ann". What one mail server refuses then keeps nobody else's mail, and
// is sent again to nobody who has it.
func told(t *tenant.Tenant, c *channel.Channel, groups []string) []string {
	var names []string
	if c.Kind == channel.Email {
		for _, id := range slices.Compact(slices.Sorted(maps.Values(c.People))) {
			if person, ok := t.People.Find(id); ok && (len(groups) == 0 || slices.ContainsFunc(groups, person.In)) {
				names = append(names, c.Name+"/"+id)
			}
		}
	}
	if names == nil { // of mail: its delivery says that nobody hears
		return []string{c.Name}
	}
	return names
}

// Run delivers until ctx ends, then waits for what is on its way.
func (n *Notifier) Run(ctx context.Context) error {
	ticker := n.Clock.NewTicker(tick)
	defer ticker.Stop()
	var sending sync.WaitGroup
	defer sending.Wait()
	free := make(chan struct{}, mostAtATime)
	for {
		n.claim(ctx, free, &sending)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
	}
}

func (n *Notifier) claim(ctx context.Context, busy chan struct{}, sending *sync.WaitGroup) {
	limit := cap(busy) - len(busy)
	if limit == 0 || !n.any(ctx) {
		return
	}
	claimed, err := n.Store.ClaimDeliveries(ctx, ledger.DeliveryClaim{Owner: n.Owner, Limit: limit, Lease: leaseFor})
	if err != nil && ctx.Err() == nil {
		n.Logger.Error("What is to be told could not be read; it stays in the ledger", "error", err)
	}
	for _, d := range claimed {
		busy <- struct{}{}
		sending.Go(func() {
			defer func() { <-busy }()
			n.deliver(context.WithoutCancel(ctx), d)
		})
	}
}

// any says that something of some tenant is to be told: most gateways have none.
func (n *Notifier) any(ctx context.Context) bool {
	for _, t := range n.Tenants.All() {
		if len(t.Channels) > 0 || len(t.Afters()) > 0 {
			return true
		}
	}
	some, err := n.Store.Subscribed(ctx)
	return some || err != nil // the claim says why
}

// deliver makes one attempt and writes down what came of it.
func (n *Notifier) deliver(ctx context.Context, d ledger.Delivery) {
	within, cancel := context.WithTimeout(ctx, sendWithin)
	reference, err := n.send(within, d)
	cancel()
	if err == nil {
		if err = n.Store.Delivered(ctx, n.Owner, d, reference); err != nil {
			n.Logger.Error("A delivery could not be noted; it is made again", "tenant", d.Tenant, "channel", d.Channel, "intent", d.Intent, "error", err)
		}
		return
	}
	again, why := wait(d.Attempts, err), reasonOf(err)
	n.Logger.Warn("A channel was not reached", "tenant", d.Tenant, "channel", d.Channel, "intent", d.Intent, "again", again.String(), "error", why)
	if err := n.Store.Undelivered(ctx, n.Owner, d, why, again); err != nil {
		n.Logger.Error("A failed delivery could not be noted; it is made again", "tenant", d.Tenant, "channel", d.Channel, "intent", d.Intent, "error", err)
	}
}

// notice is one event with all that a message needs.
type notice struct {
	desk     *desk.Desk
	language people.Language
	tenant   *tenant.Tenant
	channel  *channel.Channel
	person   string // of mail to one person alone
	delivery ledger.Delivery
	intent   ledger.Intent
	item     desk.Item
	url      string // of the approval in the Desk
}

// notice is what is to be told, in the tenant's language.
func (n *Notifier) notice(ctx context.Context, t *tenant.Tenant, d ledger.Delivery, intent ledger.Intent) notice {
	return notice{
		desk: n.Desk, language: t.Language, tenant: t, delivery: d, intent: intent,
		item: n.Desk.Item(ctx, t, intent), url: n.Desk.CardURL(d.Tenant, d.Intent),
	}
}

func (n *Notifier) send(ctx context.Context, d ledger.Delivery) (reference string, err error) {
	t, ok := n.Tenants.Get(d.Tenant)
	if !ok {
		return "", errors.New("the tenant is not live")
	}
	if d.Channel == ledger.AfterChannel {
		return "", n.after(ctx, t, d)
	}
	if strings.HasPrefix(d.Channel, ledger.SubscriptionPrefix) {
		return "", n.push(ctx, t, d)
	}
	name, person, _ := strings.Cut(d.Channel, "/")
	c, ok := t.Channel(name)
	if !ok || person != "" && c.Kind != channel.Email {
		return "", final{errors.New("channels.yaml has no such channel any more")}
	}
	intent, err := n.Store.Get(ctx, d.Tenant, d.Intent)
	if err != nil {
		return "", err
	}
	m := n.notice(ctx, t, d, intent)
	m.channel, m.person = c, person
	switch c.Kind {
	case channel.Webhook:
		return "", n.webhook(ctx, m)
	case channel.Slack:
		return n.slack(ctx, m)
	case channel.Email:
		return "", n.email(ctx, m)
	}
	return "", final{errors.New("a channel of an unknown kind")}
}

// after tells the gateway itself.
func (n *Notifier) after(ctx context.Context, t *tenant.Tenant, d ledger.Delivery) error {
	first, err := n.Store.Get(ctx, d.Tenant, d.Intent)
	if err != nil {
		return err
	}
	err = n.After(ctx, t, first, d.Event)
	if no := desk.Refusal(""); errors.As(err, &no) { // until a person has it decided again
		return final{err}
	}
	return err
}

// client reaches what a channel's URL names, and nothing inside.
func (n *Notifier) client(c *channel.Channel) *http.Client { return n.clients[c.Loopback] }

// secret is one of a channel's secrets.
func (n *Notifier) secret(t *tenant.Tenant, name string) (string, error) {
	value, ok := n.Secrets(t.Name, name)
	if !ok {
		return "", errors.New("the secret " + name + " is not stored: sallyport secret put --tenant " + t.Name + " " + name)
	}
	return value, nil
}
