package provider

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// zendesk answers as Zendesk's Support API does.
type zendesk struct{}

type zendeskError struct {
	Error       string `json:"error"`
	Description string `json:"description,omitempty"`
}

func (zendesk) authorised(a Account, h http.Header) bool {
	if token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok {
		_, key, _ := strings.Cut(a.ZendeskKey, "/token:")
		return same(token, key)
	}
	user, password, ok := (&http.Request{Header: h}).BasicAuth()
	return ok && same(user+":"+password, a.ZendeskKey)
}

func (zendesk) key(request) string { return "" }

func (zendesk) fail(status int, code, message string) response {
	if status == http.StatusUnauthorized {
		return response{status: status, body: zendeskError{Error: "Couldn't authenticate you"}}
	}
	if code == "" {
		code = "InternalError"
	}
	return response{status: status, body: zendeskError{Error: code, Description: message}}
}

// handle routes a request; every path may end in ".json".
func (z zendesk) handle(data *state, req request) response {
	path := strings.TrimSuffix(strings.TrimPrefix(req.path, "/api/v2/"), ".json")
	if res, ok := z.list(data, req, path); ok {
		return res
	}
	resource, rest, _ := strings.Cut(path, "/")
	name, part, _ := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return z.missing()
	}
	switch req.method + " " + resource + " " + part {
	case "GET users ":
		if user, ok := data.users[id]; ok {
			return response{status: http.StatusOK, body: map[string]any{"user": user}}
		}
	case "GET tickets ":
		if ticket, ok := data.tickets[id]; ok {
			return response{status: http.StatusOK, body: map[string]any{"ticket": *ticket}}
		}
	case "GET tickets comments":
		if _, ok := data.tickets[id]; ok {
			return z.listComments(data, id)
		}
	case "PUT tickets ":
		if ticket, ok := data.tickets[id]; ok {
			return z.update(data, ticket, req)
		}
	}
	return z.missing()
}

func (z zendesk) missing() response {
	return z.fail(http.StatusNotFound, "RecordNotFound", "Not found")
}

func (z zendesk) listComments(data *state, ticket int64) response {
	out := []Comment{}
	for _, c := range data.comments[ticket] {
		out = append(out, *c)
	}
	return response{status: http.StatusOK, body: map[string]any{
		"comments": out, "count": len(out), "next_page": nil, "previous_page": nil,
	}}
}

var statuses = map[string]bool{"open": true, "pending": true, "hold": true, "solved": true}

// change is the part of a ticket that can be changed.
type change struct {
	Ticket struct {
		Status  string `json:"status"`
		Comment *struct {
			Body   string `json:"body"`
			Public *bool  `json:"public"`
		} `json:"comment"`
	} `json:"ticket"`
}

// update adds a comment, sets the status, or both.
func (z zendesk) update(data *state, ticket *Ticket, req request) response {
	var c change
	if err := json.Unmarshal(req.body, &c); err != nil {
		return z.fail(http.StatusUnprocessableEntity, "Unprocessable Entity", "Server could not parse JSON")
	}
	if status := c.Ticket.Status; status != "" && !statuses[status] {
		return z.fail(http.StatusUnprocessableEntity, "RecordInvalid", "Status: "+status+" is not a valid status")
	}
	if comment := c.Ticket.Comment; comment != nil {
		if comment.Body == "" {
			return z.fail(http.StatusUnprocessableEntity, "RecordInvalid", "Comment: cannot be blank")
		}
		public := comment.Public == nil || *comment.Public
		data.addComment(ticket, ticket.AssigneeID, comment.Body, public, req.now)
	}
	if c.Ticket.Status != "" {
		ticket.Status = c.Ticket.Status
	}
	ticket.UpdatedAt = zendeskTime(req.now)
	return response{status: http.StatusOK, body: map[string]any{"ticket": *ticket}}
}
