package notify

import (
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// pushFor is how long a push service keeps what a browser did not fetch.
const pushFor = 4 * time.Hour

// Pushed is what a browser shows. It holds nothing that the list of what waits
// does not.
type Pushed struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	URL   string `json:"url"` // of the card; opening it decides nothing
	Tag   string `json:"tag"` // what is shown about the same takes its place
}

// People say who is told in their browsers, for ledger.Options: whoever may decide
// about what waits, and about what nobody knows; not who made it so.
func People(tenants *tenant.Set) func(audit.Approval, string) func(string, []string) bool {
	return func(a audit.Approval, group string) func(string, []string) bool {
		t, ok := tenants.Get(a.Tenant)
		if !ok {
			return nil
		}
		_, person := t.People.Find(a.Actor)
		switch {
		case a.State == string(ledger.Unknown):
			group = t.Approvals.RepeatGroup
		case a.State != string(ledger.Waiting) || person && a.Reason != string(reason.Edited):
			return nil
		}
		groups := authority.Split(group)
		return func(id string, claims []string) bool { return id != a.Actor && asked(t, groups, id, claims) }
	}
}

// asked says whether a person, with what a provider called their groups, is one of
// the tenant's people and in one of these groups, by the files that are live.
func asked(t *tenant.Tenant, groups []string, id string, claims []string) bool {
	p, ok := t.People.Find(id)
	p.Groups = slices.Concat(p.Groups, t.People.Login().OIDC.Known(claims))
	return ok && slices.ContainsFunc(groups, p.In)
}

// deciders are the groups that still have to decide about what a notice tells of.
func (m notice) deciders() []string {
	switch m.intent.State {
	case ledger.Waiting:
		return m.groups()
	case ledger.Unknown:
		return []string{m.tenant.Approvals.RepeatGroup}
	default: // it was decided before the browser was told
		return nil
	}
}

// VAPID is the gateway's name at push services (RFC 8292).
type VAPID struct{ private, public string }

// NewVAPID makes the name from a secret of 32 bytes.
func NewVAPID(secret []byte) (VAPID, error) {
	key, err := ecdh.P256().NewPrivateKey(secret)
	for n := 0; err != nil && n < 8; n++ { // a number beyond the curve's, once in four billion
		next := sha256.Sum256(secret)
		secret = next[:]
		key, err = ecdh.P256().NewPrivateKey(secret)
	}
	if err != nil {
		return VAPID{}, err
	}
	return VAPID{base64.RawURLEncoding.EncodeToString(key.Bytes()), base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())}, nil
}

// Public is the key that browsers subscribe with.
func (v VAPID) Public() string { return v.public }

// push tells one browser, if its person is still asked: files may have changed and
// votes been given since it was to be told. One that wants to hear no more is forgotten.
func (n *Notifier) push(ctx context.Context, t *tenant.Tenant, d ledger.Delivery) error {
	to, err := n.Store.Subscription(ctx, d.Tenant, d.Channel)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var subscription struct {
		webpush.Subscription
		Language people.Language `json:"language"`
	}
	if err := json.Unmarshal(to.Push, &subscription); err != nil {
		return final{err}
	}
	intent, err := n.Store.Get(ctx, d.Tenant, d.Intent)
	if err != nil {
		return err
	}
	m := n.notice(ctx, t, d, intent)
	m.language = cmp.Or(subscription.Language, m.reads(to.Person))
	if !asked(t, m.deciders(), to.Person, to.Claims) {
		n.Logger.Info("A browser's person is not asked any more", "tenant", d.Tenant, "person", to.Person, "intent", d.Intent)
		return nil
	}
	text, err := json.Marshal(Pushed{Title: t.Title, Body: oneLine(m.headline()), URL: m.url, Tag: d.Intent})
	if err != nil {
		return final{err}
	}
	topic := sha256.Sum256([]byte(d.Intent))
	response, err := webpush.SendNotificationWithContext(ctx, text, &subscription.Subscription, &webpush.Options{
		HTTPClient: n.clients[n.PushLoopback], Subscriber: "https:" + strings.TrimPrefix(strings.TrimPrefix(n.Desk.Home(), "http:"), "https:"),
		VAPIDPublicKey: n.VAPID.public, VAPIDPrivateKey: n.VAPID.private,
		TTL: int(pushFor / time.Second), Topic: hex.EncodeToString(topic[:])[:32], Urgency: webpush.UrgencyHigh,
	})
	var failed *url.Error
	if errors.As(err, &failed) { // whoever knows the address can write there
		err = failed.Err
	}
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection is used again
	switch {
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusGone:
		n.Logger.Info("A browser wants to hear no more", "tenant", d.Tenant, "person", to.Person)
		return n.Store.Unsubscribe(ctx, d.Tenant, d.Channel)
	case response.StatusCode/100 != 2:
		return status(response)
	}
	return nil
}
