package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// leastKey is the shortest key that signs, in bytes, as Standard Webhooks have it.
const leastKey = 24

// Event is the body of a webhook, as Standard Webhooks have it. Everything in it
// is as it was when it was sent; Type is what happened.
type Event struct {
	Type      string    `json:"type"` // intent.waiting and so on
	Timestamp time.Time `json:"timestamp"`
	Data      EventData `json:"data"`
}

// EventData is an intent for a machine. Neither arguments nor facts are in it:
// who may see them asks for them.
type EventData struct {
	Tenant    string     `json:"tenant"`
	Intent    string     `json:"intent"`
	Version   int64      `json:"version"` // of the intent, after the event
	State     string     `json:"state"`   // when this was sent
	Action    string     `json:"action"`
	Summary   string     `json:"summary"`
	Amount    string     `json:"amount,omitempty"`
	Agent     string     `json:"agent"`
	Session   string     `json:"session,omitempty"`
	Ticket    string     `json:"ticket,omitempty"`
	Customer  string     `json:"customer,omitempty"`
	Group     string     `json:"group,omitempty"` // who must approve
	Needed    int        `json:"needed,omitempty"`
	Due       *time.Time `json:"due,omitempty"`
	DecidedBy string     `json:"decided_by,omitempty"`
	Reason    string     `json:"reason,omitempty"` // reason code
	Decision  string     `json:"decision"`
	URL       string     `json:"url"` // of the approval in the Desk, for a person
}

// webhook posts one event. Its id is that of the event: an endpoint that has seen
// it passes it over.
func (n *Notifier) webhook(ctx context.Context, m notice) error {
	return n.post(ctx, m, m.intent.ID+"."+strconv.FormatInt(m.delivery.Version, 10), m.event())
}

// post signs an event and sends it to the channel of a notice.
func (n *Notifier) post(ctx context.Context, m notice, id string, event any) error {
	signer, err := n.signer(m)
	if err != nil {
		return err
	}
	body, err := json.Marshal(event)
	if err != nil {
		return final{err}
	}
	now := n.Clock.Now()
	signature, err := signer.Sign(id, now, body)
	if err != nil {
		return final{err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.channel.URL, bytes.NewReader(body))
	if err != nil {
		return final{err}
	}
	h := request.Header
	h.Set("content-type", "application/json")
	h.Set("user-agent", "Sallyport")
	h.Set(webhooks.HeaderWebhookID, id)
	h.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	h.Set(webhooks.HeaderWebhookSignature, signature)
	response, err := n.client(m.channel).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection is used again
	if response.StatusCode/100 != 2 {
		return status(response)
	}
	return nil
}

// signer signs with the secret of a notice's channel.
func (n *Notifier) signer(m notice) (*webhooks.Webhook, error) {
	text, err := n.secret(m.tenant, m.channel.Secret)
	if err != nil {
		return nil, err
	}
	encoded, named := strings.CutPrefix(strings.TrimSpace(text), "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !named || len(key) < leastKey {
		return nil, fmt.Errorf("the secret %s is no signing secret: it must be whsec_ and base64 of at least %d bytes", m.channel.Secret, leastKey)
	}
	return webhooks.NewWebhookRaw(key)
}

func (m notice) event() Event {
	e := Event{Type: "intent." + string(m.delivery.Event), Timestamp: m.delivery.At.UTC(), Data: EventData{
		Tenant: m.tenant.Name, Intent: m.intent.ID, Version: m.delivery.Version, State: m.item.State, Action: m.item.Action,
		Summary: m.item.Summary, Amount: m.item.Amount, Agent: m.item.Agent, Session: m.intent.Identity.Session.ID, Ticket: m.item.Ticket,
		Customer: m.item.Customer, Group: m.item.Group, Needed: m.item.Needed, DecidedBy: m.item.DecidedBy, Reason: m.item.Reason,
		Decision: m.item.Decision, URL: m.url,
	}}
	if !m.item.DueAt.IsZero() {
		due := m.item.DueAt.UTC()
		e.Data.Due = &due
	}
	return e
}
