package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sallyport/sallyport/approvald/desk"
)

type channelsCommand struct {
	List   channelsList   `cmd:"" help:"List what a channel of channels.yaml could not be told."`
	Replay channelsReplay `cmd:"" help:"Send again what was given up."`
	Test   channelsTest   `cmd:"" help:"Send one message that says it is a test."`
}

type channelsList struct {
	deskFlags
	Tenant string `help:"Only this tenant."`
}

// Run prints what is not delivered, the oldest first.
func (c *channelsList) Run(s *surroundings) error {
	unheard, err := c.unheard(s, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, unheard)
	}
	if len(unheard) == 0 {
		_, err := fmt.Fprintln(s.stdout, "Every channel was told everything.")
		return err
	}
	rows := [][]string{{"ID", "TENANT", "CHANNEL", "EVENT", "APPROVAL", "STATE", "ATTEMPTS", "NEXT", "ERROR"}}
	for _, u := range unheard {
		rows = append(rows, []string{strconv.FormatInt(u.ID, 10), u.Tenant, u.Channel, u.Event, u.Intent, u.State, strconv.Itoa(u.Attempts), due(u.Next), u.Error})
	}
	return printTable(s.stdout, rows)
}

type channelsReplay struct {
	deskFlags
	Tenant string  `required:"" help:"Whose channel it is."`
	IDs    []int64 `arg:"" optional:"" name:"id" help:"Deliveries that were given up; all of the tenant when none is named."`
}

// Run has each sent again.
func (c *channelsReplay) Run(s *surroundings) error {
	ids := c.IDs
	if len(ids) == 0 {
		unheard, err := c.unheard(s, c.Tenant)
		if err != nil {
			return err
		}
		for _, u := range unheard {
			if u.State == "dead" {
				ids = append(ids, u.ID)
			}
		}
	}
	api, err := c.desk()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := api.call(s.ctx, http.MethodPost, "/api/v1/deliveries/"+strconv.FormatInt(id, 10)+"/again", desk.AgainBody{Tenant: c.Tenant}, &struct{}{}); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.stdout, "%d are sent again.\n", len(ids))
	return err
}

func (c *deskFlags) unheard(s *surroundings, tenant string) ([]desk.Unheard, error) {
	api, err := c.desk()
	if err != nil {
		return nil, err
	}
	out := []desk.Unheard{}
	err = api.call(s.ctx, http.MethodGet, "/api/v1/deliveries?"+url.Values{"tenant": {tenant}}.Encode(), nil, &out)
	return out, err
}

type channelsTest struct {
	deskFlags
	Tenant string `required:"" help:"Whose channel it is."`
	Name   string `arg:"" help:"The channel, as channels.yaml names it."`
}

// Run sends it.
func (c *channelsTest) Run(s *surroundings) error {
	api, err := c.desk()
	if err != nil {
		return err
	}
	if err := api.call(s.ctx, http.MethodPost, "/api/v1/channels/"+url.PathEscape(c.Name)+"/test", desk.TestBody{Tenant: c.Tenant}, &struct{}{}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.stdout, "A test was sent over %s.\n", c.Name)
	return err
}
