package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/tenant"
)

// What Slack sends here is refused when it is older, or larger, than this.
const (
	clickAge  = 5 * time.Minute
	maxClick  = 256 << 10
	clickPath = "POST /channels/{tenant}/{channel}/slack"
)

var slackEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Handler is where Slack sends clicks: /channels/TENANT/CHANNEL/slack.
func (n *Notifier) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(clickPath, n.click)
	return mux
}

// errForged is the one answer to whatever is not surely from Slack: it tells
// nobody which tenants and channels there are.
var errForged = errors.New("not signed by this channel's app, or too old")

// click counts a vote that somebody gave in Slack. Who it was is told to that
// person alone when the vote cannot be counted; a counted one shows in the message.
func (n *Notifier) click(w http.ResponseWriter, r *http.Request) {
	t, c, callback, err := n.genuine(r)
	if err != nil {
		n.Logger.Warn("A click from Slack was refused", "tenant", r.PathValue("tenant"), "channel", r.PathValue("channel"), "error", err)
		http.Error(w, errForged.Error(), http.StatusUnauthorized)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), sendWithin) // Slack may hang up
	defer cancel()
	r = r.WithContext(ctx)
	answer := n.vote(r, t, c, callback)
	w.Header().Set("content-length", "0") // Slack waits three seconds for this, and not for what follows
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	if answer != "" {
		n.whisper(r, t, c, callback, answer)
	}
}

// genuine reads a click that the channel's own app signed a short while ago, and
// that was not seen before.
func (n *Notifier) genuine(r *http.Request) (*tenant.Tenant, *channel.Channel, *slack.InteractionCallback, error) {
	t, ok := n.Tenants.Get(r.PathValue("tenant"))
	if !ok {
		return nil, nil, nil, errors.New("no such tenant")
	}
	c, ok := t.Channel(r.PathValue("channel"))
	if !ok || c.Kind != channel.Slack {
		return nil, nil, nil, errors.New("no such Slack channel")
	}
	key, err := n.secret(t, c.Signing)
	if err != nil {
		return nil, nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxClick+1))
	if err != nil || len(body) > maxClick {
		return nil, nil, nil, errors.New("the body cannot be read, or is too large")
	}
	if err := n.signed(key, r.Header, body); err != nil {
		return nil, nil, nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, nil, nil, err
	}
	var callback slack.InteractionCallback
	if err := json.Unmarshal([]byte(form.Get("payload")), &callback); err != nil {
		return nil, nil, nil, err
	}
	return t, c, &callback, nil
}

// signed checks Slack's signature, version v0.
func (n *Notifier) signed(key string, h http.Header, body []byte) error {
	stamp, signature := h.Get("x-slack-request-timestamp"), h.Get("x-slack-signature")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || key == "" {
		return errForged
	}
	now := n.Clock.Now()
	if age := now.Sub(time.Unix(seconds, 0)); age > clickAge || age < -clickAge {
		return errForged
	}
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte("v0:" + stamp + ":"))
	_, _ = mac.Write(body)
	if !hmac.Equal([]byte("v0="+hex.EncodeToString(mac.Sum(nil))), []byte(signature)) {
		return errForged
	}
	if !n.clicks.fresh(signature, now) {
		return errors.New("seen before")
	}
	return nil
}

// vote is what to tell the person; "" when the message itself will show it.
func (n *Notifier) vote(r *http.Request, t *tenant.Tenant, c *channel.Channel, callback *slack.InteractionCallback) string {
	if len(callback.ActionCallback.BlockActions) != 1 {
		return ""
	}
	action := callback.ActionCallback.BlockActions[0]
	if action.ActionID != actionApprove && action.ActionID != actionDeny {
		return "" // the link to the Desk
	}
	id, digest, _ := strings.Cut(action.Value, " ")
	person := c.Person(callback.User.ID)
	if person == "" || callback.Team.ID != c.Team || callback.Channel.ID != c.Room {
		n.Logger.Warn("Nobody's click in Slack", "tenant", t.Name, "channel", c.Name, "team", callback.Team.ID, "user", callback.User.ID)
		return n.Desk.Say(t.Language, "Your Slack user is nobody who may decide here: channels.yaml does not name %s.", callback.User.ID)
	}
	reason := ""
	if callback.BlockActionState != nil {
		reason = callback.BlockActionState.Values[blockReason][actionReason].Value
	}
	_, refused := n.Desk.Cast(r.Context(), desk.Ballot{
		Tenant: t.Name, Person: person, Intent: id, Approve: action.ActionID == actionApprove, Digest: digest, Reason: reason,
	})
	if refused != nil {
		return n.Desk.Say(notice{tenant: t}.reads(person), refused.Detail)
	}
	return ""
}

// whisper tells one person something that only that person sees.
func (n *Notifier) whisper(r *http.Request, t *tenant.Tenant, c *channel.Channel, callback *slack.InteractionCallback, text string) {
	token, err := n.secret(t, c.Secret)
	if err == nil {
		api := slack.New(token, slack.OptionAPIURL(c.URL), slack.OptionHTTPClient(n.client(c)))
		_, err = api.PostEphemeralContext(r.Context(), c.Room, callback.User.ID, slack.MsgOptionText(escaped(text), false))
	}
	if err != nil {
		n.Logger.Warn("A person in Slack could not be answered", "tenant", t.Name, "channel", c.Name, "user", callback.User.ID, "error", err)
	}
}

// clicks are the signatures seen while they are young enough to count.
type clicks struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func (c *clicks) fresh(signature string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for old, at := range c.seen {
		if now.Sub(at) > 2*clickAge {
			delete(c.seen, old)
		}
	}
	if _, ok := c.seen[signature]; ok {
		return false
	}
	if c.seen == nil {
		c.seen = map[string]time.Time{}
	}
	c.seen[signature] = now
	return true
}
