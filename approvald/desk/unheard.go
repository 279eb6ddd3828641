package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// maxUnheard is how many failed deliveries of a tenant are shown.
const maxUnheard = 1000

// Unheard is one event that a channel was not told, in the JSON API.
type Unheard struct {
	ID       int64     `json:"id"`
	Tenant   string    `json:"tenant"`
	Channel  string    `json:"channel"`
	Event    string    `json:"event"`
	Intent   string    `json:"intent"`
	At       time.Time `json:"at"`
	State    string    `json:"state"` // due or dead
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"` // due: when it is tried again
	Error    string    `json:"error"`
}

// AgainBody names the tenant of a dead delivery that is to be sent again.
type AgainBody struct {
	Tenant string `json:"tenant"`
}

// silent is a channel that was not reached, for the page.
type silent struct {
	Channel, Error string
	Dead           bool // some was given up: the command line has it sent again
	Since          time.Time
}

// Note says so to whoever opens the Desk.
func (s silent) Note() string {
	if s.Channel == ledger.AfterChannel {
		return fmt.Sprintf("Not everything that follows on effects was done since %s.", clock(s.Since))
	}
	return fmt.Sprintf("Not everybody heard: the channel %s was not reached since %s.", s.Channel, clock(s.Since))
}

// silent lists the channels of a tenant that were not reached and not since. That
// it cannot be read keeps nobody from voting.
func (d *Desk) silent(r *http.Request, tenant string) []silent {
	unheard, err := d.Deliveries.Unheard(r.Context(), tenant, maxUnheard)
	if err != nil {
		d.Logger.Error("What channels were not told cannot be read", "error", err)
	}
	var out []silent
	at := map[string]int{}
	for _, u := range unheard {
		over := u.Channel // of several people: mail/ann, mail/bob
		if over != ledger.AfterChannel && !strings.HasPrefix(over, ledger.SubscriptionPrefix) {
			over, _, _ = strings.Cut(u.Channel, "/")
		}
		i, ok := at[over]
		if !ok {
			i = len(out)
			at[over], out = i, append(out, silent{Channel: u.Channel, Since: u.At})
		}
		if out[i].Channel != u.Channel {
			out[i].Channel = over
		}
		out[i].Error = visible(u.Error)
		if u.State == ledger.Dead {
			out[i].Dead = true
		}
	}
	return out
}

func (d *Desk) apiUnheard(w http.ResponseWriter, r *http.Request, c caller) {
	only := r.URL.Query().Get("tenant")
	out := []Unheard{}
	for _, s := range c.seats {
		if only != "" && only != s.tenant.Name {
			continue
		}
		unheard, err := d.Deliveries.Unheard(r.Context(), s.tenant.Name, maxUnheard)
		if err != nil {
			refuse(w, d.refusal(err))
			return
		}
		for _, u := range unheard {
			item := Unheard{
				ID: u.ID, Tenant: u.Tenant, Channel: u.Channel, Event: string(u.Event), Intent: u.Intent, At: u.At, State: string(u.State),
				Attempts: u.Attempts, Error: visible(u.Error),
			}
			if u.State == ledger.Due {
				item.Next = u.NextAt
			}
			out = append(out, item)
		}
	}
	reply(w, http.StatusOK, out)
}

func (d *Desk) apiAgain(w http.ResponseWriter, r *http.Request, c caller) {
	var body AgainBody
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err := errors.Join(err, json.NewDecoder(r.Body).Decode(&body)); err != nil {
		refuse(w, &Error{"Not readable", http.StatusBadRequest, "The delivery is a number, and the body JSON like {\"tenant\": …}."})
		return
	}
	for _, s := range c.seats {
		if s.tenant.Name != body.Tenant {
			continue
		}
		switch err := d.Deliveries.Redeliver(r.Context(), body.Tenant, id); {
		case errors.Is(err, ledger.ErrNotFound):
			refuse(w, &Error{"Not given up", http.StatusNotFound, "There is no such delivery that was given up; those that are due are tried again by themselves."})
		case err != nil:
			refuse(w, d.refusal(err))
		default:
			d.Logger.Info("A person has a delivery sent again", "tenant", body.Tenant, "person", s.person.ID, "delivery", id)
			reply(w, http.StatusOK, struct{}{})
		}
		return
	}
	refuse(w, errNotYours)
}

var errNotYours = &Error{"No such tenant", http.StatusNotFound, "No live tenant of this name is yours."}
