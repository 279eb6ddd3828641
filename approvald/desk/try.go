package desk

import (
	"encoding/json"
	"net/http"
)

// TestBody names the tenant of a channel that is tried.
type TestBody struct {
	Tenant string `json:"tenant"`
}

// apiTest has one message that says it is a test sent over a channel.
func (d *Desk) apiTest(w http.ResponseWriter, r *http.Request, c caller) {
	var body TestBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"tenant\": …}."})
		return
	}
	name := r.PathValue("name")
	for _, s := range c.seats {
		if s.tenant.Name != body.Tenant {
			continue
		}
		if _, ok := s.tenant.Channel(name); !ok {
			refuse(w, &Error{"No such channel", http.StatusNotFound, "The tenant's channels.yaml has no channel of this name."})
			return
		}
		d.Logger.Info("A person tries a channel", "tenant", body.Tenant, "person", s.person.ID, "channel", name)
		if err := d.TestChannel(r.Context(), s.tenant, name, s.person); err != nil {
			refuse(w, &Error{"Not reached", http.StatusBadGateway, "The channel " + name + " was not reached: " + visible(err.Error())})
			return
		}
		reply(w, http.StatusOK, struct{}{})
		return
	}
	refuse(w, errNotYours)
}
